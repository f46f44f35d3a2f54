import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, what we know of them and when we learned it, and the queue that tells upward what changed. */
export class PeopleTables1763800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table workspace (
        id smallint primary key default 1 check (id = 1),
        name text not null,
        time_zone text not null,
        language text not null,
        settings jsonb not null default '{}',
        created_at timestamptz not null);

      create table person (
        id uuid primary key,
        external_id text unique,
        kind text not null check (kind in ('visitor', 'lead', 'user')),
        email text,
        time_zone text,
        language text,
        attributes jsonb not null default '{}',
        signed_up_at timestamptz,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      create index person_email on person (lower(email)) where email is not null;
      create index person_created on person (created_at, id);

      create table person_identity (
        kind text not null check (kind in ('user_id', 'anonymous_id')),
        value text not null,
        person_id uuid not null,
        linked_at timestamptz not null,
        primary key (kind, value));
      create index person_identity_person on person_identity (person_id);

      create table attribute_history (
        person_id uuid not null,
        key text not null,
        at timestamptz not null,
        id uuid not null,
        value jsonb,
        last_at timestamptz not null,
        from_id uuid,
        source text not null,
        recorded_at timestamptz not null,
        primary key (person_id, key, at, id));
      comment on column attribute_history.at is 'when the value became known; null value means removed';
      comment on column attribute_history.last_at is 'when the same value was last confirmed, with no other value in between at that time';
      comment on column attribute_history.from_id is 'the merged person this was learned of; never beats what was learned of the person itself';

      create table person_date (
        person_id uuid not null,
        key text not null,
        at timestamptz not null,
        primary key (person_id, key));
      create index person_date_at on person_date (key, at);

      create table person_tag (
        person_id uuid not null,
        tag text not null,
        added_at timestamptz not null,
        primary key (person_id, tag));
      create index person_tag_tag on person_tag (tag, person_id);

      create table person_merge (
        from_id uuid not null,
        into_id uuid not null,
        at timestamptz not null,
        source text not null,
        primary key (from_id));
      create index person_merge_into on person_merge (into_id);

      create table identity_conflict (
        id uuid primary key,
        person_id uuid not null,
        kind text not null,
        value text not null,
        detail jsonb not null,
        at timestamptz not null,
        unique (person_id, kind, value));

      create table erased_person (
        person_id uuid primary key,
        identity_hashes text[] not null,
        at timestamptz not null);

      create table event (
        id uuid not null,
        person_id uuid not null,
        type text not null,
        name text not null,
        properties jsonb not null default '{}',
        context jsonb not null default '{}',
        occurred_at timestamptz not null,
        received_at timestamptz not null,
        message_id text not null,
        primary key (person_id, occurred_at, id)) partition by range (occurred_at);
      create index event_person_name on event (person_id, name, occurred_at);
      create index event_name_time on event (name, occurred_at, person_id);
      create table event_default partition of event default;

      create table event_receipt (
        message_key uuid primary key,
        received_at timestamptz not null);
      create index event_receipt_received on event_receipt using brin (received_at);

      create table event_tally (
        id bigint generated always as identity primary key,
        name text not null,
        events bigint not null,
        last_at timestamptz not null);
      comment on table event_tally is 'counts per event name: one row per batch and name, summed on reading, folded together now and then';

      create table event_rejected (
        id uuid primary key,
        at timestamptz not null,
        message_id text,
        code text not null,
        message text not null,
        payload jsonb not null);
      create index event_rejected_at on event_rejected (at);

      create table person_change (
        id bigint generated always as identity primary key,
        kind text not null check (kind in ('changed', 'merged', 'deleted')),
        at timestamptz not null,
        person_ids uuid[] not null,
        attribute_keys text[] not null default '{}',
        event_names text[] not null default '{}',
        tags text[] not null default '{}',
        event_ids uuid[] not null default '{}',
        event_persons uuid[] not null default '{}',
        merged_into uuid);

      create table import_run (
        id uuid primary key,
        kind text not null check (kind in ('people', 'events')),
        state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
        options jsonb not null,
        file_hash text not null,
        bytes_total bigint not null,
        bytes_done bigint not null,
        line_done int not null,
        rows_total int not null default 0,
        rows_created int not null default 0,
        rows_updated int not null default 0,
        rows_unchanged int not null default 0,
        rows_rejected int not null default 0,
        problem jsonb,
        created_by text not null,
        created_at timestamptz not null,
        finished_at timestamptz);
      create index import_run_open on import_run (created_at) where state in ('queued', 'running');
      create table import_key (
        import_id uuid not null,
        key uuid not null,
        row_number int not null,
        line int not null,
        primary key (import_id, key));
      create table import_rejection (
        import_id uuid not null,
        row_number int not null,
        line int,
        code text not null,
        message text not null,
        field text,
        raw text not null,
        primary key (import_id, row_number));`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
