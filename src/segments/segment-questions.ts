import type { DataSource } from 'typeorm';
import type { SegmentNode } from '../contract/segment.js';
import { AppError, notFound, type Problem } from '../kernel/errors.js';
import { loadPastPerson } from '../people/past-person.js';
import type { Db } from '../platform/database/db.js';
import { checkDefinition } from './domain/check.js';
import { valuesIn } from './domain/compile.js';
import { edgesOf } from './domain/edges.js';
import { assembleExplanation, isChangeMissing, placesOf, type Explained } from './domain/explain.js';
import { resolve, resolveOrThrow, type NamedDefinition, type Resolved } from './domain/resolved.js';
import type { Names } from './domain/wording/words.js';
import { boundariesBeyond, boundariesOf, countAll, explainAt, matchAll, matchAmong, workspaceZone } from './store/answers.js';
import { loadNamed, loadNamedOrComing } from './store/definitions.js';
import { completeGoals, findUnknownGoals } from './store/goals.js';
import { countUpTo, everybody, samplePersonIds } from './store/insight.store.js';
import { answerWithin } from './store/limited.js';
import { findUnknown } from './store/references.js';
import { areLive, insertSegment, loadMembersPage } from './store/segments.store.js';

const EVERY_BOUNDARY = 2_000_000_000;

async function treeOf(db: Db, definition: SegmentNode): Promise<Resolved> {
  return completeGoals(db, resolveOrThrow(definition, await loadNamed(db, [definition])));
}

const momentOf = async (db: Db, now: Date) => ({ now, timeZone: await workspaceZone(db) });

/** Which of these people match a definition at `now`: exact, from the people's data, by index look-ups. */
export async function membersAmong(db: Db, definition: SegmentNode, personIds: readonly string[], now: Date): Promise<Set<string>> {
  return matchAmong(db, await treeOf(db, definition), personIds, await momentOf(db, now));
}

/** How many people match at `now`, exactly: reads everybody concerned. */
export async function countMembers(db: Db, definition: SegmentNode, now: Date): Promise<number> {
  return countAll(db, await treeOf(db, definition), await momentOf(db, now));
}

/** The ids of a few people who match at `now`; which of them is not defined. */
export async function samplePeople(db: Db, definition: SegmentNode, now: Date, limit = 5): Promise<string[]> {
  return matchAll(db, await treeOf(db, definition), await momentOf(db, now), limit);
}

/** Everybody who matches at `now`. */
export async function membersOf(db: Db, definition: SegmentNode, now: Date): Promise<string[]> {
  return matchAll(db, await treeOf(db, definition), await momentOf(db, now));
}

/** Whose answer can have changed only because the clock moved from `from` (excluded) to `to` (included). */
export async function frontier(db: Db, definition: SegmentNode, from: Date, to: Date): Promise<string[]> {
  const found = await boundariesBeyond(db, edgesOf(await treeOf(db, definition)), { at: from.toISOString(), personId: null }, to, EVERY_BOUNDARY);
  return [...new Set(found.map(({ personId }) => personId))];
}

/** Most values one definition binds: a statement holds 65,535, and several definitions share one. */
const MAX_VALUES = 4_000;

/**
 * Everything wrong with a definition, each fault with its place below `basePath` (`audience.of.1.op`): operators, values,
 * segments, lists, campaigns and topics that do not exist, cycles, size. Empty when it can be used.
 *
 * @param self id of the segment that is to have this definition, so that naming it counts as a cycle
 * @param coming segments as they will be when this one is saved, beside it
 */
export async function validateDefinition(db: Db, definition: SegmentNode, basePath = '', self?: string, coming: readonly NamedDefinition[] = []): Promise<Problem[]> {
  const problems = checkDefinition(definition, basePath);
  if (problems.length > 0) return problems;
  const known = await loadNamed(db, [definition, ...coming.map((one) => one.definition)]);
  for (const one of coming) known.set(one.id, one);
  const { tree, problems: faults } = resolve(definition, known, basePath, self);
  if (!tree || faults.length > 0) return faults;
  const cycles = await findComingCycles(db, definition, basePath, self, coming);
  if (cycles.length > 0) return cycles;
  if (valuesIn(tree) > MAX_VALUES) return [{ path: basePath, code: 'segment.too-large', message: `The definition compares with more than ${MAX_VALUES} different values, those of the segments it names included. Use "in_list" for many values of one attribute, or split it.` }];
  return [...(await findUnknown(db, definition, basePath)), ...(await findUnknownGoals(db, definition, basePath))];
}

/** Cycles that would close when an edit of another segment is adopted, which is under way now. */
async function findComingCycles(db: Db, definition: SegmentNode, basePath: string, self: string | undefined, coming: readonly NamedDefinition[]): Promise<Problem[]> {
  const known = await loadNamedOrComing(db, [definition, ...coming.map((one) => one.definition)]);
  for (const one of coming) known.set(one.id, one);
  return resolve(definition, known, basePath, self).problems.filter(({ code }) => code === 'segment.cycle');
}

