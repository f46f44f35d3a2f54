import type { SegmentNode } from '../contract/segment.js';
import { actorName, type AuditLog } from '../platform/audit.js';
import type { Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { canonicalText } from './domain/segment-file.js';
import { insertSegment, renameSegment, requestBuild, takeRevision, type SegmentRow } from './store/segments.store.js';

/** A segment as it shall be, beside the one there is. The definition has been validated and the segment locked. */
export interface SegmentToWrite { id: string; name: string; description: string; definition: SegmentNode; existing: SegmentRow | null }

/** Makes or changes a shared segment; only another definition is built anew. Wake `segments.build` after commit. */
export async function writeSegment(tx: Db, { id, name, description, definition, existing }: SegmentToWrite, { audit, actor, now }: { audit: AuditLog; actor: Actor; now: Date }): Promise<void> {
  const subject = `segment:${id}`;
  if (!existing) {
    await insertSegment(tx, { id, name, description, definition, purpose: 'shared', ownerId: null, createdBy: actorName(actor) }, now);
    return audit.record(tx, { actor, action: 'segment.create', subject }, now);
  }
  const revision = await takeRevision(tx, id);
  if (canonicalText(existing.definition) !== canonicalText(definition)) await requestBuild(tx, { id, definition, revision, announces: existing.isLive }, now);
  await renameSegment(tx, { id, name, description, revision, by: actorName(actor) }, now);
  await audit.record(tx, { actor, action: 'segment.edit', subject, detail: { revision } }, now);
}
