import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is done with an experiment: the arm that new people get, arms that nobody gets any more, and test-then-send. */
export class Choices1763800000026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- 'choice': given because of experiment_choice, not by chance; such people are in no comparison.
      alter table assignment drop constraint assignment_source_check;
      alter table assignment add constraint assignment_source_check check (source in ('hash', 'external', 'override', 'choice'));

      create table experiment_choice (
        id uuid primary key,
        experiment_id uuid not null references experiment (id),
        campaign_id uuid not null,
        variant text not null,
        keep integer not null check (keep >= 0 and keep <= 5000),
        claim text not null check (claim in ('winner', 'leader', 'none')),
        chosen_by text not null,
        since timestamptz not null,
        ended_at timestamptz,
        ended_by text,
        end_reason text check (end_reason in ('undone', 'replaced', 'guardrail')));
      comment on column experiment_choice.keep is 'basis points of new people who go on being split by the arms';
      comment on column experiment_choice.claim is 'winner: the verdict says so; leader: it was in front, not proven; none: a person chose';
      create unique index experiment_choice_active on experiment_choice (experiment_id) where ended_at is null;
      create index experiment_choice_history on experiment_choice (experiment_id, since);

      -- Arms whose buckets went to the rest. Never taken back: an arm that comes again is a new test.
      create table experiment_drop (
        experiment_id uuid not null references experiment (id),
        variant text not null,
        campaign_id uuid not null,
        dropped_by text not null,
        at timestamptz not null,
        primary key (experiment_id, variant));

      -- 'test': who is not of the share is frozen for the part 'rest' instead of entering.
      alter table launch add column part text not null default 'all' check (part in ('all', 'test', 'rest'));

      create table test_then_send (
        experiment_id uuid primary key references experiment (id),
        campaign_id uuid not null unique references campaign (id),
        test_launch_id uuid not null references launch (id),
        rest_launch_id uuid not null,
        share integer not null check (share > 0 and share < 10000),
        wait jsonb not null,
        state text not null check (state in ('testing', 'waiting', 'held', 'decided', 'cancelled')),
        because text check (because in ('guardrail', 'control')),
        test_people integer not null default 0,
        rest_people integer not null default 0,
        began_at timestamptz not null,
        sent_at timestamptz,
        decide_at timestamptz,
        decided_at timestamptz);
      comment on column test_then_send.rest_launch_id is 'of the launch there will be';
      comment on column test_then_send.state is 'testing: the share is being sent; waiting: until decide_at; held: needs a person';
      comment on column test_then_send.rest_people is 'people frozen at the launch';
      create index test_then_send_open on test_then_send (decide_at) where state in ('testing', 'waiting');

      -- Asked each second.
      create index experiment_verdict_winner on experiment_verdict (experiment_id) where state = 'winner';

      -- Who is of a launch and has not been taken yet. A row leaves with its person being taken.
      create table launch_person (
        launch_id uuid not null,
        person_id uuid not null,
        primary key (launch_id, person_id));
      create index launch_person_person on launch_person (person_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index experiment_verdict_winner;
      drop table launch_person, test_then_send, experiment_drop, experiment_choice;
      alter table launch drop column part;
      update assignment set source = 'hash' where source = 'choice';
      alter table assignment drop constraint assignment_source_check;
      alter table assignment add constraint assignment_source_check check (source in ('hash', 'external', 'override'));
    `);
  }
}
