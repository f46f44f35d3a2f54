import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { Counter, instantsOf, loadCounts, partMoments, partsOf } from '../../segments/past-counts.js';
import { heldThen, momentsOfChange, type PastDefinition } from '../../segments/past-questions.js';
import { Maker } from './replay/maker.js';
import { runPerson } from './replay/person-run.js';
import type { Line } from './domain/line.js';
import { inOrder, type PersonState, type SimPerson } from './replay/sim-person.js';
import type { SimPlan } from './replay/sim-plan.js';
import type { Ask, Asking, Walk } from './replay/walk.js';
import { loadAround } from './store/around.store.js';
import { loadStates } from './store/states.store.js';
import { MOST_PEOPLE, possiblePeople } from './store/triggers.store.js';
import { entrySourceOf, triggersOf, type EntrySource } from './triggers.js';

/** People taken through at a time: their history is in memory together, and the more there are the more often it has to be collected (2,500 took an eighth longer). */
const PAGE = 800;
/** Pages under way: read with as many connections. */
export const LANES = 2;
/** How long people are taken through before the other page gets its turn, in milliseconds. */
const TURN_MS = 20;

/** Takes what came of one person. */
export type Sink = (personId: string, lines: readonly Line[]) => void;

/** Called after each page; throws to stop. */
export type Progress = (done: number, total: number) => Promise<void>;

/**
 * Takes everybody whom the version could let in through it, page by page, in reading transactions alone. `read` runs one of them: all
 * that is asked about a page is asked in it.
 */
export async function simulate(plan: SimPlan, read: <T>(work: (db: Db) => Promise<T>) => Promise<T>, sink: Sink, progress: Progress): Promise<{ people: number; source: EntrySource }> {
  const source = await read((db) => entrySourceOf(db, plan));
  const people = await read((db) => possiblePeople(db, plan, source.recorded));
  if (people.length > MOST_PEOPLE) throw new AppError('simulation.too-large', `More than ${MOST_PEOPLE.toLocaleString('en')} people could enter in this period. Choose a shorter one.`, 'invalid');
  const maker = new Maker(plan);
  await progress(0, people.length);
  let next = 0;
  let done = 0;
  // While one page waits for the database another is taken through.
  const lane = async (): Promise<void> => {
    while (next < people.length) {
      const page = people.slice(next, (next += PAGE));
      await read((db) => simulatePage(db, { plan, source, maker }, page, sink));
      await progress((done += page.length), people.length);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => lane().catch((error: unknown) => {
    // The other one ends with its page.
    next = people.length;
    throw error;
  })));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return { people: people.length, source };
}

interface Run { plan: SimPlan; source: EntrySource; maker: Maker }

async function simulatePage(db: Db, { plan, source, maker }: Run, ids: readonly string[], sink: Sink): Promise<void> {
  const asked = { from: new Date(plan.knownFrom), to: new Date(plan.to), campaignId: plan.version.campaignId, dateKeys: plan.dateKeys, whole: plan.hasActions };
  const states = await loadStates(db, ids, asked);
  const triggers = await triggersOf(db, plan, source, { ids, states });
  const entering = ids.filter((id) => triggers.has(id) && states.has(id));
  if (entering.length === 0) return;
  const own = new Map(entering.map((id) => [id, states.get(id)!]));
  const around = await loadAround(db, plan, entering, own);
  const counters = await countersOf(db, plan, entering);
  const moments = await watchedMoments(db, plan, entering, { counters, states: own });
  const runs = entering.map((id): Going => {
    const person: SimPerson = { id, states: own.get(id)!, triggers: triggers.get(id)!.toSorted((one, other) => one.at - other.at), moments: moments.map((of) => of.get(id) ?? []), counters: counters(id), ...around(id) };
    return { id, run: runPerson(plan, person, maker), asks: null };
  });
  await goOn(db, plan, runs, sink);
}

const NONE = new Counter({ before: 0, since: [], at: [] });

/** What is counted in memory of each of these people. */
async function countersOf(db: Db, plan: SimPlan, ids: readonly string[]): Promise<(id: string) => readonly Counter[]> {
  const counts = await loadCounts(db, plan.memory, ids, { after: new Date(plan.knownFrom), to: new Date(plan.to) });
  const of = new Map(ids.map((id) => [id, counts.map((each) => (each.has(id) ? new Counter(each.get(id)!) : NONE))]));
  return (id) => of.get(id)!;
}

interface Known { counters: (id: string) => readonly Counter[]; states: ReadonlyMap<string, readonly PersonState[]> }

/** Of each watched condition: person → the instants at which its answer can have changed, in whole milliseconds and in order. */
async function watchedMoments(db: Db, plan: SimPlan, ids: readonly string[], { counters, states }: Known): Promise<Map<string, readonly number[]>[]> {
  const all: Map<string, readonly number[]>[] = [];
  const span = { after: new Date(plan.knownFrom), to: new Date(plan.to) };
  const isIn = (at: number): boolean => at > plan.knownFrom && at <= plan.to;
  for (const { condition } of plan.watched) {
    const definition = plan.conditions[condition];
    const judged = plan.memory.judged[condition];
    const changes = !definition ? [] : judged ? await partMoments(db, plan.memory, partsOf(judged), ids, span) : await momentsOfChange(db, definition, ids, span);
    const found = new Map<string, number[]>();
    for (const { personId, at } of changes) {
      const list = found.get(personId);
      if (list) list.push(at.getTime());
      else found.set(personId, [at.getTime()]);
    }
    if (judged) for (const id of ids) {
      const told = [...(found.get(id) ?? []), ...instantsOf(judged, counters(id)), states.get(id)![0]!.since].filter(isIn);
      if (told.length > 0) found.set(id, told);
    }
    all.push(new Map([...found].map(([id, ats]) => [id, inOrder(ats)])));
  }
  return all;
}

interface Going { id: string; run: Asking<Walk>; asks: Ask | null }

/** Takes each person as far as they get without asking, then asks for all of them at once, and so on until all have ended. */
async function goOn(db: Db, plan: SimPlan, going: Going[], sink: Sink): Promise<void> {
  let answers = new Map<Going, boolean>();
  for (let left = going; left.length > 0; ) {
    const asking: Going[] = [];
    let since = performance.now();
    for (const one of left) {
      const { value, done } = one.asks === null ? one.run.next() : one.run.next(answers.get(one)!);
      if (done) sink(one.id, value.lines);
      else asking.push(Object.assign(one, { asks: value }));
      if (performance.now() - since < TURN_MS) continue;
      await new Promise<void>((turn) => setImmediate(turn));
      since = performance.now();
    }
    answers = await ask(db, plan, asking);
    left = asking;
  }
}

async function ask(db: Db, plan: SimPlan, asking: readonly Going[]): Promise<Map<Going, boolean>> {
  const answers = new Map<Going, boolean>();
  const groups = new Map<PastDefinition, Going[]>();
  for (const one of asking) {
    const group = groups.get(one.asks!.definition);
    if (group) group.push(one);
    else groups.set(one.asks!.definition, [one]);
  }
  for (const [definition, group] of groups) {
    const questions = group.map(({ id, asks }) => ({ personId: id, at: new Date(asks!.at), then: asks!.state.known, ...(asks!.supposed ? { supposed: asks!.supposed } : {}) }));
    const truths = await heldThen(db, definition, questions, plan.version.campaignId);
    group.forEach((one, place) => answers.set(one, truths[place] === true));
  }
  return answers;
}
