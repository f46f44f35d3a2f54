import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SegmentNode } from '../contract/segment.js';
import { Clock } from '../kernel/clock.js';
import { AppError, conflict, notFound, type Problem } from '../kernel/errors.js';
import type { BucketSize } from '../kernel/local-time.js';
import type { Db } from '../platform/database/db.js';
import { inKorean } from '../platform/korean/korean-of.js';
import { recordedSince } from '../people/past-person.js';
import { personIdOf } from '../people/person-handle.js';
import { estimateFrom, type Estimate } from './domain/estimate.js';
import type { Explained } from './domain/explain.js';
import { assembleGrowth, growthEdges, type GrowthBucket } from './domain/growth.js';
import { assembleOverlap, type Overlap } from './domain/overlap.js';
import { sentenceOf } from './domain/sentence.js';
import { countMembers, explain, membersAmong, membersPage, samplePeople, validateDefinition } from './segment-questions.js';
import { workspaceZone } from './store/answers.js';
import { seenAttributes, seenProperties, seenTags, type FieldSeen } from './store/fields.store.js';
import { countFlips, countMasks, countUpTo, estimatePeople, loadSegmentsOf, samplePersonIds, type PersonSegment } from './store/insight.store.js';
import { answerWithin, partWithin } from './store/limited.js';
import { loadNames } from './store/references.js';
import { findShared, loadPersonLines, type PersonLine, type SegmentRow } from './store/segments.store.js';

const PREVIEW_MS = 10_000;
const ESTIMATE_MS = 2_000;
const ANSWER_MS = 5_000;
/** For each part of looking ahead; parts double, so that all of them stay below the limit of an answer. */
const AHEAD_MS = 1_000;
/** Up to so many people are counted, more are sampled. */
const COUNTED = 20_000;
const SAMPLED = 4_000;
const DAY_MS = 86_400_000;
/** Durations of conditions reach no further. */
const FURTHEST_AHEAD_MS = 3_653 * DAY_MS;
const AGAIN = 'Try again in a moment.';

interface Checked { valid: boolean; problems: Problem[]; sentence: { en: string; ko: string } | null }
export interface Preview extends Checked { count: number | null; sample: PersonLine[] }
export type Estimated = Checked & { [K in keyof Estimate]: Estimate[K] | null };
export interface Explanation { personId: string; at: string; basis: 'recorded' | 'now' | 'expected'; recordedSince: string; root: Explained; lookedUntil: string | null }
export interface Growth { from: Date; to: Date; every: BucketSize; timeZone: string; members: number; buckets: GrowthBucket[] }

/** What people ask about segments. Every question is limited in time and reads one moment of the data. */
@Injectable()
export class SegmentInsight {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** What a definition means before it is saved: faults, sentence, exact count, a few people. */
  async preview(definition: SegmentNode): Promise<Preview> {
    const now = this.clock.now();
    return answerWithin(this.db, PREVIEW_MS, { what: 'Counting', instead: 'Save the segment to have it built in the background, or narrow it.' }, async (tx) => {
      const checked = await check(tx, definition);
      if (!checked.valid) return { ...checked, count: null, sample: [] };
      const count = await countMembers(tx, definition, now);
      const sample = count === 0 ? [] : await loadPersonLines(tx, await samplePeople(tx, definition, now));
      return { ...checked, count, sample };
    });
  }

  /** About how many people match, at once: counted while there are few people, from a random sample when there are many. */
  async estimate(definition: SegmentNode): Promise<Estimated> {
    const now = this.clock.now();
    return answerWithin(this.db, ESTIMATE_MS, { what: 'Estimating', instead: 'Ask for a preview, which may take longer, or narrow the definition.' }, async (tx) => {
      const checked = await check(tx, definition);
      if (!checked.valid) return { ...checked, exact: null, count: null, low: null, high: null, sampled: null, total: null };
      const people = await countUpTo(tx, COUNTED);
      if (people !== null) return { ...checked, ...estimateFrom(await countMembers(tx, definition, now), people, people) };
      const ids = await samplePersonIds(tx, SAMPLED);
      const matching = await membersAmong(tx, definition, ids, now);
      return { ...checked, ...estimateFrom(matching.size, ids.length, Math.max(await estimatePeople(tx), COUNTED + 1)) };
    });
  }

