import { joins, lead, stepsById, walk, waysOf, waysTo, withWay, type Way } from './graph.js';
import type { Series, Step } from './model.js';
import { copyOf, freeIdLike, freeKey, MOST_ARMS, MOST_BRANCHES } from './new-step.js';
import { findItem, outlineOf, type Found } from './outline.js';

/** Puts a step on these ways, which lead to one place; all of its own ways lead on to there. */
export function insert(series: Series, ways: readonly Way[], step: Step): Series {
  const to = ways[0]?.to ?? null;
  const placed = waysOf(step).reduce((changed, { path }) => withWay(changed, path, to), step);
  const led = lead(series, ways, step.id);
  const after = (led.steps ?? []).findIndex(({ id }) => id === ways[0]?.from);
  return { ...led, steps: (led.steps ?? []).toSpliced(after + 1, 0, placed) };
}

/** Whether everything is still reached, and nothing twice, after an edit. */
function isSound(before: Series, after: Series): boolean {
  const { order, loops } = walk(after);
  const reached = new Set(order);
  return !loops && walk(before).order.every((id) => reached.has(id));
}

/** An exit goes only where it cuts nothing off. */
export const canExitOn = (series: Series, ways: readonly Way[]): boolean => isSound(series, insert(series, ways, { id: '\u0000', type: 'exit' }));

/** Changes one step in place. */
export function editStep<S extends Step>(series: Series, id: string, change: (step: S) => S): Series {
  const index = (series.steps ?? []).findIndex((step) => step.id === id);
  if (index < 0) return series;
  const step = series.steps![index] as S;
  const next = change(step);
  return next === step ? series : { ...series, steps: series.steps!.with(index, next) };
}

/** Steps that were reached and are no longer go, and only those. */
function withoutCutOff(before: Series, after: Series): Series {
  const reached = new Set(walk(after).order);
  const gone = new Set(walk(before).order.filter((id) => !reached.has(id)));
  return { ...after, steps: (after.steps ?? []).filter(({ id }) => !gone.has(id)) };
}

/**
 * Takes a step out; what led to it leads on to what followed.
 * @param keep of a step with several ways: the way whose steps stay; null drops all up to where they meet again
 */
export function remove(series: Series, id: string, keep: number | null = null): Series {
  const step = stepsById(series).get(id);
  if (!step) return series;
  const ways = waysOf(step, stepsById(series));
  const to = keep === null || ways.length < 2 ? (ways.length < 2 ? (ways[0]?.to ?? null) : (joins(series).get(id) ?? null)) : (ways[keep]?.to ?? null);
  const led = lead(series, waysTo(series, id), to);
  return withoutCutOff(series, { ...led, steps: (led.steps ?? []).filter((other) => other !== undefined && other.id !== id) });
}

/** How many steps besides itself go with a step. */
export const lostBy = (series: Series, id: string, keep: number | null): number => (series.steps ?? []).length - (remove(series, id, keep).steps ?? []).length - 1;

/** Moves a step, with what its arms contain, one place up or down in the outline. The same series when there is no such place. */
export function move(series: Series, id: string, direction: 'up' | 'down'): Series {
  const found = findItem(outlineOf(series).line, id);
  const ways = found && (direction === 'up' ? placeAbove(found) : placeBelow(found, series));
  if (!found || !ways || ways.length === 0 || found.item.after.length === 0) return series;
  const follows = found.item.after[0]!.to;
  const taken = lead(series, found.item.before, follows);
  // Ways are read before the step is taken out; those that led to it lead to what follows now.
  const target = ways[0]!.to === id ? follows : ways[0]!.to;
  const moved = lead(lead(taken, ways, id), found.item.after, target);
  return isSound(series, moved) ? moved : series;
}

function placeAbove({ line, index, parent }: Found): Way[] {
  const neighbour = index > 0 ? line.items[index - 1]! : parent;
  return neighbour ? neighbour.before : [];
}

function placeBelow({ item, line, index, parent }: Found, series: Series): Way[] {
  const next = line.items[index + 1];
  if (next) return next.after;
  // A line that goes on inside another arm does not end where its step ends.
  if (!parent || line.jump !== null) return [];
  // After the whole of the step whose arm this is: what ended in this step ends before it now.
  const own = new Set(item.after.map(({ from, path }) => `${from}:${path}`));
  const others = parent.after.filter(({ from, path }) => !own.has(`${from}:${path}`));
  const to = parent.after[0]?.to ?? null;
  return [...others, ...item.before.map((way) => ({ ...way, to }))].filter((way) => way.from === null || stepsById(series).has(way.from));
}

/** Puts a copy behind a step; of a step with several ways only the step itself, whose ways then meet at once. */
export function duplicate(series: Series, id: string, used: Iterable<string> = []): { series: Series; id: string } | null {
  const found = findItem(outlineOf(series).line, id);
  if (!found || found.item.after.length === 0) return null;
  const copy = copyOf(found.item.step, freeIdLike(series, found.item.step, used));
  return { series: insert(series, found.item.after, copy), id: copy.id };
}

/** Another branch before "otherwise", or another arm; it leads to where all ways meet. */
export function addArm(series: Series, id: string): Series {
  const to = joins(series).get(id) ?? null;
  return editStep<Step>(series, id, (step) => {
    if (step.type === 'branch' && step.branches.length < MOST_BRANCHES) return { ...step, branches: [...step.branches, { name: '', condition: null, next: to }] };
    if (step.type === 'split' && step.arms.length < MOST_ARMS) return { ...step, arms: [...step.arms, { key: freeKey(step.arms), weight: step.arms[0]?.weight ?? 1, next: to }] };
    return step;
  });
}

/** Without one branch or arm and the steps that only it led to. One branch, two arms stay. */
export function removeArm(series: Series, id: string, index: number): Series {
  const after = editStep<Step>(series, id, (step) => {
    if (step.type === 'branch' && step.branches.length > 1) return { ...step, branches: step.branches.toSpliced(index, 1) };
    if (step.type === 'split' && step.arms.length > 2) return { ...step, arms: step.arms.toSpliced(index, 1) };
    return step;
  });
  return after === series ? series : withoutCutOff(series, after);
}
