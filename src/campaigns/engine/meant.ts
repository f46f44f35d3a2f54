import type { CampaignDefinition } from '../../contract/campaign.js';
import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import { row, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { countMembers } from '../../segments/segment-questions.js';
import { lookBackTo, lookingBack, takesCurrent, type LookingBack } from '../domain/takes.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { whoMeets } from './conditions.js';
import { dueByDate } from './looking-back.js';

/** Who is meant by a launch: members of a segment (null: everybody), or whoever it looks back for, who are in the audience as well. */
export interface Meant { segmentId: string | null; audience: SegmentNode | undefined; looking: LookingBack | null }

/** Whom the launch of a definition is to reach; null when publishing it launches to nobody: who comes, comes one by one. */
export function meantBy(definition: CampaignDefinition): Meant | null {
  if (definition.type === 'broadcast') return definition.external ? null : { segmentId: definition.segmentId ?? null, audience: definition.audience, looking: null };
  if (definition.type !== 'series' || !takesCurrent(definition.entry)) return null;
  const { entry, audience } = definition;
  return { segmentId: entry.type === 'segment' ? entry.segmentId : null, audience, looking: lookingBack(entry) };
}

/** Whom a launch of a version means. */
export const meantByLaunch = ({ segmentId }: { segmentId: string | null }, { published }: CampaignVersion): Meant => ({ segmentId, audience: published.audience, looking: lookingBack(published.entry) });

/** How many people that is now, exactly; null when nobody can say yet, or not in reasonable time. */
export async function countMeant(db: Db, { segmentId, audience, looking }: Meant, now: Date): Promise<number | null> {
  if (looking?.type === 'date') return countByDate(db, looking, audience, now);
  const segment = segmentId === null ? null : await row<{ count: number; state: string }>(db, 'select s.member_count as count, s.state from segment as s where s.id = $1', [segmentId]);
  if (segmentId !== null && !audience) return segment?.state === 'live' ? segment.count : null;
  if (looking) return countInside(db, all([{ type: 'event', event: looking.event, where: looking.where, within: looking.lookBack, count: { op: 'at_least', value: 1 } }, ...(audience ? [audience] : [])]), now);
  if (!audience) return (await row<{ count: number }>(db, 'select count(*)::int as count from person'))!.count;
  return countInside(db, segmentId === null ? audience : all([{ type: 'segment', op: 'in', segmentId }, audience]), now);
}

const all = (of: SegmentNode[]): SegmentNode => (of.length === 1 ? of[0]! : { type: 'all', of });

/** Page by page: the day of a date is another one in each zone. */
async function countByDate(db: Db, entry: Extract<LookingBack, { type: 'date' }>, audience: SegmentNode | undefined, now: Date): Promise<number> {
  const { timeZone: zone } = await loadWorkspace(db);
  let count = 0;
  for await (const page of dueByDate(db, entry, lookBackTo(entry, now), zone)) count += audience ? (await whoMeets(db, audience, page.map(({ personId }) => personId), { now, zone })).size : page.length;
  return count;
}

async function countInside(db: Db, inside: SegmentNode, now: Date): Promise<number | null> {
  try {
    return await countMembers(db, inside, now);
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('segment.')) return null;
    throw error;
  }
}
