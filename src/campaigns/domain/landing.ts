import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../contract/campaign-steps.js';
import { edgesOf } from './graph.js';

/** The steps of a version by their ids. */
export type Steps = Readonly<Record<string, Step>>;

/** What becomes of people on an earlier version when the next one is published (docs/decisions/live-editing.md). */
export const MOVES = ['keep', 'migrate', 'restart', 'drain'] as const;
export type Move = (typeof MOVES)[number];

/** Where somebody goes on in the new version who stands at a step of an earlier one. */
export type Landing =
  /**
   * The step is there: they stay. `recount`: it waits another time, counted from when they came; `look`: another date of theirs
   * is read; `ask`: another condition or event is asked for, and another timeout counts from when they came.
   */
  | { kind: 'here'; wait: 'same' | 'recount' | 'look' | 'ask' }
  /** The step is gone: what they wait for ends when it would have, and then they come to this one. */
  | { kind: 'before'; stepId: string }
  /** Nothing of their way is left: the run is complete. */
  | { kind: 'end' };

/** True when the step is in both versions: the same id, and still the same kind of step. */
export const survives = (before: Steps, after: Steps, stepId: string): boolean => after[stepId] !== undefined && after[stepId].type === before[stepId]?.type;

/**
 * Where people who stand at a step of `before` go on in `after`.
 *
 * @param named the step the publisher names instead of the rule; they come to it when they would next have moved
 */
export function landingOf(before: Steps, after: Steps, stepId: string, named?: string): Landing {
  if (named !== undefined) return { kind: 'before', stepId: named };
  if (survives(before, after, stepId)) return { kind: 'here', wait: waitOf(before[stepId]!, after[stepId]!) };
  const next = nextSurviving(before, after, stepId);
  return next === null ? { kind: 'end' } : { kind: 'before', stepId: next };
}

function waitOf(before: Step, after: Step): 'same' | 'recount' | 'look' | 'ask' {
  if (before.type === 'wait' && after.type === 'wait') {
    if (!isDeepStrictEqual([before.date], [after.date])) return after.date ? 'look' : 'recount';
    return isDeepStrictEqual([before.for, before.until], [after.for, after.until]) ? 'same' : 'recount';
  }
  if (before.type === 'wait_until' && after.type === 'wait_until') return isDeepStrictEqual([before.condition, before.event, before.timeout], [after.condition, after.event, after.timeout]) ? 'same' : 'ask';
  return 'same';
}

/**
 * The first step of the old way that the new version has: depth first, the way that needs nothing to happen before the others
 * (a timeout before the condition that came true, `otherwise` before the branches). Null when there is none.
 */
export function nextSurviving(before: Steps, after: Steps, stepId: string): string | null {
  const seen = new Set([stepId]);
  const open = [...waysOf(before[stepId])].toReversed();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === null || seen.has(id)) continue;
    if (survives(before, after, id)) return id;
    seen.add(id);
    open.push(...waysOf(before[id]).toReversed());
  }
  return null;
}

/** The ways out of a step, the one that needs nothing to happen first. */
function waysOf(step: Step | undefined): (string | null)[] {
  if (!step) return [];
  const ways = edgesOf(step).map(({ to }) => to);
  return step.type === 'wait_until' || step.type === 'branch' ? [ways.at(-1)!, ...ways.slice(0, -1)] : ways;
}

/** Ids of all steps behind this one. */
export function stepsAhead(steps: Steps, stepId: string): Set<string> {
  const found = new Set<string>();
  const open = [stepId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = steps[id];
    for (const { to } of step ? edgesOf(step) : []) {
      if (to === null || found.has(to) || !steps[to]) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** The message, wait or end that comes next on a way, whichever branches are taken. `null` is the end. */
export function nextStops(steps: Steps, stepId: string, from: 'at' | 'after'): (string | null)[] {
  const stops: (string | null)[] = [];
  const seen = new Set<string>();
  const add = (stop: string | null) => { if (!stops.includes(stop)) stops.push(stop); };
  const outOf = (id: string): (string | null)[] => (steps[id] ? edgesOf(steps[id]).map(({ to }) => to) : []);
  const open = from === 'at' ? [stepId] : outOf(stepId).toReversed();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = id === null ? undefined : steps[id];
    if (id === null || !step || step.type === 'exit') add(null);
    else if (step.type === 'message' || step.type === 'wait' || step.type === 'wait_until') add(id);
    else if (!seen.has(id)) {
      seen.add(id);
      open.push(...outOf(id).toReversed());
    }
  }
  return stops;
}

/** How the way of people changes: steps that are new on it, gone from it, and on both but otherwise. */
export interface WayChange { added: string[]; removed: string[]; changed: string[] }

/** @param order ids in the order to be told in */
export function wayChange(before: Steps, after: Steps, stepId: string, landing: Landing, order: readonly string[]): WayChange {
  const old = stepsAhead(before, stepId);
  const passed = stepsBehind(before, stepId);
  const now = landing.kind === 'end' ? new Set<string>() : stepsAhead(after, landing.kind === 'here' ? stepId : landing.stepId);
  if (landing.kind === 'before') now.add(landing.stepId);
  const sorted = (ids: Iterable<string>) => [...ids].toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  return {
    added: sorted([...now].filter((id) => !old.has(id) && !passed.has(id) && id !== stepId)),
    removed: sorted([...old].filter((id) => !now.has(id))),
    changed: sorted([...now].filter((id) => old.has(id) && saysOtherwise(before[id]!, after[id]!))),
  };
}

/** Steps somebody may have passed on the way to this one: they are not repeated. */
export function stepsBehind(steps: Steps, stepId: string): Set<string> {
  const before = new Map<string, string[]>();
  for (const step of Object.values(steps)) for (const { to } of edgesOf(step)) if (to !== null) before.set(to, [...(before.get(to) ?? []), step.id]);
  const found = new Set<string>();
  const open = [stepId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const earlier of before.get(id) ?? []) {
      if (found.has(earlier)) continue;
      found.add(earlier);
      open.push(earlier);
    }
  }
  return found;
}

/** Whether the step itself is another; where it leads to aside. */
function saysOtherwise(before: Step, after: Step): boolean {
  const itself = (step: Step) => JSON.parse(JSON.stringify(step, (key, value: unknown) => (key === 'next' || key === 'onTimeout' || key === 'onMissed' || key === 'otherwise' ? undefined : value))) as unknown;
  return !isDeepStrictEqual(itself(before), itself(after));
}