/**
 * Why this person matches at `at`, or not: the truth of every node, what each leaf compared, and when time alone will change
 * it; by what is known now.
 */
export async function explainPerson(db: Db, definition: SegmentNode, personId: string, at: Date): Promise<Explained> {
  return (await explain(db, definition, { personId, at })).root;
}

/** {@link explainPerson} by what was known at `at`, a moment since recording of the person began. */
export async function explainAsKnown(db: Db, definition: SegmentNode, personId: string, at: Date): Promise<Explained> {
  return (await explain(db, definition, { personId, at, asKnown: true })).root;
}

/** How many future boundaries an explanation looks at: a few, then more as long as a change is missing. */
const LOOK_AHEAD = [8, 16, 32, 64, 80];
const FURTHEST = LOOK_AHEAD.reduce((sum, some) => sum + some, 0);

/** `names`: every condition is said in words too, with these. */
export interface WhoAndWhen { personId: string; at: Date; asKnown?: boolean; names?: Names }
/** `lookedUntil`: nodes without a change have none up to this moment; null: they have none at all. */
export interface Explanation { root: Explained; lookedUntil: string | null }

/** @param attempt does part of the looking ahead, or answers null when that takes too long */
export async function explain(db: Db, definition: SegmentNode, { personId, at, asKnown, names }: WhoAndWhen, attempt: <T>(work: () => Promise<T>) => Promise<T | null> = (work) => work()): Promise<Explanation> {
  const past = asKnown ? await loadPastPerson(db, personId, at) : undefined;
  if (past === null) throw notFound('person', personId);
  const tree = await treeOf(db, definition);
  const places = placesOf(tree);
  const answers = await explainAt(db, places, personId, [at.toISOString()], past);
  if (answers.length === 0) throw notFound('person', personId);
  const moments = await boundariesOf(db, edgesOf(tree), personId, at, FURTHEST, past);
  let looked = 0;
  for (const some of LOOK_AHEAD) {
    if (looked >= moments.length || !isChangeMissing(places, answers)) break;
    const found = await attempt(() => explainAt(db, places, personId, moments.slice(looked, looked + some), past));
    if (!found) break;
    answers.push(...found);
    looked += found.length;
  }
  const isAll = (looked === moments.length && looked < FURTHEST) || !isChangeMissing(places, answers);
  return { root: assembleExplanation(places, answers, names), lookedUntil: isAll ? null : new Date(answers.at(-1)!.at).toISOString() };
}

/** Members of a live segment in order of person id: `limit` of them after `afterPersonId`. */
export function membersPage(db: Db, segmentId: string, afterPersonId: string | null, limit: number): Promise<string[]> {
  return loadMembersPage(db, segmentId, afterPersonId, limit);
}

export interface OwnedSegment {
  /** What it belongs to, a campaign version. */
  ownerId: string;
  name: string;
  definition: SegmentNode;
  createdBy: string;
  now: Date;
}

/**
 * Makes a hidden segment whose membership is maintained for its owner. It is built by the worker `segments.build` (wake it
 * after commit); its first members arrive as flips. The definition must have passed {@link validateDefinition}.
 */
export function createOwned(tx: Db, owned: OwnedSegment): Promise<string> {
  const { ownerId, name, definition, createdBy, now } = owned;
  return insertSegment(tx, { name, description: '', purpose: 'campaign', ownerId, definition, createdBy }, now);
}

/** Whether every one of these segments has a complete, maintained membership. */
export function isLive(db: Db, segmentIds: readonly string[]): Promise<boolean> {
  return areLive(db, segmentIds);
}

/** Up to so many people are all looked at; of more, those of a random sample. */
const LOOKED_AT = 20_000;
const SAMPLED = 4_000;

/** People to look at for what is true of an audience. */
export interface FairSample { people: string[]; /** Everybody in it. */ isAll: boolean }

/**
 * People of an audience (everybody when null) as they are at `now`, all of them or a fair sample, for a question about them of which
 * nothing depends: null when looking takes longer than `milliseconds`.
 */
export async function lookAtSome<T>(db: DataSource, definition: SegmentNode | null, { now, milliseconds }: { now: Date; milliseconds: number }, work: (tx: Db, sample: FairSample) => Promise<T>): Promise<T | null> {
  return answerWithin(db, milliseconds, { what: 'Looking at people', instead: '' }, async (tx) => {
    const isAll = (await countUpTo(tx, LOOKED_AT)) !== null;
    const drawn = isAll ? null : await samplePersonIds(tx, SAMPLED);
    const people = definition === null ? (drawn ?? (await everybody(tx))) : drawn ? [...(await membersAmong(tx, definition, drawn, now))] : await membersOf(tx, definition, now);
    return work(tx, { people, isAll });
  }).catch((error: unknown) => {
    if (error instanceof AppError && (error.code === 'segment.too-slow' || error.code === 'segment.too-complex')) return null;
    throw error;
  });
}
