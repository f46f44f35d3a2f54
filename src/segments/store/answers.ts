import type { PastPerson } from '../../people/past-person.js';
import { rows, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { compileMoments, compileSet, compileSome, compileTruths, type MomentQuestion } from '../domain/compile.js';
import { compileFrontier, compileNextBoundary, compilePersonBoundaries, type Followed } from '../domain/edges.js';
import { compileExplain, type placesOf, type TruthsAt } from '../domain/explain.js';
import type { Edge } from '../domain/leaves/leaf.js';
import type { Resolved } from '../domain/resolved.js';
import { inPast } from './past.js';

/** The zone whose calendar holds for people without one. */
export const workspaceZone = async (db: Db): Promise<string> => (await loadWorkspace(db)).timeZone;

/** Question 2: those of the people named who match. */
export async function matchAmong(db: Db, tree: Resolved, personIds: readonly string[], moment: { now: Date; timeZone: string }): Promise<Set<string>> {
  if (personIds.length === 0) return new Set();
  const { text, values } = compileSome(tree, personIds, moment);
  return new Set((await rows<{ person_id: string }>(db, text, values)).map((found) => found.person_id));
}

/** Question 2 for several definitions: the people who match each. */
export async function matchAmongEach(db: Db, trees: readonly Resolved[], personIds: readonly string[], moment: { now: Date; timeZone: string }): Promise<Set<string>[]> {
  if (trees.length === 1) return [await matchAmong(db, trees[0]!, personIds, moment)];
  const matching = trees.map(() => new Set<string>());
  if (personIds.length === 0 || trees.length === 0) return matching;
  const { text, values } = compileTruths(trees, personIds, moment);
  for (const { person_id: personId, truths } of await rows<{ person_id: string; truths: string }>(db, text, values)) matching.forEach((set, index) => truths[index] === '1' && set.add(personId));
  return matching;
}

/** Question 2 at moments, in the order given; null for people who are gone. */
export async function matchAtMoments(db: Db, trees: readonly Resolved[], questions: readonly MomentQuestion[], timeZone: string): Promise<(boolean | null)[]> {
  if (questions.length === 0) return [];
  const { text, values } = compileMoments(trees, questions, timeZone);
  const truths = new Array<boolean | null>(questions.length).fill(null);
  for (const { place, truth } of await rows<{ place: number; truth: boolean }>(db, text, values)) truths[place - 1] = truth;
  return truths;
}

/** Question 1 as a number. */
export async function countAll(db: Db, tree: Resolved, moment: { now: Date; timeZone: string }): Promise<number> {
  const { text, values } = compileSet(tree, moment, 'count');
  return (await rows<{ count: number }>(db, text, values))[0]!.count;
}

/** Question 1, everybody or a few. */
export async function matchAll(db: Db, tree: Resolved, moment: { now: Date; timeZone: string }, sample?: number): Promise<string[]> {
  const { text, values } = compileSet(tree, moment, sample === undefined ? 'people' : { sample });
  return (await rows<{ person_id: string }>(db, text, values)).map((found) => found.person_id);
}

/** A person and a moment at which an edge is crossed; the moment is text, so that it keeps microseconds. */
export interface Boundary { edge: number; personId: string; at: string }

/** Question 4: at most `limit` boundaries beyond `after` and up to `to`, in order of time and person. */
export async function boundariesBeyond(db: Db, edges: readonly Edge[], after: Followed, to: Date, limit: number): Promise<Boundary[]> {
  if (edges.length === 0) return [];
  const { text, values } = compileFrontier(edges, after, to, limit);
  return rows<Boundary>(db, text, values);
}

/** Edges to a statement: PostgreSQL takes 65,535 values, each edge may bind three, and the time of planning grows faster than they do. */
export const EDGES = 500;

/** The earliest moment after `after` at which the clock can change anybody's answer. */
export async function nextBoundary(db: Db, edges: readonly Edge[], after: Date): Promise<Date | null> {
  let earliest: Date | null = null;
  for (let from = 0; from < edges.length; from += EDGES) {
    const { text, values } = compileNextBoundary(edges.slice(from, from + EDGES), after);
    const at = (await rows<{ at: Date | null }>(db, text, values))[0]?.at ?? null;
    if (at && (!earliest || at < earliest)) earliest = at;
  }
  return earliest;
}

/** The next boundaries of one person, earliest first; of `past` only what was known then. */
export async function boundariesOf(db: Db, edges: readonly Edge[], personId: string, after: Date, limit: number, past?: PastPerson): Promise<string[]> {
  if (edges.length === 0) return [];
  const compiled = compilePersonBoundaries(edges, personId, after, limit);
  const { text, values } = past ? inPast(compiled, past) : compiled;
  return (await rows<{ at: string }>(db, text, values)).map(({ at }) => at);
}

/** Question 3: the truth of every node for one person at these moments, of `past` by what was known then; empty when there is no such person. */
export async function explainAt(db: Db, places: ReturnType<typeof placesOf>, personId: string, moments: readonly string[], past?: PastPerson): Promise<TruthsAt[]> {
  const compiled = compileExplain(places, personId, moments, await workspaceZone(db));
  const { text, values } = past ? inPast(compiled, past) : compiled;
  return rows<TruthsAt>(db, text, values);
}
