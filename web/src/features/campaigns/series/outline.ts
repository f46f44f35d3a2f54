import { joins, startOf, stepsById, unreachable, walk, waysOf, type Way } from './graph.js';
import type { Series, Step } from './model.js';

/** Steps one after the other. */
export interface Line {
  items: Item[];
  /** The ways on which something can be added at the end; none when every way has ended by an exit. */
  tail: Way[];
  /** The line goes on at a step that stands elsewhere. */
  jump: string | null;
}

export interface Item {
  step: Step;
  /** All ways that lead here in this line: what is added on them comes before the step for everybody. */
  before: Way[];
  /** Of steps with more than one way out. They come together again in what follows the item. */
  arms: Arm[];
  /** The ways out of the step and all that its arms contain. */
  after: Way[];
}

export interface Arm { way: Way; line: Line }

export interface Outline { line: Line; /** No way leads to these. */ loose: Step[] }

/** The series as an outline: every step once, what lies between a branch and the point where all its ways meet inside the branch. */
export function outlineOf(series: Series): Outline {
  const known = stepsById(series);
  const join = joins(series, walk(series));
  const seen = new Set<string>();

  const lineOf = (first: Way[], stop: string | null): Line => {
    const items: Item[] = [];
    let ways = first;
    for (;;) {
      const to = ways[0]?.to ?? null;
      if (ways.length === 0 || to === null || to === stop) return { items, tail: ways, jump: null };
      if (seen.has(to)) return { items, tail: ways, jump: to };
      seen.add(to);
      const item = itemOf(known.get(to)!, ways);
      items.push(item);
      ways = item.after;
    }
  };
  const itemOf = (step: Step, before: Way[]): Item => {
    const out = waysOf(step, known);
    if (out.length < 2) return { step, before, arms: [], after: out };
    const meeting = join.get(step.id) ?? null;
    const arms = out.map((way) => ({ way, line: lineOf([way], meeting) }));
    return { step, before, arms, after: arms.flatMap(({ line }) => (line.jump === null ? line.tail : [])) };
  };

  return { line: lineOf([startOf(series)], null), loose: unreachable(series) };
}

export interface Found { item: Item; line: Line; index: number; /** The step whose arm the line is. */ parent: Item | null }

/** Finds a step in the outline. */
export function findItem(line: Line, id: string, parent: Item | null = null): Found | null {
  for (const [index, item] of line.items.entries()) {
    if (item.step.id === id) return { item, line, index, parent };
    for (const arm of item.arms) {
      const found = findItem(arm.line, id, item);
      if (found) return found;
    }
  }
  return null;
}

/** Every item from top to bottom, as it is read. */
export function itemsIn(line: Line): Item[] {
  return line.items.flatMap((item) => [item, ...item.arms.flatMap((arm) => itemsIn(arm.line))]);
}
