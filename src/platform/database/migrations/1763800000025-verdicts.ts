import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was planned of each experiment before it began, every look at it, and what is remembered of them. */
export class Verdicts1763800000025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table experiment_plan (
        experiment_id uuid primary key references experiment (id),
        campaign_id uuid not null,
        goal jsonb not null,
        measure text not null check (measure in ('rate', 'amount')),
        direction text not null check (direction in ('higher', 'lower')),
        mode text not null check (mode in ('planned', 'open', 'single')),
        alpha_early float8 not null check (alpha_early >= 0),
        alpha_final float8 not null check (alpha_final >= 0),
        planned_people float8 check (planned_people > 0),
        readout_at timestamptz,
        min_effect float8 not null check (min_effect > 0),
        min_days int not null check (min_days >= 0),
        weights jsonb not null,
        caps jsonb not null,
        asked jsonb not null,
        assumed jsonb not null,
        created_at timestamptz not null,
        check (alpha_early + alpha_final > 0 and alpha_early + alpha_final < 0.0501));
      comment on column experiment_plan.planned_people is 'matured people of all arms expected at the read-out; null: not known';
      comment on column experiment_plan.caps is 'goal key to the highest amount that counts per person';
      comment on column experiment_plan.asked is 'what the author said, for comparison with a later version, and autoWinner, which may change';
      comment on column experiment_plan.assumed is 'lift, baseline, volume, people per arm and detectable lift, each with its source: they carry no guarantee';
      create index experiment_plan_campaign on experiment_plan (campaign_id);

      create function refuse_plan_change() returns trigger language plpgsql as $$
      begin
        if exists (select from assignment as a where a.experiment_id = old.experiment_id) then
          raise exception 'the plan of an experiment is fixed from the first assignment on';
        end if;
        return case tg_op when 'DELETE' then old else new end;
      end $$;
      create trigger experiment_plan_fixed before delete or update of experiment_id, campaign_id, goal, measure, direction, mode, alpha_early, alpha_final, planned_people, readout_at, min_effect, min_days, weights, caps on experiment_plan for each row execute function refuse_plan_change();

      create table experiment_verdict (
        experiment_id uuid primary key references experiment_plan (experiment_id),
        campaign_id uuid not null,
        memory jsonb not null,
        harm jsonb not null default '{}',
        state text not null,
        winner text,
        seen jsonb not null default '{}',
        view jsonb,
        quiet_since timestamptz not null,
        evaluated_at timestamptz,
        due_at timestamptz);
      comment on column experiment_verdict.memory is 'what later looks must know of earlier ones: running minima, the verdict that stands, the read-out';
      comment on column experiment_verdict.seen is 'the counts of the last look; it is stored again only when they have changed';
      comment on column experiment_verdict.quiet_since is 'since when nobody has been assigned, as far as looks can tell';
      comment on column experiment_verdict.due_at is 'the next look; null: the campaign is archived';
      comment on column experiment_verdict.view is 'the whole result as of the last look: what is answered for very many people';
      create index experiment_verdict_due on experiment_verdict (due_at) where due_at is not null;

      create table verdict_evaluation (
        id uuid primary key,
        experiment_id uuid not null,
        campaign_id uuid not null,
        at timestamptz not null,
        inputs jsonb not null,
        result jsonb not null);
      comment on column verdict_evaluation.inputs is 'plan, arms, look and memory exactly as the rule got them';
      create index verdict_evaluation_experiment on verdict_evaluation (experiment_id, id);
      create index verdict_evaluation_at on verdict_evaluation (at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table verdict_evaluation, experiment_verdict, experiment_plan;
      drop function refuse_plan_change();
    `);
  }
}
