import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Definitions, maintained membership, every flip with its instant, and the settled changes that campaigns consume. */
export class SegmentTables1763800000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table segment (
        id uuid primary key,
        name text not null,
        description text not null default '',
        purpose text not null default 'shared' check (purpose in ('shared', 'campaign')),
        owner_id uuid,
        definition jsonb not null,
        revision int not null default 1,
        state text not null check (state in ('building', 'live', 'failed', 'archived')),
        evaluated_to timestamptz,
        problem text,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      create unique index segment_name on segment (lower(name)) where purpose = 'shared' and state <> 'archived';
      create index segment_owner on segment (owner_id) where owner_id is not null;
      create index segment_created on segment (created_at, id) where purpose = 'shared';

      -- A definition on its way to become the live one. Dropping the row (and its people) leaves no trace of it.
      create table segment_build (
        segment_id uuid primary key,
        definition jsonb not null,
        revision int not null,
        announces boolean not null,
        cursor uuid,
        people_total int,
        people_done int not null default 0,
        evaluated_to timestamptz,
        requested_at timestamptz not null);
      create table segment_build_member (
        segment_id uuid not null,
        person_id uuid not null,
        primary key (segment_id, person_id));
      create index segment_build_member_person on segment_build_member (person_id);

      create table segment_member (
        segment_id uuid not null,
        person_id uuid not null,
        since timestamptz not null,
        primary key (segment_id, person_id));
      create index segment_member_person on segment_member (person_id);

      create table membership_change (
        segment_id uuid not null,
        person_id uuid not null,
        id bigint generated always as identity,
        entered boolean not null,
        at timestamptz not null,
        cause text not null check (cause in ('change', 'clock', 'build', 'merge', 'erase')),
        recorded_at timestamptz not null,
        primary key (segment_id, person_id, id));
      create index membership_change_time on membership_change (segment_id, at);

      create table settled_change (
        id bigint generated always as identity primary key,
        kind text not null check (kind in ('changed', 'merged', 'deleted', 'flips')),
        at timestamptz not null,
        person_ids uuid[] not null,
        attribute_keys text[] not null default '{}',
        event_names text[] not null default '{}',
        event_ids uuid[] not null default '{}',
        event_persons uuid[] not null default '{}',
        flip_segments uuid[] not null default '{}',
        flip_persons uuid[] not null default '{}',
        flip_entered boolean[] not null default '{}',
        flip_at timestamptz[] not null default '{}',
        merged_into uuid);

      -- "Signed up 3 days ago", "not seen for 30 days": whom the clock touches is read from these by range.
      create index person_signed_up on person (signed_up_at) where signed_up_at is not null;
      create index person_first_seen on person (first_seen_at);
      create index person_last_seen on person (last_seen_at);

      -- A text that is no date is no error: it is a missing value.
      create function segment_instant(value text) returns timestamptz language plpgsql stable parallel safe as $$
      begin
        if value !~* '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?\\s?(Z|[+-]\\d{2}(:?\\d{2})?)?)?$' then return null; end if;
        return value::timestamptz;
      exception when others then return null;
      end $$;
      create function segment_day(instant timestamptz, zone text, fallback text) returns date language plpgsql stable parallel safe as $$
      begin
        return (instant at time zone coalesce(zone, fallback))::date;
      exception when invalid_parameter_value then return (instant at time zone fallback)::date;
      end $$;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
