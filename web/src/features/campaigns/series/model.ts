import type { DraftPacing, Hours } from '../../pacing/draft-pacing.js';
import type { DraftRamp } from '../../safety/draft-safety.js';

/**
 * A series as its editor holds it: as far as it is written, so that parts may be missing or null. Structure only; what a
 * message says or a condition asks is kept as it is. The engine's own types are in `src/contract/campaign-steps.ts` and its neighbours.
 */
export interface Series {
  type: 'series';
  entry?: Entry | null;
  pacing?: DraftPacing | null;
  ramp?: DraftRamp | null;
  reentry?: { policy: 'never' | 'after_exit' | 'after_interval' | 'concurrent_by_key'; interval?: Duration | null } | null;
  audience?: Condition | null;
  exitRules?: ExitRule[] | null;
  goals?: Goal[] | null;
  start?: Next;
  steps?: Step[] | null;
}

export type Duration = Partial<Record<'weeks' | 'days' | 'hours' | 'minutes' | 'seconds', number>>;
/** A tree of conditions, as segments have it. */
export type Condition = object;
/** Id of the step that follows; nothing ends the run. */
export type Next = string | null | undefined;
export interface Filter { property: string; op: string; value?: unknown }
export const TAKES = ['current_and_future', 'future_only', 'current_only'] as const;
/** Those who are there at the launch, those who come later, or both. */
export type Take = (typeof TAKES)[number];
export type Entry =
  | { type: 'segment'; segmentId?: string | null; on?: 'left'; take?: Take }
  | { type: 'event'; event?: string; where?: Filter[]; key?: string; take?: Take; lookBack?: Duration | null }
  | { type: 'date'; attribute?: string; days?: number; time?: string; every?: 'year'; take?: Take; lookBack?: Duration | null }
  | { type: 'api'; key?: string };
/** Something done since the entry; with the same key where that is asked. */
export interface RunEvent { name: string; where?: Filter[]; sameKey?: boolean }
export interface ExitRule { key: string; name?: string; condition?: Condition | null; event?: RunEvent | null }
export interface Goal { key: string; name: string; primary?: boolean; exits?: boolean; window?: Duration; event?: RunEvent | null; condition?: Condition | null; value?: { property: string; currency: string } | null }

export const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
export type Channel = (typeof CHANNELS)[number];
export interface Variant { key: string; name?: string; weight?: number; content?: object | null }
/** How a test is judged, as far as its author said: {@link TestPlan} of `src/contract/experiment.ts`. */
export interface TestPlan {
  goal?: string; measure?: 'rate' | 'amount'; mode?: 'planned' | 'open' | 'single'; baseline?: number; lift?: number; minEffect?: number; direction?: 'higher' | 'lower';
  unit?: 'person' | 'account'; account?: string;
  readoutAt?: string; round?: number; cap?: number; autoWinner?: { keep?: number }; send?: { share: number; wait: Duration };
}
/** What goes when the message before had no success in time. */
export interface Rung { channel: Channel; unless: 'displayed' | 'opened' | 'clicked' | 'answered' | 'goal'; after?: Duration | null; content?: object | null }
export interface MessageStep { id: string; type: 'message'; channel: Channel; name?: string; topic?: string; variants: Variant[]; control?: { weight: number } | null; test?: TestPlan | null; fallback?: { afterHours?: number; email?: object | null } | null; sendWindow?: Hours | null; ladder?: Rung[] | null; next?: Next }
export interface WaitStep { id: string; type: 'wait'; for?: Duration | null; until?: { time: string; weekdays?: string[] } | null; date?: { attribute?: string; days?: number; time?: string } | null; next?: Next; onMissed?: Next }
export interface WaitUntilStep { id: string; type: 'wait_until'; condition?: Condition | null; event?: RunEvent | null; timeout?: Duration | null; next?: Next; onTimeout?: Next }
export interface BranchStep { id: string; type: 'branch'; branches: { name?: string; condition?: Condition | null; next?: Next }[]; otherwise?: Next }
export interface SplitStep { id: string; type: 'split'; arms: { key: string; weight: number; next?: Next }[]; test?: TestPlan | null }
export const ACTIONS = ['set_attribute', 'add_tag', 'remove_tag', 'add_to_list', 'remove_from_list'] as const;
export interface ActionStep { id: string; type: 'action'; action?: { kind: (typeof ACTIONS)[number]; attribute?: string; value?: string | number | boolean | null; tag?: string; listId?: string | null } | null; next?: Next }
export interface ExitStep { id: string; type: 'exit' }
export type Step = MessageStep | WaitStep | WaitUntilStep | BranchStep | SplitStep | ActionStep | ExitStep;
export type StepType = Step['type'];

/** What the menu of an edge offers, in its order. */
export const KINDS = ['email', 'in_app', 'wait', 'wait_until', 'branch', 'split', 'action', 'exit', 'webhook', 'chat'] as const;
export type Kind = (typeof KINDS)[number];
export const kindOf = (step: Step): Kind => (step.type === 'message' ? step.channel : step.type);

const LISTS: Partial<Record<StepType, string>> = { message: 'variants', branch: 'branches', split: 'arms' };
const isRead = (step: unknown): step is Step => typeof (step as Step | null)?.id === 'string' && typeof (step as Step).type === 'string';

/** A draft from the server with the lists that editing needs; the same object when it has them. */
export function seriesOf(definition: { type: string }): Series & { steps: Step[] } {
  const given = definition as Series;
  if (given.steps?.every((step) => isRead(step) && hasList(step))) return given as Series & { steps: Step[] };
  const steps = (given.steps ?? []).filter(isRead).map((step) => (hasList(step) ? step : { ...step, [LISTS[step.type]!]: [] }));
  return { ...given, steps };
}

const hasList = (step: Step): boolean => {
  const list = LISTS[step.type];
  return list === undefined || Array.isArray((step as unknown as Record<string, unknown>)[list]);
};
