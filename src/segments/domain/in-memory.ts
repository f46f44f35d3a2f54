import type { EventCondition } from '../../contract/segment-conditions.js';
import { filtersReadZone } from './leaves/event-rows.js';
import { kindOf } from './leaves/leaf-kinds.js';
import { comparisonHolds } from './leaves/number-comparison.js';
import { windowSeconds } from './operators.js';
import { isLeaf, leavesOf, type Leaf, type Resolved } from './resolved.js';

/** Events that are counted: of one name, with these properties, in this span of the calendar. */
export type CountedRows = Pick<EventCondition, 'event' | 'where' | 'between'>;

/**
 * A definition as it is judged in memory. `count`: by how often something was done, `rows` being its place among those that are loaded, within
 * so many milliseconds (null: ever). `part`: what stays as it is while what is known of the person does, and is asked of the data once.
 */
export type Judged =
  | { type: 'all' | 'any'; of: Judged[] }
  | { type: 'not'; of: Judged }
  | { type: 'count'; rows: number; window: number | null; count: EventCondition['count'] }
  | { type: 'part'; part: number };

/** Counted rows of several definitions, each once, with the longest window over them in milliseconds. */
export interface Shelf { rows: { of: CountedRows; reach: number }[]; parts: Resolved[] }

/** Kinds of conditions that read nothing but what is known of the person, which a state of the past holds. */
const KNOWN: ReadonlySet<Leaf['type']> = new Set(['attribute', 'tag', 'list', 'consent']);

/** Whether neither the clock nor an event can change the answer. When somebody was last seen moves with every event. */
const isStill = (leaf: Leaf): boolean => KNOWN.has(leaf.type) && kindOf(leaf).edges(leaf).length === 0 && !(leaf.type === 'attribute' && leaf.key === '$last_seen_at');

/** Counts compare with the clock and with nothing of the person. */
const isCounted = (leaf: Leaf): leaf is EventCondition => leaf.type === 'event' && !filtersReadZone(leaf);

/** The definition as it can be judged in memory, what it needs put on the shelf; null when it asks for more than counts and what is known of the person. */
export function judgedOf(tree: Resolved, shelf: Shelf): Judged | null {
  const leaves = leavesOf(tree);
  if (!leaves.every((leaf) => isStill(leaf) || isCounted(leaf))) return null;
  return judged(tree, shelf);
}

function judged(node: Resolved, shelf: Shelf): Judged {
  if (leavesOf(node).every(isStill)) return { type: 'part', part: shelf.parts.push(node) - 1 };
  if (isLeaf(node)) return counted(node as EventCondition, shelf);
  switch (node.type) {
    case 'all': case 'any': return { type: node.type, of: node.of.map((child) => judged(child, shelf)) };
    case 'not': return { type: 'not', of: judged(node.of, shelf) };
    default: {
      const of = judged((node as Extract<Resolved, { type: 'segment' }>).of, shelf);
      return (node as Extract<Resolved, { type: 'segment' }>).op === 'in' ? of : { type: 'not', of };
    }
  }
}

function counted({ event, where, between, within, count }: EventCondition, { rows }: Shelf): Judged {
  const of = { event, ...(where ? { where } : {}), ...(between ? { between } : {}) };
  const window = within ? windowSeconds(within) * 1_000 : null;
  const key = JSON.stringify(of);
  const known = rows.findIndex((each) => JSON.stringify(each.of) === key);
  const place = known >= 0 ? known : rows.push({ of, reach: 0 }) - 1;
  rows[place]!.reach = Math.max(rows[place]!.reach, window ?? 0);
  return { type: 'count', rows: place, window, count };
}

/** When somebody did a thing, in milliseconds: `since` from when on each counts, `at` when it was; `before`: how many more were long over. */
export interface Occurrences { before: number; since: readonly number[]; at: readonly number[] }

/** How often by a moment, within a window: for each window the instants from which an event counts, and from which it does so no more, both in order. */
export class Counter {
  private readonly begins = new Map<number | null, readonly number[]>();
  private readonly ends = new Map<number | null, readonly number[]>();

  constructor(private readonly of: Occurrences) {}

  at(moment: number, window: number | null): number {
    const [begins, ends] = this.instants(window);
    return upTo(begins, moment) - upTo(ends, moment) + (window === null ? this.of.before : 0);
  }

  /** The instants at which the count within a window changes: when each begins to count, and when it ceases to. */
  instants(window: number | null): readonly [begins: readonly number[], ends: readonly number[]] {
    const known = this.begins.get(window);
    if (known) return [known, this.ends.get(window)!];
    const { since, at } = this.of;
    // One that is told of after its window never counts.
    const begins = inOrder(window === null ? since : since.filter((from, place) => from < at[place]! + window));
    const ends = window === null ? [] : inOrder(at.flatMap((each, place) => (since[place]! < each + window ? [each + window] : [])));
    this.begins.set(window, begins);
    this.ends.set(window, ends);
    return [begins, ends];
  }
}

const inOrder = (instants: readonly number[]): readonly number[] => (instants.every((each, place) => place === 0 || instants[place - 1]! <= each) ? instants : instants.toSorted((one, other) => one - other));

/** How many of these, in order, are not later than a moment. */
export function upTo(instants: readonly number[], moment: number): number {
  let low = 0;
  for (let high = instants.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (instants[middle]! <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The truth at a moment, or the part that has to be asked first.
 *
 * @param part what is known of a part; undefined: not asked yet
 */
export function judge(node: Judged, counters: readonly Counter[], part: (place: number) => boolean | undefined, moment: number): boolean | { ask: number } {
  switch (node.type) {
    case 'count': return comparisonHolds(node.count, counters[node.rows]!.at(moment, node.window));
    case 'part': return part(node.part) ?? { ask: node.part };
    case 'not': {
      const inner = judge(node.of, counters, part, moment);
      return typeof inner === 'boolean' ? !inner : inner;
    }
    default: {
      const decides = node.type === 'any';
      let open: { ask: number } | null = null;
      for (const child of node.of) {
        const truth = judge(child, counters, part, moment);
        if (truth === decides) return decides;
        if (typeof truth === 'object') open ??= truth;
      }
      return open ?? !decides;
    }
  }
}

/** The instants at which counts of a definition change, and the parts of it; in no order. */
export function instantsOf(node: Judged, counters: readonly Counter[]): number[] {
  switch (node.type) {
    case 'count': return counters[node.rows]!.instants(node.window).flat();
    case 'part': return [];
    case 'not': return instantsOf(node.of, counters);
    default: return node.of.flatMap((child) => instantsOf(child, counters));
  }
}

export const partsOf = (node: Judged): number[] => (node.type === 'part' ? [node.part] : node.type === 'count' ? [] : node.type === 'not' ? partsOf(node.of) : node.of.flatMap(partsOf));
