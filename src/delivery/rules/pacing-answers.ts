import type { Channel } from '../../contract/message.js';
import type { MessageClass, SendWindow } from '../../contract/pacing.js';
import type { Wait } from '../../kernel/gates.js';
import { newId } from '../../kernel/ids.js';
import { row, type Db } from '../../platform/database/db.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { TRANSACTIONAL_REASONS, type TransactionalReason } from '../preferences/domain/transactional.js';
import { frequencyOf } from './frequency.js';
import type { KeptPlaces } from './kept-places.js';
import { quietOf } from './quiet.js';

/** What pacing would say to one person's message now: the same questions that the sender asks. Null: nothing against it. */
export interface PacingAnswer { quiet: Wait | null; frequency: Wait | null }

/** A message as pacing knows it. */
export interface PacedMessage {
  personId: string;
  campaignId: string;
  stepId: string | null;
  channel: Channel;
  topic: string;
  class: MessageClass;
  priority: number;
  sendWindow?: SendWindow;
}

/** Asks the sender's questions for explanation; nothing is locked or written. */
export async function pacingAnswer(db: Db, message: PacedMessage, kept: KeptPlaces, now: Date): Promise<PacingAnswer> {
  const workspace = await loadWorkspace(db);
  const person = await row<{ timeZone: string | null; transactional: boolean }>(db, `
    select p.time_zone as "timeZone", exists (select from topic as t where t.key = $2 and t.kind = 'transactional') as transactional from person as p where p.id = $1`, [message.personId, message.topic]);
  return person ? pacingOf(db, { ...message, ...person }, { workspace, now, kept, take: false }) : { quiet: null, frequency: null };
}

/**
 * The same of somebody whose zone is known.
 *
 * @param of `timeZone`: the person's own, if it was told
 * @param around `take`: nobody else asks for a place with this person until commit
 */
export async function pacingOf(db: Db, of: PacedMessage & { timeZone: string | null; transactional: boolean }, around: { workspace: Workspace; now: Date; kept: KeptPlaces; take: boolean }): Promise<PacingAnswer> {
  const { channel } = of;
  const { now } = around;
  const asked = { ...of, id: newId(), queuedAt: now, dueAt: now, expiresAt: null };
  const quiet = await quietOf(db, [asked], { ...around, channel, spreads: false });
  const frequency = await frequencyOf(db, [asked], { ...around, channel });
  return { quiet: quiet.get(asked.id) ?? null, frequency: frequency.get(asked.id) ?? null };
}

/** Why the messages of a transactional topic are no advertising; null for marketing and for topics that never said. */
export async function reasonOf(db: Db, topic: string): Promise<Record<string, unknown> | null> {
  const found = await row<{ reason: TransactionalReason; text: string }>(db, `select t.reason, t.reason_text as text from topic as t where t.key = $1 and t.kind = 'transactional' and t.reason is not null`, [topic]);
  return found && { transactional: found.reason, text: found.text, ...TRANSACTIONAL_REASONS[found.reason] };
}
