import type { Goal } from '../../contract/campaign-goals.js';
import type { AssumedFrom, ExperimentPlan, Measure, TestMode } from '../../contract/experiment.js';
import { windowMillis } from '../../kernel/local-time.js';
import type { DecisionPlan } from './statistics/decision.js';

/** The goal of a plan: what is counted, and how long after the assignment. Never changes with the campaign's later versions. */
export interface PlannedGoal {
  key: string;
  name: string;
  windowMillis: number;
  event: Goal['event'] | null;
  /** The hidden segment that maintains the condition; null for an event. */
  segmentId: string | null;
  value: Goal['value'] | null;
}

/** What carries no guarantee: how the numbers of the plan came about. */
export interface Assumed {
  lift: number;
  baseline: { rate: number | null; mean: number | null; from: AssumedFrom };
  volume: { perDay: number | null; atOnce: number; from: AssumedFrom };
  peoplePerArm: number | null;
  detectable: number | null;
  /** Of arms drawn for accounts, as earlier people of these accounts behaved; absent: not known, or drawn for people. */
  designEffect?: number | null;
}

/** `experiment_plan`: everything that is fixed before the first assignment. */
export interface VerdictPlan {
  experimentId: string;
  campaignId: string;
  goal: PlannedGoal;
  measure: Measure;
  direction: 'higher' | 'lower';
  mode: TestMode;
  alphaEarly: number;
  alphaFinal: number;
  /** Matured people of all arms expected at the read-out; null: not known. */
  plannedPeople: number | null;
  readoutAt: Date | null;
  minEffect: number;
  minDays: number;
  /** Arm to share; they sum to 1. */
  weights: Record<string, number>;
  /** Goal key to the highest amount that counts per person. */
  caps: Record<string, number>;
  assumed: Assumed;
}

/** The goal of a version as it is planned. @param conditions hidden segments of the version, by place */
export function plannedGoal(goal: Goal, conditions: Readonly<Record<string, string>>): PlannedGoal {
  return { key: goal.key, name: goal.name, windowMillis: windowMillis(goal.window), event: goal.event ?? null, segmentId: goal.event ? null : (conditions[`goal:${goal.key}`] ?? null), value: goal.value ?? null };
}

/** What the decision rule needs of a plan: planned people as far as they are independent of each other. @param readoutAt of a plan without a date of its own */
export function decisionPlan(plan: VerdictPlan, readoutAt: Date | null): DecisionPlan {
  const { direction, alphaEarly, alphaFinal, minEffect, minDays } = plan;
  const plannedPeople = plan.plannedPeople === null ? null : plan.plannedPeople / (plan.assumed.designEffect ?? 1);
  return { direction, alphaEarly, alphaFinal, plannedPeople, readoutAt: readoutAt?.toISOString() ?? null, minEffect, minDays };
}

/** The plan as people read it. @param fixedSince the first assignment */
export function planView(plan: VerdictPlan, fixedSince: Date | null): ExperimentPlan {
  const { goal, assumed } = plan;
  return {
    goal: { key: goal.key, name: goal.name, currency: goal.value?.currency ?? null, windowSeconds: goal.windowMillis / 1000 },
    measure: plan.measure, direction: plan.direction, mode: plan.mode,
    alphaEarly: plan.alphaEarly, alphaFinal: plan.alphaFinal, plannedPeople: plan.plannedPeople, readoutAt: plan.readoutAt?.toISOString() ?? null,
    minDays: plan.minDays, minEffect: plan.minEffect, lift: assumed.lift, cap: plan.measure === 'amount' ? (plan.caps[goal.key] ?? null) : null, weights: plan.weights,
    baseline: assumed.baseline, volume: assumed.volume, peoplePerArm: assumed.peoplePerArm, detectable: assumed.detectable, designEffect: assumed.designEffect ?? null,
    fixedSince: fixedSince?.toISOString() ?? null,
  };
}

/** A row of `experiment_plan as p` as a {@link VerdictPlan}. */
export const PLAN_COLUMNS = `
  p.experiment_id as "experimentId", p.campaign_id as "campaignId", p.goal, p.measure, p.direction, p.mode, p.alpha_early as "alphaEarly", p.alpha_final as "alphaFinal",
  p.planned_people as "plannedPeople", p.readout_at as "readoutAt", p.min_effect as "minEffect", p.min_days as "minDays", p.weights, p.caps, p.assumed`;
