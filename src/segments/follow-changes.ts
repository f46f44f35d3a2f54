import { askTogether, type Question } from './evaluation.js';
import type { Maintained, Step } from './maintained.js';
import { matchAmongEach } from './store/answers.js';
import { loadMemberships, loadMembershipsOf, stageMembers, unstagePeople, type Change, type Flip } from './store/membership.store.js';

/** For each membership, the people whose answer the changes can have moved, with the first change that could. */
export type Touched = ReadonlyMap<Maintained, ReadonlyMap<string, Change>>;

/** Memberships that the same changes concern share one map of people, and are asked together. */
export function touchedPeople({ maintained, changes }: Pick<Step, 'maintained' | 'changes'>): Touched {
  const gone = goneBy(changes);
  const groups = new Map<string, Map<string, Change>>();
  const touched = new Map<Maintained, Map<string, Change>>();
  for (const one of maintained) {
    const concerning = changes.filter((change) => change.kind !== 'changed' || change.keys.some((key) => one.plan.reads.has(key)));
    const key = concerning.map(({ id }) => id).join();
    const people = groups.get(key) ?? firstChanges(concerning, gone);
    groups.set(key, people);
    if (people.size > 0) touched.set(one, people);
  }
  return touched;
}

function firstChanges(changes: readonly Change[], gone: ReadonlyMap<string, Change>): Map<string, Change> {
  const people = new Map<string, Change>();
  for (const change of changes) {
    const named = change.kind === 'changed' ? change.personIds : change.mergedInto ? [change.mergedInto] : [];
    for (const personId of named) if (!gone.has(personId) && !people.has(personId)) people.set(personId, change);
  }
  return people;
}

/** People who were merged away or erased, each with the change that says so. */
export function goneBy(changes: readonly Change[]): Map<string, Change> {
  return new Map(changes.filter(({ kind }) => kind !== 'changed').flatMap((change) => change.personIds.filter((id) => id !== change.mergedInto).map((id) => [id, change] as const)));
}

/** Asks again about whom the changes touched; builds take the answer in, live segments flip. */
export async function followChanges(step: Step, touched: Touched): Promise<Flip[]> {
  const flips = await removeGone(step);
  const groups = new Map<ReadonlyMap<string, Change>, Maintained[]>();
  for (const [one, people] of touched) groups.set(people, [...(groups.get(people) ?? []), one]);
  for (const [people, memberships] of groups) flips.push(...(await flipsOf(step, people, memberships)));
  return flips;
}

async function flipsOf(step: Step, people: ReadonlyMap<string, Change>, memberships: readonly Maintained[]): Promise<Flip[]> {
  const ids = [...people.keys()];
  const ask = async (questions: readonly Question<string>[]) => {
    const inputs = questions[0]!.inputs;
    const matching = await matchAmongEach(step.tx, questions.map(({ one }) => one.plan.tree), inputs, step);
    return matching.map((set) => inputs.map((id) => set.has(id)));
  };
  const answers = await askTogether(step, memberships.map((one) => ({ one, inputs: ids })), ask);
  const before = await loadMemberships(step.tx, [...answers.keys()].filter((one) => !one.build).map(({ id }) => id), ids);
  const flips: Flip[] = [];
  for (const [one, truths] of answers) {
    if (one.build) await stageMembers(step.tx, one.id, ids, new Set(ids.filter((_, index) => truths[index])));
    else {
      ids.forEach((personId, index) => {
        const entered = truths[index]!;
        const change = people.get(personId)!;
        if (entered !== before.has(`${one.id} ${personId}`)) flips.push({ segmentId: one.id, personId, entered, at: step.now.toISOString(), cause: change.kind === 'merged' ? 'merge' : 'change', changeId: change.id });
      });
    }
  }
  return flips;
}

/** People who were merged away or erased leave everything. */
async function removeGone(step: Step): Promise<Flip[]> {
  const gone = goneBy(step.changes);
  if (gone.size === 0) return [];
  await unstagePeople(step.tx, [...gone.keys()]);
  const held = await loadMembershipsOf(step.tx, [...gone.keys()]);
  return held.map(({ segmentId, personId }) => {
    const change = gone.get(personId)!;
    return { segmentId, personId, entered: false, at: step.now.toISOString(), cause: change.kind === 'merged' ? 'merge' : 'erase', changeId: change.id };
  });
}
