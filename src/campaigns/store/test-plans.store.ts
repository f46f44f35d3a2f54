import type { TestPlan } from '../../contract/experiment.js';
import { PLAN_COLUMNS, type VerdictPlan } from '../../analytics/domain/verdict-plan.js';
import { noMemory } from '../../analytics/domain/statistics/decision.js';
import { row, rows, type Db } from '../../platform/database/db.js';

/** What the author of a plan said that carries the guarantee: a later version may not say otherwise. */
export interface Asked { goal: unknown; measure: string; direction: string; mode: string; minEffect: number; readoutAt: string | null; cap: number | null; autoWinner?: TestPlan['autoWinner'] }

/** The first look at an experiment. */
const FIRST_LOOK = `interval '1 hour'`;

/**
 * Stores the plan of an experiment, or replaces the one it has when nobody is assigned yet; looks at it begin.
 * @returns false when somebody is assigned already: nothing has changed
 */
export async function storePlan(tx: Db, plan: VerdictPlan, asked: Asked, now: Date): Promise<boolean> {
  const values = [plan.experimentId, plan.campaignId, JSON.stringify(plan.goal), plan.measure, plan.direction, plan.mode, plan.alphaEarly, plan.alphaFinal, plan.plannedPeople, plan.readoutAt,
    plan.minEffect, plan.minDays, JSON.stringify(plan.weights), JSON.stringify(plan.caps), JSON.stringify(asked), JSON.stringify(plan.assumed), now];
  const stored = await rows(tx, `
    insert into experiment_plan as p (experiment_id, campaign_id, goal, measure, direction, mode, alpha_early, alpha_final, planned_people, readout_at,
                                      min_effect, min_days, weights, caps, asked, assumed, created_at)
    values ($1, $2, $3::jsonb, $4, $5, $6, $7, $8, $9, $10::timestamptz, $11, $12, $13::jsonb, $14::jsonb, $15::jsonb, $16::jsonb, $17::timestamptz)
    on conflict (experiment_id) do update
       set goal = excluded.goal, measure = excluded.measure, direction = excluded.direction, mode = excluded.mode, alpha_early = excluded.alpha_early, alpha_final = excluded.alpha_final,
           planned_people = excluded.planned_people, readout_at = excluded.readout_at, min_effect = excluded.min_effect, min_days = excluded.min_days, weights = excluded.weights,
           caps = excluded.caps, asked = excluded.asked, assumed = excluded.assumed, created_at = excluded.created_at
     where not exists (select from assignment as a where a.experiment_id = p.experiment_id)
    returning 1`, values);
  if (stored.length === 0) return false;
  await rows(tx, `
    insert into experiment_verdict (experiment_id, campaign_id, memory, state, quiet_since, due_at)
    values ($1, $2, $3::jsonb, 'collecting', $4::timestamptz, $4::timestamptz + ${FIRST_LOOK}) on conflict (experiment_id) do nothing`, [plan.experimentId, plan.campaignId, JSON.stringify(noMemory()), now]);
  return true;
}

/** Keeps what the author of a test that has begun may still change: what is done with its winner. */
export async function storeWishes(tx: Db, experimentId: string, { autoWinner }: Asked): Promise<void> {
  await rows(tx, `update experiment_plan as p set asked = case when $2::jsonb is null then p.asked - 'autoWinner' else jsonb_set(p.asked, '{autoWinner}', $2::jsonb) end where p.experiment_id = $1`, [experimentId, autoWinner ? JSON.stringify(autoWinner) : null]);
}

export interface PlannedBefore { plan: VerdictPlan; asked: Asked; hasBegun: boolean }

/** The plan of an experiment, what was asked of it, and whether it has begun; null without a plan. */
export async function plannedBefore(db: Db, experimentId: string): Promise<PlannedBefore | null> {
  const found = await row<VerdictPlan & Omit<PlannedBefore, 'plan'>>(db, `
    select ${PLAN_COLUMNS}, p.asked, exists (select from assignment as a where a.experiment_id = p.experiment_id) as "hasBegun" from experiment_plan as p where p.experiment_id = $1`, [experimentId]);
  if (!found) return null;
  const { asked, hasBegun, ...plan } = found;
  return { plan, asked, hasBegun };
}
