import type { Next, Series, Step } from './model.js';

/** One way from step to step: where it is written (`start`, `next`, `branches.1.next`) and where it leads; null ends the run. */
export interface Way {
  /** Null: the entry. */
  from: string | null;
  path: string;
  to: string | null;
}

export const wayKey = ({ from, path }: Way): string => `${from ?? ''}:${path}`;

/** The steps by id. Where an id is used twice the first one is meant, as in the engine. */
export const stepsById = (series: Series): Map<string, Step> => new Map((series.steps ?? []).toReversed().map((step) => [step.id, step]));

/** The ways out of a step in the order written. What leads to a step that is not there ends, for all that is drawn. */
export function waysOf(step: Step, known?: ReadonlyMap<string, Step>): Way[] {
  const way = (path: string, next: Next): Way => ({ from: step.id, path, to: next != null && next !== '' && (known?.has(next) ?? true) ? next : null });
  switch (step.type) {
    case 'message': case 'action': return [way('next', step.next)];
    case 'wait': return [way('next', step.next), ...(step.date ? [way('onMissed', step.onMissed)] : [])];
    case 'wait_until': return [way('next', step.next), way('onTimeout', step.onTimeout)];
    case 'branch': return [...step.branches.map(({ next }, index) => way(`branches.${index}.next`, next)), way('otherwise', step.otherwise)];
    case 'split': return step.arms.map(({ next }, index) => way(`arms.${index}.next`, next));
    case 'exit': return [];
  }
}

/** Where everybody begins. */
export function startOf({ start, steps }: Series): Way {
  return { from: null, path: 'start', to: start != null && steps?.some(({ id }) => id === start) ? start : null };
}

/** A step with one of its ways leading elsewhere. */
export function withWay(step: Step, path: string, to: string | null): Step {
  const [list, index] = path.split('.');
  if (list === 'branches' && step.type === 'branch') return { ...step, branches: step.branches.with(Number(index), { ...step.branches[Number(index)]!, next: to }) };
  if (list === 'arms' && step.type === 'split') return { ...step, arms: step.arms.with(Number(index), { ...step.arms[Number(index)]!, next: to }) };
  return { ...step, [path]: to };
}

/** The series with each of these ways leading to one step. */
export function lead(series: Series, ways: readonly Way[], to: string | null): Series {
  const steps = (series.steps ?? []).map((step) => ways.filter(({ from }) => from === step.id).reduce((changed, { path }) => withWay(changed, path, to), step));
  return { ...series, steps, ...(ways.some(({ from }) => from === null) ? { start: to } : {}) };
}

/** Every way that leads to a step. */
export function waysTo(series: Series, id: string): Way[] {
  return [startOf(series), ...(series.steps ?? []).flatMap((step) => waysOf(step))].filter(({ to }) => to === id);
}

export interface Walked {
  /** Ids of the steps one can come to, each before what it leads to. */
  order: string[];
  /** A way leads back to a step before it. */
  loops: boolean;
}

/** Walks from the entry; without recursion, because 500 steps in a row are allowed. */
export function walk(series: Series): Walked {
  const known = stepsById(series);
  const state = new Map<string, 'open' | 'done'>();
  const finished: string[] = [];
  let loops = false;
  const stack: { id: string; ways: Way[]; at: number }[] = [];
  const enter = (id: string) => { state.set(id, 'open'); stack.push({ id, ways: waysOf(known.get(id)!, known), at: 0 }); };
  const first = startOf(series).to;
  if (first !== null) enter(first);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const way = top.ways[top.at];
    top.at += 1;
    if (!way) {
      state.set(top.id, 'done');
      finished.push(top.id);
      stack.pop();
    } else if (way.to !== null) {
      const seen = state.get(way.to);
      if (seen === 'open') loops = true;
      else if (!seen) enter(way.to);
    }
  }
  return { order: finished.toReversed(), loops };
}

/** Steps to which no way leads, in the order written. */
export function unreachable(series: Series): Step[] {
  const reached = new Set(walk(series).order);
  return (series.steps ?? []).filter(({ id }) => !reached.has(id));
}

/**
 * Where the ways of each step come together again, whichever was taken: its nearest post-dominator, exits aside, since who leaves
 * meets nobody; null where that is only the end (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001, on the reversed graph, in one pass as there are no loops).
 */
export function joins(series: Series, walked = walk(series)): Map<string, string | null> {
  const known = stepsById(series);
  const place = new Map(walked.order.map((id, index) => [id, index]));
  const join = new Map<string, string | null>();
  const leaving = new Set<string>();
  const later = (id: string | null) => (id === null ? Infinity : place.get(id)!);
  const meet = (a: string | null, b: string | null): string | null => {
    let [left, right] = [a, b];
    while (left !== right) {
      if (later(left) < later(right)) left = join.get(left!) ?? null;
      else right = join.get(right!) ?? null;
    }
    return left;
  };
  for (const id of walked.order.toReversed()) {
    // A way back is no way on; a draft with one is refused at publish, and here it only must not hang.
    const targets = waysOf(known.get(id)!, known).map(({ to }) => (to !== null && place.get(to)! <= place.get(id)! ? null : to));
    const staying = targets.filter((to) => to === null || !leaving.has(to));
    if (staying.length === 0) leaving.add(id);
    const meeting = staying.length > 0 ? staying : targets;
    join.set(id, meeting.length === 0 ? null : meeting.reduce(meet));
  }
  return join;
}
