import { AppError } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { heldThen, momentsOfChange } from '../../segments/past-questions.js';
import { Maker } from './replay/maker.js';
import { runPerson } from './replay/person-run.js';
import type { Line } from './domain/line.js';
import type { SimPerson } from './replay/sim-person.js';
import type { SimPlan } from './replay/sim-plan.js';
import type { Ask, Asking, Walk } from './replay/walk.js';
import { loadAround } from './store/around.store.js';
import { loadStates } from './store/states.store.js';
import { MOST_PEOPLE, possiblePeople } from './store/triggers.store.js';
import { entrySourceOf, triggersOf, type EntrySource } from './triggers.js';

/** People taken through at a time: their history is in memory together. */
const PAGE = 2_500;
/** Pages under way: read with as many connections. */
export const LANES = 2;
/** How long people are taken through before others of the process get their turn, in milliseconds. */
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
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return { people: people.length, source };
}

interface Run { plan: SimPlan; source: EntrySource; maker: Maker }

async function simulatePage(db: Db, { plan, source, maker }: Run, ids: readonly string[], sink: Sink): Promise<void> {
  const asked = { from: new Date(plan.from), to: new Date(plan.to), campaignId: plan.version.campaignId, dateKeys: plan.dateKeys, whole: plan.hasActions };
  const states = await loadStates(db, ids, asked);
  const triggers = await triggersOf(db, plan, source, { ids, states });
  const entering = ids.filter((id) => triggers.has(id) && states.has(id));
  if (entering.length === 0) return;
  const own = new Map(entering.map((id) => [id, states.get(id)!]));
  const around = await loadAround(db, plan, entering, own);
  const moments = await watchedMoments(db, plan, entering);
  const runs = entering.map((id): Going => {
    const person: SimPerson = { id, states: own.get(id)!, triggers: triggers.get(id)!.toSorted((one, other) => one.at - other.at), moments: moments.map((of) => of.get(id) ?? []), ...around(id) };
    return { id, run: runPerson(plan, person, maker), asks: null };
  });
  await goOn(db, plan, runs, sink);
}

/** Of each watched condition: person → the instants at which its answer can have changed, in whole milliseconds and in order. */
async function watchedMoments(db: Db, plan: SimPlan, ids: readonly string[]): Promise<Map<string, number[]>[]> {
  const all: Map<string, number[]>[] = [];
  for (const { condition } of plan.watched) {
    const found = new Map<string, Set<number>>();
    const definition = plan.conditions[condition];
    const changes = definition ? await momentsOfChange(db, definition, ids, { after: new Date(plan.from), to: new Date(plan.to) }) : [];
    for (const { personId, at } of changes) found.set(personId, (found.get(personId) ?? new Set<number>()).add(at.getTime()));
    all.push(new Map([...found].map(([id, ats]) => [id, [...ats].sort((one, other) => one - other)])));
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
  for (const [condition, definition] of plan.conditions.entries()) {
    const group = asking.filter(({ asks }) => asks!.condition === condition);
    if (group.length === 0) continue;
    const questions = group.map(({ id, asks }) => ({ personId: id, at: new Date(asks!.at), then: asks!.state.known, ...(asks!.supposed ? { supposed: asks!.supposed } : {}) }));
    const truths = await heldThen(db, definition!, questions, plan.version.campaignId);
    group.forEach((one, place) => answers.set(one, truths[place] === true));
  }
  return answers;
}
