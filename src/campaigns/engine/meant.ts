import type { CampaignDefinition } from '../../contract/campaign.js';
import type { SegmentNode } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import { row, type Db } from '../../platform/database/db.js';
import { countMembers } from '../../segments/segment-questions.js';

/** Who is meant by a launch: members of a segment (null: everybody) who are in the audience as well. */
export interface Meant { segmentId: string | null; audience: SegmentNode | undefined }

/** Whom the launch of a definition is to reach; null when publishing it launches to nobody: who comes, comes one by one. */
export function meantBy(definition: CampaignDefinition): Meant | null {
  if (definition.type === 'broadcast') return definition.external ? null : { segmentId: definition.segmentId ?? null, audience: definition.audience };
  if (definition.type !== 'series' || definition.entry.type !== 'segment') return null;
  const { segmentId, on, take } = definition.entry;
  return on === 'left' || take === 'future_only' ? null : { segmentId, audience: definition.audience };
}

/** How many people that is now, exactly; null when nobody can say yet, or not in reasonable time. */
export async function countMeant(db: Db, { segmentId, audience }: Meant, now: Date): Promise<number | null> {
  const segment = segmentId === null ? null : await row<{ count: number; state: string }>(db, 'select s.member_count as count, s.state from segment as s where s.id = $1', [segmentId]);
  if (segmentId !== null && !audience) return segment?.state === 'live' ? segment.count : null;
  if (!audience) return (await row<{ count: number }>(db, 'select count(*)::int as count from person'))!.count;
  const inside: SegmentNode = segmentId === null ? audience : { type: 'all', of: [{ type: 'segment', op: 'in', segmentId }, audience] };
  try {
    return await countMembers(db, inside, now);
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('segment.')) return null;
    throw error;
  }
}
