import { decidingGoal } from '../goals/goal-edits.js';
import type { Goal, TestPlan } from '../series/model.js';

/** What a part of a plan is where its author said nothing. */
export const USUAL = { measure: 'rate', lift: 0.2, minEffect: 0.05, direction: 'higher', round: 1, keep: 0.1 } as const;

/** Fields that few need: those behind "more". */
export const RARE = ['mode', 'direction', 'minEffect', 'baseline', 'cap', 'round'] as const;
export const hasRare = (plan: TestPlan): boolean => RARE.some((key) => plan[key] !== undefined);

/**
 * The plan with a part changed (undefined takes it out), without what does not go with it any more: a limit of amounts where none are
 * compared, a date where there is no read-out. Null: nothing is said, all is as usual.
 */
export function planWith(plan: TestPlan, change: Partial<Record<keyof TestPlan, unknown>>, goals: readonly Goal[]): TestPlan | null {
  const next = { ...plan, ...change } as TestPlan;
  const goal = decidingGoal(goals, next.goal);
  if (next.measure === 'amount' && goal && !goal.value) delete next.measure;
  if (next.measure !== 'amount') delete next.cap;
  if (next.mode === 'open') delete next.readoutAt;
  // The share that is sent to first is drawn by person.
  if (next.unit === 'account') delete next.send;
  else delete next.account;
  const said = Object.entries(next).filter(([, value]) => value !== undefined);
  return said.length === 0 ? null : (Object.fromEntries(said) as TestPlan);
}

/** A share as people type it, with one decimal. */
export const percentOf = (share: number): number => Math.round(share * 1_000) / 10;
/** And back. @returns undefined for what is no number within the limits, both of which are in percent and allowed */
export const shareOf = (typed: string | number, least: number, most: number): number | undefined => (typeof typed === 'number' && typed >= least && typed <= most ? Math.round(typed * 10) / 1_000 : undefined);

/** A message after its arms changed: a test of one arm is none, and of one version none can lead. */
export function withFittingTest<M extends { variants?: readonly unknown[] | null; control?: unknown; test?: TestPlan | null }>(message: M): M {
  const versions = message.variants?.length ?? 0;
  if (!message.test || versions > 1) return message;
  const { test: { send: _send, ...plan }, ...rest } = message as M & { test: TestPlan };
  return (message.control && Object.keys(plan).length > 0 ? { ...rest, test: plan } : rest) as M;
}

/** Keys of what a message compares, its control included. */
export const armKeys = ({ variants, control }: { variants?: readonly { key?: string }[] | undefined; control?: unknown }): string[] =>
  [...(variants ?? []).map(({ key }) => key ?? ''), ...(control ? ['control'] : [])];
