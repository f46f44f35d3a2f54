import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People marked by the team who are asked about in every live campaign, and arms of tests given to a person by hand. */
export class Canaries1763800000056 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table canary_person (
        person_id uuid primary key,
        added_by text not null,
        added_at timestamptz not null);
      comment on table canary_person is 'people of the team who are asked about in every live campaign; their assignments are in no comparison';

      -- What is expected of one of them in one campaign, and what explain said last.
      create table canary_check (
        campaign_id uuid not null references campaign on delete cascade,
        person_id uuid not null,
        expected text not null default 'observe' check (expected in ('get', 'not_get', 'observe')),
        expected_by text,
        verdict text check (verdict in ('yes', 'later', 'no')),
        code text,
        said jsonb,
        checked_at timestamptz,
        changed_at timestamptz,
        primary key (campaign_id, person_id));
      create index canary_check_person on canary_check (person_id);

      create table canary_note (
        id uuid primary key,
        campaign_id uuid not null references campaign on delete cascade,
        person_id uuid not null,
        kind text not null check (kind in ('unexpected', 'changed')),
        expected text not null,
        was_verdict text,
        was_code text,
        verdict text not null,
        code text,
        opened_at timestamptz not null,
        closed_at timestamptz,
        acknowledged_by text,
        acknowledged_at timestamptz);
      create unique index canary_note_open on canary_note (campaign_id, person_id) where closed_at is null;
      create index canary_note_person on canary_note (person_id);

      -- Who was given an arm by hand, and what they had before (null: nothing was assigned).
      create table experiment_override (
        id uuid primary key,
        experiment_id uuid not null references experiment (id),
        campaign_id uuid not null,
        person_id uuid not null,
        variant text not null,
        before_variant text,
        set_by text not null,
        set_at timestamptz not null,
        ended_by text,
        ended_at timestamptz);
      create unique index experiment_override_open on experiment_override (experiment_id, person_id) where ended_at is null;
      create index experiment_override_person on experiment_override (person_id);

      -- Arms that were not drawn are few, and are told apart from the others over a whole period.
      create index assignment_override on assignment (experiment_id, person_id) where source = 'override';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index assignment_override; drop table experiment_override, canary_note, canary_check, canary_person');
  }
}
