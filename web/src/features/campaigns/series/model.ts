/**
 * A series as its editor holds it: as far as it is written, so that parts may be missing or null. Structure only; what a
 * message says or a condition asks is kept as it is. The engine's own types are in `src/contract/campaign.ts`.
 */
export interface Series {
  type: 'series';
  entry?: Entry | null;
  reentry?: { policy: 'never' | 'after_exit' | 'after_interval'; interval?: Duration | null } | null;
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
export type Entry =
  | { type: 'segment'; segmentId?: string | null; take?: 'current_and_future' | 'future_only' | 'current_only' }
  | { type: 'event'; event?: string; where?: Filter[] }
  | { type: 'date'; attribute?: string; days?: number; time?: string };
export interface ExitRule { key: string; name?: string; condition?: Condition | null }
export interface Goal { key: string; name: string; primary?: boolean; exits?: boolean; window?: Duration; event?: { name: string; where?: Filter[] } | null; condition?: Condition | null; value?: { property: string; currency: string } | null }

export const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
export type Channel = (typeof CHANNELS)[number];
export interface Variant { key: string; name?: string; weight?: number; content?: object | null }
export interface TestPlan { goal?: string; measure?: 'rate' | 'amount'; mode?: 'planned' | 'open' | 'single'; readoutAt?: string; lift?: number; direction?: 'higher' | 'lower'; autoWinner?: { keep?: number }; round?: number }
export interface MessageStep { id: string; type: 'message'; channel: Channel; name?: string; topic?: string; variants: Variant[]; control?: { weight: number } | null; test?: TestPlan | null; fallback?: { afterHours?: number; email?: object | null } | null; next?: Next }
export interface WaitStep { id: string; type: 'wait'; for?: Duration | null; until?: { time: string; weekdays?: string[] } | null; next?: Next }
export interface WaitUntilStep { id: string; type: 'wait_until'; condition?: Condition | null; timeout?: Duration | null; next?: Next; onTimeout?: Next }
export interface BranchStep { id: string; type: 'branch'; branches: { name?: string; condition?: Condition | null; next?: Next }[]; otherwise?: Next }
export interface SplitStep { id: string; type: 'split'; arms: { key: string; weight: number; next?: Next }[]; test?: TestPlan | null }
export interface ExitStep { id: string; type: 'exit' }
export type Step = MessageStep | WaitStep | WaitUntilStep | BranchStep | SplitStep | ExitStep;
export type StepType = Step['type'];

/** What the menu of an edge offers, in its order. */
export const KINDS = ['email', 'in_app', 'wait', 'wait_until', 'branch', 'split', 'exit', 'webhook', 'chat'] as const;
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
