import type { Channel } from '../../contract/message.js';
import { row, type Db } from '../../platform/database/db.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { TRANSACTIONAL_REASONS, type TransactionalReason } from '../preferences/domain/transactional.js';
import { judgeFrequency } from './domain/frequency.js';
import { ruleOf } from './domain/rule-settings.js';
import { heldByNight, nightDetail } from './night.js';
import { seldomReaders, slotsOf } from './store/frequency.store.js';

/** Why a message would wait now, and until when. */
export interface Waiting { until: Date; facts: Record<string, unknown> }

/** What pacing would say to one person's message now: the same questions that the sender asks. Null: nothing against it. */
export interface PacingAnswer { quiet: Waiting | null; frequency: Waiting | null }

/** Asks the pacers' questions for explanation; nothing is locked or written. */
export async function pacingAnswer(db: Db, { personId, channel, topic }: { personId: string; channel: Channel; topic: string }, now: Date): Promise<PacingAnswer> {
  const workspace = await loadWorkspace(db);
  const person = await row<{ timeZone: string | null; transactional: boolean }>(db, `
    select p.time_zone as "timeZone", exists (select from topic as t where t.key = $2 and t.kind = 'transactional') as transactional from person as p where p.id = $1`, [personId, topic]);
  return person ? pacingOf(db, { personId, channel, ...person }, workspace, now) : { quiet: null, frequency: null };
}

/** The same of somebody whose zone is known. @param of `timeZone`: the person's own, if it was told */
export async function pacingOf(db: Db, of: { personId: string; channel: Channel; timeZone: string | null; transactional: boolean }, workspace: Workspace, now: Date): Promise<PacingAnswer> {
  const { personId, channel } = of;
  if (of.transactional) return { quiet: null, frequency: null };
  const night = (await heldByNight(db, [of], { channel, now, workspace })).get(personId);
  const { on, parameters: { waitDays } } = ruleOf(workspace, 'frequency_preference');
  const frequency = on && channel === 'email' ? (await seldomReaders(db, [personId])).get(personId) : undefined;
  const slot = frequency ? (await slotsOf(db, [personId], [])).get(personId) ?? null : null;
  const verdict = frequency ? judgeFrequency({ now, queuedAt: now, frequency, slot, waitDays }) : { kind: 'go' as const };
  return {
    quiet: night ? { until: night.until, facts: { rule: 'night_gate', zone: night.zone, from: night.from, to: night.to, detail: nightDetail(night) } } : null,
    frequency: verdict.kind === 'wait' ? { until: verdict.until, facts: { rule: 'frequency_preference', frequency, slot: slot!.deliveryId } } : null,
  };
}

/** Why the messages of a transactional topic are no advertising; null for marketing and for topics that never said. */
export async function reasonOf(db: Db, topic: string): Promise<Record<string, unknown> | null> {
  const found = await row<{ reason: TransactionalReason; text: string }>(db, `select t.reason, t.reason_text as text from topic as t where t.key = $1 and t.kind = 'transactional' and t.reason is not null`, [topic]);
  return found && { transactional: found.reason, text: found.text, ...TRANSACTIONAL_REASONS[found.reason] };
}