  /** What conditions can name, of what is there: attributes and tags, or the properties of one event. */
  async fields(event?: string): Promise<{ looked: number; fields: FieldSeen[]; tags: string[] }> {
    return this.answer('Looking at the fields', async (tx) => (event === undefined ? { ...(await seenAttributes(tx)), tags: await seenTags(tx) } : { ...(await seenProperties(tx, event)), tags: [] }));
  }

  async members(id: string, after: string | null, limit: number): Promise<PersonLine[]> {
    return this.answer('Listing members', async (tx) => {
      await findShared(tx, id);
      return loadPersonLines(tx, await membersPage(tx, id, after, limit));
    });
  }

  /** Why somebody matches or not: at a past moment by what was known then, at a coming one by what is known now. */
  async explain(id: string, person: string, at?: Date): Promise<Explanation> {
    const now = this.clock.now();
    const moment = at ?? now;
    return this.answer('Explaining', async (tx) => {
      const { definition } = await findShared(tx, id);
      const personId = await personIdOf(tx, person);
      const since = await recordedSince(tx, personId);
      if (!since) throw notFound('person', personId);
      refuseMoment(moment, since, now);
      const basis = moment < now ? 'recorded' : moment > now ? 'expected' : 'now';
      const found = await explain(tx, definition, { personId, at: moment, asKnown: basis === 'recorded', names: await loadNames(tx, [definition]) }, (work) => partWithin(tx, AHEAD_MS, work));
      return { personId, at: moment.toISOString(), basis, recordedSince: since.toISOString(), ...found };
    });
  }

  /** Who is in several segments at once, from their maintained memberships. */
  async overlap(ids: readonly string[]): Promise<Overlap & { segments: { name: string }[] }> {
    return this.answer('Comparing', async (tx) => {
      const found: SegmentRow[] = [];
      for (const id of ids) found.push(await findShared(tx, id));
      const unbuilt = found.find(({ isLive }) => !isLive);
      if (unbuilt) throw conflict('segment.not-live', `The segment “${unbuilt.name}” has no members yet: it is ${unbuilt.state === 'failed' ? 'failed' : 'still being built'}. ${AGAIN}`);
      const overlap = assembleOverlap(ids, await countMasks(tx, ids));
      return { ...overlap, segments: overlap.segments.map((one, index) => ({ ...one, name: found[index]!.name })) };
    });
  }

  /** How a segment grew: who entered and left in each hour, day or week, why, and how many members there were at its end. */
  async growth(id: string, asked: { from?: Date; to?: Date; every: BucketSize; timeZone?: string }): Promise<Growth> {
    const now = this.clock.now();
    // What is to come has no growth: the last bucket is the one we are in.
    const to = asked.to && asked.to < now ? asked.to : now;
    return this.answer('Counting the growth', async (tx) => {
      const { members } = await findShared(tx, id);
      const timeZone = asked.timeZone ?? (await workspaceZone(tx));
      const edges = growthEdges({ from: asked.from ?? new Date(to.getTime() - 30 * DAY_MS), to, every: asked.every, timeZone });
      const buckets = assembleGrowth(edges, await countFlips(tx, id, edges), members);
      return { from: edges[0]!, to: edges.at(-1)!, every: asked.every, timeZone, members, buckets };
    });
  }

  async segmentsOf(person: string, after: string | null, limit: number): Promise<PersonSegment[]> {
    return this.answer('Listing segments', async (tx) => {
      const personId = await personIdOf(tx, person);
      if (!(await recordedSince(tx, personId))) throw notFound('person', personId);
      return loadSegmentsOf(tx, personId, after, limit);
    });
  }

  private answer<T>(what: string, work: (tx: Db) => Promise<T>): Promise<T> {
    return answerWithin(this.db, ANSWER_MS, { what, instead: AGAIN }, work);
  }
}

async function check(db: Db, definition: SegmentNode): Promise<Checked> {
  const problems = (await validateDefinition(db, definition)).map(inKorean);
  return { valid: problems.length === 0, problems, sentence: problems.length > 0 ? null : sentenceOf(definition, await loadNames(db, [definition])) };
}

function refuseMoment(at: Date, since: Date, now: Date): void {
  if (at < since) refuse('segment.before-recording', `Recording of this person began at ${since.toISOString()}; nothing is known of ${at.toISOString()}.`);
  if (at.getTime() > now.getTime() + FURTHEST_AHEAD_MS) refuse('segment.too-far-ahead', `${at.toISOString()} is more than ten years ahead; no condition reaches that far.`);
}

function refuse(code: string, message: string): never {
  throw new AppError(code, message, 'invalid', [{ path: 'at', code, message }]);
}
