import { isDeepStrictEqual } from 'node:util';
import type { BroadcastDefinition } from '../../contract/campaign.js';
import type { Step } from '../../contract/campaign-steps.js';
import { basisPoints } from '../../kernel/bucket.js';
import { CONTROL, type PublishedArm } from './published.js';

/** An arm as written, with the place its share is written at (relative to the step). */
export interface WeightedArm {
  key: string;
  weight: number;
  isControl: boolean;
  path: string;
}

export type SplitStep = Extract<Step, { type: 'split' }>;
export type MessageStep = Extract<Step, { type: 'message' }>;

/** The arms of a message or split, control last. */
export function weightedArms(step: MessageStep | SplitStep): WeightedArm[] {
  if (step.type === 'split') return step.arms.map(({ key, weight }, index) => ({ key, weight, isControl: false, path: `arms.${index}` }));
  const variants = step.variants.map(({ key, weight }, index) => ({ key, weight, isControl: false, path: `variants.${index}` }));
  return step.control ? [...variants, { key: CONTROL, weight: step.control.weight, isControl: true, path: 'control' }] : variants;
}

/** The arms of an external experiment. */
export function externalArms(arms: NonNullable<BroadcastDefinition['arms']>): WeightedArm[] {
  return arms.map(({ key, weight, control }, index) => ({ key, weight, isControl: control, path: `arms.${index}` }));
}

/** Shares in whole basis points that sum to 10,000. */
export function publishedArms(arms: readonly WeightedArm[]): PublishedArm[] {
  const points = basisPoints(arms.map(({ weight }) => weight));
  return arms.map(({ key, isControl }, index) => ({ key, isControl, basisPoints: points[index]! }));
}

/** What an experiment compares: its arms, and what each of them shows. */
export interface Compared {
  arms: readonly PublishedArm[];
  /** The contents of a message; of no weight with a single arm, where nothing is compared. */
  shows: unknown;
  /** Of accounts: the attribute that names them. */
  account?: string | undefined;
  /** What the author calls this test; another number begins a new one. */
  round: number;
}

/**
 * True when the new version still runs the same experiment, so that it keeps its id, salt and assignments. Other arms,
 * other shares or other content make a new experiment: results of both may not be added up (statistics design, section 5).
 */
export function isSameExperiment(before: Compared, after: Compared): boolean {
  if (!isDeepStrictEqual(before.arms, after.arms)) return false;
  return after.arms.length === 1 || (before.round === after.round && before.account === after.account && isDeepStrictEqual(before.shows, after.shows));
}

/** See {@link Compared}. Names and topic do not matter. */
export function showsOf(step: MessageStep | SplitStep): unknown {
  return step.type === 'split' ? null : { channel: step.channel, contents: step.variants.map(({ content }) => content) };
}
