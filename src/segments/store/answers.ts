import type { PastPerson } from '../../people/past-person.js';
import { rows, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { compileMoments, compileSet, compileSome } from '../domain/compile.js';
import { compileFrontier, compileNextBoundary, compilePersonBoundaries } from '../domain/edges.js';
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

/** A person and a moment; the moment is text, so that it keeps microseconds. */
export interface PersonMoment { personId: string; at: string }

/** Question 2 for pairs of person and moment, in the order given; null for people who are gone. */
export async function matchAtMoments(db: Db, tree: Resolved, pairs: readonly PersonMoment[], timeZone: string): Promise<(boolean | null)[]> {
  if (pairs.length === 0) return [];
  const { text, values } = compileMoments(tree, pairs.map((pair) => pair.personId), pairs.map((pair) => pair.at), timeZone);
  const truths = new Array<boolean | null>(pairs.length).fill(null);
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

/** Question 4: at most `limit` boundaries in (from, to], earliest first. */
export async function boundariesBetween(db: Db, edges: readonly Edge[], span: { from: Date; to: Date }, limit: number): Promise<PersonMoment[]> {
  if (edges.length === 0 || span.to <= span.from) return [];
  const { text, values } = compileFrontier(edges, span.from, span.to, limit);
  return (await rows<{ person_id: string; at: string }>(db, text, values)).map((found) => ({ personId: found.person_id, at: found.at }));
}

/** The earliest moment after `after` at which the clock can change anybody's answer. */
export async function nextBoundary(db: Db, edges: readonly Edge[], after: Date): Promise<Date | null> {
  if (edges.length === 0) return null;
  const { text, values } = compileNextBoundary(edges, after);
  return (await rows<{ at: Date | null }>(db, text, values))[0]?.at ?? null;
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
