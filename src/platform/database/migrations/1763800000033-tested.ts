import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each person adds to the counts of a verdict, and the sums by hour and minute of the assignment. */
export class Tested1763800000033 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table result_tested (
        experiment_id uuid not null,
        person_id uuid not null,
        variant text not null,
        is_control boolean not null,
        assigned_at timestamptz not null,
        eligible boolean not null,
        reactions smallint not null,
        primary key (experiment_id, person_id));
      comment on column result_tested.reactions is 'to messages of the test in its time for reactions: 1 bounced, 2 unsubscribed, 4 complained, 8 opened, 16 opened by a machine, 32 clicked';
      create index result_tested_assigned on result_tested (experiment_id, variant, eligible, assigned_at);

      create table result_tested_goal (
        experiment_id uuid not null,
        goal text not null,
        person_id uuid not null,
        variant text not null,
        assigned_at timestamptz not null,
        amount numeric not null,
        primary key (experiment_id, goal, person_id));
      comment on table result_tested_goal is 'eligible people who met a goal of a test in its window, and up to its cap for how much';
      create index result_tested_goal_assigned on result_tested_goal (experiment_id, goal, assigned_at);

      -- Sums over people assigned from a moment on, for an hour (span 3600) or a minute (span 60). Whether somebody has matured follows from
      -- when they were assigned, so time passes without a row being written.
      create table result_tested_cell (
        experiment_id uuid not null,
        span int not null check (span in (60, 3600)),
        at timestamptz not null,
        variant text not null,
        assigned bigint not null,
        eligible bigint not null,
        messaged bigint not null,
        bounced bigint not null,
        unsubscribed bigint not null,
        complained bigint not null,
        opened bigint not null,
        machine bigint not null,
        clicked bigint not null,
        primary key (experiment_id, span, at, variant));
      create table result_tested_goal_cell (
        experiment_id uuid not null,
        goal text not null,
        span int not null check (span in (60, 3600)),
        at timestamptz not null,
        variant text not null,
        converted bigint not null,
        non_zero bigint not null,
        amount numeric not null,
        squares numeric not null,
        primary key (experiment_id, goal, span, at, variant));

      comment on column experiment_verdict.view is 'the whole result as of the last look: what lists of tests say';

      -- Everybody in a test is counted once more.
      insert into result_mark (campaign_id, person_ids, people)
      select p.campaign_id, array_agg(p.person_id), count(*)
        from (select a.campaign_id, a.person_id, (row_number() over (partition by a.campaign_id order by a.person_id) - 1) / 2000 as part
                from (select distinct r.campaign_id, r.person_id from assignment as r join experiment_plan as e on e.experiment_id = r.experiment_id) as a) as p
       group by p.campaign_id, p.part;`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
