import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages in several languages, and pieces that messages share. */
export class Messages1763800000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery add column language text;
      comment on column delivery.language is 'the language the message was made in, when its author named one';

      create table snippet (
        key text primary key,
        name text not null,
        kind text not null check (kind in ('text', 'body')),
        language text not null,
        content text not null,
        translations jsonb not null default '{}',
        revision int not null default 1,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      comment on table snippet is 'named in templates as {{> key}} and put in their place when a message is compiled; published messages keep what they had';

      create table coverage_run (
        id uuid primary key,
        campaign_id uuid not null unique references campaign (id) on delete cascade,
        revision int not null,
        state text not null check (state in ('running', 'done', 'cancelled')),
        plan jsonb not null,
        cursor uuid,
        scanned int not null default 0,
        total int not null,
        people int not null default 0,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      create table coverage_group (
        id bigint generated always as identity primary key,
        run_id uuid not null references coverage_run (id) on delete cascade,
        kind text not null,
        step_id text not null,
        variant text not null,
        language text not null,
        part text not null,
        subject text not null,
        people int not null,
        unique (run_id, kind, step_id, variant, language, part, subject));
      create table coverage_person (
        group_id bigint not null references coverage_group (id) on delete cascade,
        person_id uuid not null,
        primary key (group_id, person_id));
      comment on table coverage_run is 'messages of a draft made for its whole audience, to see what is wrong before it is published; one for each campaign';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
