import type { placesOf, TruthsAt } from '../explain.js';
import type { Leaf } from '../resolved.js';
import { isSameFact, type Aim, type Change, type Proposal } from './change.js';
import { proposalsFor } from './proposals.js';
import type { When } from './values.js';

type Places = ReturnType<typeof placesOf>;

/** Alternatives kept at each node, conditions turned in one of them, and ways of turning them that are looked at. */
const [ALTERNATIVES, LARGEST, WAYS] = [32, 5, 24];

/** One or more changes that may make a definition true (or not), with the conditions each of them is for. */
export interface Candidate { changes: Change[]; aims: Aim[] }

/** What the nodes of a tree say, and the leaves compare, of a person with changes made. */
export type Evaluate = (changes: readonly Change[]) => Promise<Pick<TruthsAt, 'truths' | 'compared'> | null>;

/** Candidates are asked about until one holds; the length of their changes never falls. */
const LONGEST = 8;

/**
 * The fewest changes for which the root of a tree is as wanted: cheapest first, and where a candidate does not do (one change may move several conditions, for
 * better or worse), what is missing then is added to it. Each flip that helps belongs to a set that follows from the tree (of "all" every part that fails must
 * turn, of "any" one), so nothing shorter is passed over but by the limits.
 *
 * @param tries candidates asked about at most
 */
export async function searchFlips(places: Places, evaluate: Evaluate, { wanted, when, tries }: { wanted: boolean; when: When; tries: number }): Promise<Candidate | null> {
  const waiting: Candidate[] = [{ changes: [], aims: [] }];
  const seen = new Set<string>([keyOf([])]);
  for (let tried = 0; tried < tries && waiting.length > 0; tried += 1) {
    const candidate = waiting.shift()!;
    const answer = await evaluate(candidate.changes);
    if (!answer) return null;
    if (answer.truths[0] === wanted) return candidate;
    const more = candidatesFor(places, answer, wanted, when).flatMap((addition) => added(candidate, addition)).filter(({ changes }) => {
      const key = keyOf(changes);
      return changes.length > LONGEST || seen.has(key) ? false : (seen.add(key), true);
    });
    waiting.push(...more);
    waiting.sort((one, other) => one.changes.length - other.changes.length);
  }
  return null;
}

const keyOf = (changes: readonly Change[]): string => JSON.stringify(changes.map((change) => JSON.stringify(change)).toSorted());

/** The changes of both; the same event is done as often as both together say. Nothing that was changed is changed back. */
function added(before: Candidate, addition: Candidate): Candidate[] {
  const changes = [...before.changes];
  for (const change of addition.changes) {
    const place = changes.findIndex((other) => isSameFact(other, change));
    const same = place < 0 ? undefined : changes[place]!;
    if (!same) changes.push(change);
    else if (same.kind === 'event' && change.kind === 'event') changes[place] = { ...same, times: same.times + change.times };
    else return [];
  }
  return [{ changes, aims: [...before.aims, ...addition.aims.filter(({ leaf }) => !before.aims.some((aim) => aim.leaf === leaf))] }];
}

/** What could turn the root if nothing else moved with it, the fewest changes first: every single change that turns a condition, and the sets of {@link alternatives}. */
function candidatesFor(places: Places, { truths, compared }: Pick<TruthsAt, 'truths' | 'compared'>, wanted: boolean, when: When): Candidate[] {
  const goals = alternatives(places, truths, 0, wanted);
  const proposals = new Map<number, Proposal[]>();
  const proposed = (index: number): Proposal[] => {
    const known = proposals.get(index);
    if (known) return known;
    const aim: Aim = { leaf: places[index]!.node as Leaf, wanted: !truths[index]! };
    const found = proposalsFor(aim.leaf, aim.wanted, compared?.[index] ?? null, when).map((changes) => ({ changes, aim }));
    proposals.set(index, found);
    return found;
  };
  const turned = [...new Set(turnable(places, truths, 0, wanted))];
  const singles = turned.flatMap((index) => proposed(index).map(({ changes, aim }) => ({ changes, aims: [aim] })));
  const sets = goals.filter((goal) => goal.length > 1).flatMap((goal) => combined(goal.map(proposed)));
  return distinct([...singles, ...sets]).toSorted((one, other) => one.changes.length - other.changes.length);
}

/** The sets of leaves (by place) whose turning turns a node, small ones first. Leaves turn one way only: away from what they are. */
function alternatives(places: Places, truths: readonly boolean[], index: number, wanted: boolean): number[][] {
  if (truths[index] === wanted) return [[]];
  const { node, children } = places[index]!;
  switch (node.type) {
    case 'not': return alternatives(places, truths, children[0]!, !wanted);
    case 'segment': return alternatives(places, truths, children[0]!, wanted === (node.op === 'in'));
    case 'all': case 'any': {
      const each = children.map((child) => alternatives(places, truths, child, wanted));
      return (node.type === 'all') === wanted ? product(each) : smallest(each.flat());
    }
    default: return [[index]];
  }
}

/** Every leaf that is in some alternative, however many there are. */
function turnable(places: Places, truths: readonly boolean[], index: number, wanted: boolean): number[] {
  if (truths[index] === wanted) return [];
  const { node, children } = places[index]!;
  if (node.type === 'not') return turnable(places, truths, children[0]!, !wanted);
  if (node.type === 'segment') return turnable(places, truths, children[0]!, wanted === (node.op === 'in'));
  return node.type === 'all' || node.type === 'any' ? children.flatMap((child) => turnable(places, truths, child, wanted)) : [index];
}

const smallest = (sets: readonly number[][]): number[][] => sets.filter((set) => set.length <= LARGEST).toSorted((one, other) => one.length - other.length).slice(0, ALTERNATIVES);

function product(each: readonly number[][][]): number[][] {
  let sets: number[][] = [[]];
  for (const options of each) sets = smallest(sets.flatMap((set) => options.map((option) => [...new Set([...set, ...option])])));
  return sets;
}

/** One proposal for each condition, put together; two that want different things of one fact do not go together. */
function combined(choices: readonly Proposal[][]): Candidate[] {
  let found: Candidate[] = [{ changes: [], aims: [] }];
  for (const proposals of choices) found = found.flatMap((before) => proposals.flatMap((proposal) => merged(before, proposal))).slice(0, WAYS);
  return found;
}

function merged(before: Candidate, { changes, aim }: Proposal): Candidate[] {
  const fresh: Change[] = [];
  for (const change of changes) {
    const same = before.changes.find((other) => isSameFact(other, change));
    if (same && JSON.stringify(same) !== JSON.stringify(change) && same.kind !== 'event') return [];
    if (!same) fresh.push(change);
  }
  return [{ changes: [...before.changes, ...fresh], aims: [...before.aims, aim] }];
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ changes }) => (seen.has(keyOf(changes)) ? false : (seen.add(keyOf(changes)), true)));
}
