import type { CampaignDefinition, SeriesDefinition } from '../../contract/campaign.js';
import type { Assumed } from '../../analytics/domain/verdict-plan.js';
import type { SegmentNode } from '../../contract/segment.js';
import type { Db } from '../../platform/database/db.js';
import { countMembers } from '../../segments/segment-questions.js';
import { lookingBack, takesFuture } from '../domain/takes.js';
import { countMeant } from '../engine/meant.js';
import { assignedLately, daysOfEvent, enteredSegment } from '../store/test-facts.store.js';

type Volume = Assumed['volume'];
const UNKNOWN: Volume = { perDay: null, atOnce: 0, from: 'unknown' };
const LATELY = { days: 28 };

/**
 * How many people will come to a step, by what came in the last 28 days: to the step itself when it has been there for a week, else
 * to the campaign, of which everybody is taken to reach the step.
 */
export async function comingPeople(db: Db, { campaignId, stepId, definition }: { campaignId: string; stepId: string; definition: CampaignDefinition }, now: Date): Promise<Volume> {
  if (definition.type === 'broadcast') return broadcastAudience(db, definition, now);
  const before = await assignedLately(db, campaignId, stepId, now);
  if (before) return { perDay: before.people / before.days, atOnce: 0, from: 'history' };
  return definition.type === 'series' ? entering(db, definition, now) : visiting(db, definition, now);
}

async function broadcastAudience(db: Db, definition: Extract<CampaignDefinition, { type: 'broadcast' }>, now: Date): Promise<Volume> {
  if (definition.external) return UNKNOWN;
  const { segmentId, audience } = definition;
  const parts = [...(segmentId ? [inSegment(segmentId)] : []), ...(audience ? [audience] : [])];
  return { perDay: null, atOnce: await countMembers(db, all(parts), now), from: 'history' };
}

async function entering(db: Db, { entry, audience }: SeriesDefinition, now: Date): Promise<Volume> {
  const meant = audience ? [audience] : [];
  if (entry.type === 'event') {
    const people = await countMembers(db, all([{ type: 'event', event: entry.event, where: entry.where, within: LATELY, count: { op: 'at_least', value: 1 } }, ...meant]), now);
    const atOnce = await thoseThere(db, { entry, audience }, now);
    const perDay = takesFuture(entry) && people > 0 ? people / (await daysOfEvent(db, entry.event, now)) : 0;
    return perDay === 0 && atOnce === 0 ? UNKNOWN : { perDay, atOnce, from: 'history' };
  }
  if (entry.type === 'date' && lookingBack(entry)) return { perDay: takesFuture(entry) ? null : 0, atOnce: await thoseThere(db, { entry, audience }, now), from: 'history' };
  if (entry.type !== 'segment' || entry.on === 'left') return UNKNOWN;
  const [members, wanted] = [await countMembers(db, inSegment(entry.segmentId), now), await countMembers(db, all([inSegment(entry.segmentId), ...meant]), now)];
  const share = members === 0 ? 1 : wanted / members;
  const atOnce = entry.take === 'future_only' ? 0 : wanted;
  const flow = entry.take === 'current_only' ? null : await enteredSegment(db, entry.segmentId, now);
  const perDay = flow ? (flow.people * share) / flow.days : 0;
  return perDay === 0 && atOnce === 0 ? UNKNOWN : { perDay, atOnce, from: 'history' };
}

/** Whom the launch looks back for. */
const thoseThere = async (db: Db, { entry, audience }: Pick<SeriesDefinition, 'entry' | 'audience'>, now: Date): Promise<number> => (lookingBack(entry) ? (await countMeant(db, { segmentId: null, audience, looking: lookingBack(entry) }, now)) ?? 0 : 0);

/** Visitors of its pages; without a page rule nothing says how many there are. */
async function visiting(db: Db, { display, audience }: Extract<CampaignDefinition, { type: 'auto_message' }>, now: Date): Promise<Volume> {
  if (display.page.include.length === 0) return UNKNOWN;
  const seen: SegmentNode = { type: 'page', measure: 'views', op: 'at_least', value: 1, url: display.page.include, within: LATELY };
  const people = await countMembers(db, all([seen, ...(audience ? [audience] : [])]), now);
  return people === 0 ? UNKNOWN : { perDay: people / LATELY.days, atOnce: 0, from: 'history' };
}

const inSegment = (segmentId: string): SegmentNode => ({ type: 'segment', op: 'in', segmentId });
const all = (of: SegmentNode[]): SegmentNode => (of.length === 1 ? of[0]! : { type: 'all', of });
