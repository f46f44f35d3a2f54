import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Explained } from '../../segments/domain/explain.js';
import { explain } from '../../segments/segment-questions.js';
import { loadNames } from '../../segments/store/references.js';
import { dateEntriesIn, dateEntryAt, type DateRule } from '../domain/next-due.js';
import { takesCurrent, takesFuture } from '../domain/takes.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { lookedBackAt, type LookedBack } from './look-back-trigger.js';

const TWO_YEARS_MS = 731 * 86_400_000;

export interface Trigger { met: boolean; facts: Record<string, unknown>; nextAt: Date | null }

/** Whom a trigger is asked about. `zone`: the person's. */
export interface TriggerQuestion { version: CampaignVersion; personId: string; zone: string }

/** Whoever is asked about here was never a candidate: the question is what of the trigger is missing, and when it can come. */
export async function evaluateTrigger(db: Db, { version, personId, zone }: TriggerQuestion, now: Date): Promise<Trigger> {
  const { entry } = version.published;
  const launchAt = await launchOf(db, version, now);
  if (entry.type === 'segment' || entry.type === 'launch') {
    if (entry.type === 'segment' && entry.on === 'left') return leaving(db, entry.segmentId, personId, now);
    const node: SegmentNode | null = entry.segmentId ? isIn(entry.segmentId) : null;
    const told = node ? await explained(db, node, personId, now) : null;
    const inside = node === null || told?.truth === true;
    const changesAt = told?.nextChangeAt ? new Date(told.nextChangeAt) : null;
    return { met: inside && launchAt !== null && launchAt <= now, facts: { entry: entry.type, inside, launchAt, explained: told }, nextAt: inside ? launchAt : changesAt };
  }
  if (entry.type === 'date') {
    const looked = await lookedBackAt(db, { version, personId, zone }, launchAt, now);
    const at = takesFuture(entry) ? await nextDate(db, personId, entry, zone, now) : null;
    const facts = { entry: 'date', attribute: entry.attribute, ...(entry.every ? { every: entry.every } : {}), dueAt: at, ...(looked ? { lookBack: looked } : {}) };
    return takenThere(looked, launchAt, now) ?? { met: false, facts, nextAt: at && at > now ? at : looked?.isIn ? launchAt : null };
  }
  if (entry.type === 'external' || entry.type === 'display' || entry.type === 'api') return { met: false, facts: { entry: entry.type }, nextAt: null };
  const told = await explained(db, { type: 'event', event: entry.event, where: entry.where, count: { op: 'at_least', value: 1 } }, personId, now);
  const looked = await lookedBackAt(db, { version, personId, zone }, launchAt, now);
  const facts = { entry: 'event', event: entry.event, everDone: told?.truth ?? false, ...(looked ? { lookBack: looked } : {}) };
  return takenThere(looked, launchAt, now) ?? { met: false, facts, nextAt: looked?.isIn ? launchAt : null };
}

/** Met by a moment that was, when the launch that looks back is due. */
const takenThere = (looked: LookedBack | null, launchAt: Date | null, now: Date): Trigger | null =>
  (looked?.isIn && launchAt !== null && launchAt <= now ? { met: true, facts: { lookBack: looked, launchAt }, nextAt: launchAt } : null);

/** The next moment after `after` at which time alone fulfils the trigger; null when it never does. */
export async function nextOccurrence(db: Db, { version, personId, zone }: TriggerQuestion, after: Date): Promise<Date | null> {
  const { entry } = version.published;
  switch (entry.type) {
    case 'date': case 'event': {
      const launchAt = await launchOf(db, version, after);
      const looked = launchAt && (await lookedBackAt(db, { version, personId, zone }, launchAt, after));
      if (launchAt && looked?.isIn) return launchAt > after ? launchAt : after;
      return entry.type === 'date' && takesFuture(entry) ? nextDateAfter(db, personId, entry, zone, after) : null;
    }
    case 'segment': {
      const launchAt = entry.on === 'left' ? null : await launchOf(db, version, after);
      const starts = launchAt && (launchAt > after ? launchAt : after);
      if (starts && (await explained(db, isIn(entry.segmentId), personId, starts))?.truth) return starts;
      return entry.take === 'current_only' ? null : nextTurn(db, isIn(entry.segmentId), personId, { after, to: entry.on !== 'left' });
    }
    case 'launch': {
      const launchAt = await launchOf(db, version, after);
      const starts = launchAt && (launchAt > after ? launchAt : after);
      const inside = starts && (!entry.segmentId || (await explained(db, isIn(entry.segmentId), personId, starts))?.truth);
      return inside ? starts : null;
    }
    default: return null;
  }
}

