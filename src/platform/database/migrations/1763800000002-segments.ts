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
        last_revision int not null default 1,
        state text not null check (state in ('building', 'live', 'failed', 'archived')),
        evaluated_to timestamptz,
        member_count int not null default 0,
        time_zone text,
        evaluated_person uuid,
        stalled_at timestamptz,
        stalls int not null default 0,
        problem text,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      comment on column segment.evaluated_person is 'at the instant evaluated_to, boundaries were followed for people up to this one; null: for everybody';
      comment on column segment.stalled_at is 'since when the definition cannot be evaluated and the membership is not kept true; a build that succeeds ends it';
      comment on column segment.last_revision is 'the highest ever given to an edit, cancelled ones included: no number stands for two edits';
      comment on column segment.stalls is 'how often in a row this revision stalled: each time the next build waits longer';
      create unique index segment_name on segment (lower(name)) where purpose = 'shared' and state <> 'archived';
      create index segment_owner on segment (owner_id) where owner_id is not null;
      create index segment_created on segment (created_at, id) where purpose = 'shared';

      -- A definition on its way to become the live one. Dropping the row (and its people) leaves no trace of it.
      create table segment_build (
        segment_id uuid primary key,
        definition jsonb not null,
        revision int not null,
        announces boolean not null,
        renews boolean not null default false,
        cursor uuid,
        people_total int,
        people_done int not null default 0,
        evaluated_to timestamptz,
        evaluated_person uuid,
        time_zone text,
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
      create index segment_member_person on segment_member (person_id, segment_id);

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
      create index person_signed_up on person (signed_up_at, id) where signed_up_at is not null;
      create index person_first_seen on person (first_seen_at, id);
      create index person_last_seen on person (last_seen_at, id);

      -- A text that is no date is no error: it is a missing value.
      create function segment_instant(value text) returns timestamptz language plpgsql stable parallel safe as $$
      begin
        if value !~* '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?\\s?(Z|[+-]\\d{2}(:?\\d{2})?)?)?$' then return null; end if;
        return value::timestamptz;
      exception when others then return null;
      end $$;
      -- A zone that this server does not know is that of the workspace.
      create function segment_zone(zone text, fallback text) returns text language plpgsql stable parallel safe as $$
      begin
        perform now() at time zone zone;
        return coalesce(zone, fallback);
      exception when invalid_parameter_value then return fallback;
      end $$;
      create function segment_local(instant timestamptz, zone text, fallback text) returns timestamp language plpgsql stable parallel safe as $$
      begin
        return instant at time zone coalesce(zone, fallback);
      exception when invalid_parameter_value then return instant at time zone fallback;
      end $$;

      -- The first anniversary of a day from another day on: in a later year than its own, that of 29 February on 28 February where there is none.
      create function segment_anniversary(of_day date, from_day date) returns date language plpgsql immutable parallel safe as $$
      declare
        years int := greatest(extract(year from from_day)::int - extract(year from of_day)::int, 1);
        found date := of_day + make_interval(years => years);
      begin
        if found < from_day then found := of_day + make_interval(years => years + 1); end if;
        return found;
      end $$;
      create function segment_month_day(day timestamp) returns int language sql immutable parallel safe return extract(month from day)::int * 100 + extract(day from day)::int;
      -- The days of the year (in UTC) on which dates can lie whose anniversary is on a day, wherever that is.
      create function segment_month_days(day date) returns int[] language sql immutable parallel safe return
        array[segment_month_day((day - 1)::timestamp), segment_month_day(day::timestamp), segment_month_day((day + 1)::timestamp)]
          || case when segment_month_day(day::timestamp) in (228, 229, 301) then array[228, 229] else array[]::int[] end;
      create index person_date_month_day on person_date (key, segment_month_day(at at time zone 'UTC'));
      create index person_time_zone on person (time_zone);

      -- When the clocks of a zone change between two moments: by halves, to the second.
      create function segment_zone_change(zone text, after timestamptz, up_to timestamptz) returns timestamptz language plpgsql stable parallel safe as $$
      declare
        before interval := (after at time zone zone) - (after at time zone 'UTC');
        middle timestamptz;
      begin
        after := date_trunc('second', after);
        up_to := date_trunc('second', up_to) + interval '1 second';
        while up_to - after > interval '1 second' loop
          middle := date_trunc('second', after + (up_to - after) / 2);
          if (middle at time zone zone) - (middle at time zone 'UTC') = before then after := middle; else up_to := middle; end if;
        end loop;
        return up_to;
      end $$;
      -- The moments in (after, up_to] at which the calendar of a zone turns to another day, and the day that begins (or ends, where a clock is set back over midnight).
      create function segment_day_starts(zone text, after timestamptz, up_to timestamptz) returns table (at timestamptz, day date) language plpgsql stable parallel safe rows 1 as $$
      begin
        -- Nearly always no day begins: that must cost nothing.
        if up_to <= after or (up_to - after < interval '12 hours' and (after at time zone zone)::date = (up_to at time zone zone)::date
           and (after at time zone zone) - (after at time zone 'UTC') = (up_to at time zone zone) - (up_to at time zone 'UTC')) then return; end if;
        return query
          with mark as materialized (
            select m.at, lead(m.at) over (order by m.at) as next, (m.at at time zone zone) - (m.at at time zone 'UTC') as ahead
              from generate_series(after - interval '1 day', up_to + interval '36 hours', interval '12 hours') as m (at)),
          candidate as (
            select (d.day - a.ahead) at time zone 'UTC' as at
              from generate_series((after at time zone zone)::date - 1, (up_to at time zone zone)::date + 1, interval '1 day') as d (day) cross join (select distinct m.ahead from mark as m) as a
            union
            select segment_zone_change(zone, m.at, m.next) from mark as m where (m.next at time zone zone) - (m.next at time zone 'UTC') <> m.ahead)
          select c.at, least(t.old, t.new) + s.step
            from candidate as c
            cross join lateral (select ((c.at - interval '1 microsecond') at time zone zone)::date as old, (c.at at time zone zone)::date as new) as t
            cross join lateral generate_series(1, abs(t.new - t.old)) as s (step)
           where c.at > after and c.at <= up_to;
      end $$;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