export const isIn = (segmentId: string): SegmentNode => ({ type: 'segment', op: 'in', segmentId });

/** When a condition next comes true (or false) by time alone, having been otherwise. */
async function nextTurn(db: Db, node: SegmentNode, personId: string, { after, to }: { after: Date; to: boolean }): Promise<Date | null> {
  const told = await explained(db, node, personId, after);
  if (!told?.nextChangeAt) return null;
  const turns = new Date(told.nextChangeAt);
  if (told.truth !== to) return turns;
  const again = await explained(db, node, personId, turns);
  return again?.nextChangeAt ? new Date(again.nextChangeAt) : null;
}

/** Only leaving lets in: whoever is inside can leave, at the moment named if the clock alone takes them out. */
async function leaving(db: Db, segmentId: string, personId: string, now: Date): Promise<Trigger> {
  const told = await explained(db, isIn(segmentId), personId, now);
  const inside = told?.truth === true;
  return { met: false, facts: { entry: 'segment', on: 'left', inside, explained: told }, nextAt: inside && told?.nextChangeAt ? new Date(told.nextChangeAt) : null };
}

/**
 * The tree of a condition for one person, in words too; null when it names a segment that was archived, and so holds for nobody.
 *
 * @param asKnown by what was known at that moment
 */
export async function explained(db: Db, condition: SegmentNode, personId: string, at: Date, asKnown = false): Promise<Explained | null> {
  try {
    return (await explain(db, condition, { personId, at, asKnown, names: await loadNames(db, [condition]) })).root;
  } catch (error) {
    if (error instanceof AppError && error.code === 'segment.invalid') return null;
    throw error;
  }
}

/** When a version takes the people there are: its launch that is to come or under way, or, of one that was never published, the moment it says. */
async function launchOf(db: Db, { id, campaignId, published: { definition, entry } }: CampaignVersion, now: Date): Promise<Date | null> {
  const found = await rows<{ at: Date; isHere: boolean }>(db, `select l.due_at as at, l.version_id = $2 as "isHere" from launch as l where l.campaign_id = $1 and l.state in ('waiting', 'running') order by l.due_at limit 1`, [campaignId, id]);
  if (found[0]?.isHere || (found[0] && id !== campaignId)) return found[0].at;
  // A draft has the id of its campaign: it would be launched with its publishing.
  if (id !== campaignId || !takesCurrent(entry)) return null;
  return definition.type === 'broadcast' && definition.launchAt !== undefined ? new Date(definition.launchAt) : now;
}

interface StoredDate { at: Date; text: string | null }

const dateOf = async (db: Db, personId: string, attribute: string): Promise<StoredDate | null> => (await rows<StoredDate>(db, `
  select d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text from person_date as d join person as p on p.id = d.person_id where d.person_id = $1 and d.key = $2`, [personId, attribute]))[0] ?? null;

async function nextDate(db: Db, personId: string, rule: DateRule & { attribute: string }, zone: string, now: Date): Promise<Date | null> {
  const found = await dateOf(db, personId, rule.attribute);
  if (!found) return null;
  return rule.every === 'year' ? nextDateAfter(db, personId, rule, zone, now) : dateEntryAt(found, rule, zone);
}

async function nextDateAfter(db: Db, personId: string, rule: DateRule & { attribute: string }, zone: string, after: Date): Promise<Date | null> {
  const found = await dateOf(db, personId, rule.attribute);
  return found && (dateEntriesIn(found, rule, zone, { from: after, to: new Date(after.getTime() + (rule.every ? TWO_YEARS_MS : 100 * TWO_YEARS_MS)) })[0] ?? null);
}
