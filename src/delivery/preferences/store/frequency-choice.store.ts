import { row, rows, type Db } from '../../../platform/database/db.js';
import { FREQUENCY, type ConsentGiven } from '../domain/consent.js';
import { addProof } from './consent-proof.store.js';

/** How often at most somebody wants promotional e-mail. Whoever never said has `all`. */
export type EmailFrequency = 'all' | 'weekly' | 'monthly';

export async function loadFrequency(db: Db, personId: string): Promise<EmailFrequency> {
  return (await row<{ frequency: EmailFrequency }>(db, 'select r.email_frequency as frequency from person_preference as r where r.person_id = $1', [personId]))?.frequency ?? 'all';
}

/**
 * Keeps the choice with its proof; false when it was this already. The first time and source of an unchanged choice are kept. What waits
 * for the old choice falls due and is judged by the new one. Lock the person first; wake `delivery.email` after commit.
 */
export async function putFrequency(tx: Db, personId: string, frequency: EmailFrequency, given: ConsentGiven): Promise<boolean> {
  const { source, now } = given;
  if ((await loadFrequency(tx, personId)) === frequency) return false;
  await row(tx, `
    insert into person_preference as r (person_id, email_frequency, updated_at, source) values ($1, $2, $3::timestamptz, $4)
    on conflict (person_id) do update set email_frequency = excluded.email_frequency, updated_at = excluded.updated_at, source = excluded.source`, [personId, frequency, now, source]);
  await addProof(tx, [{ personId, channel: 'email', topic: FREQUENCY, state: frequency, at: now, source, changed: true }], given);
  await rows(tx, `update delivery as d set due_at = $2::timestamptz, reason = null, detail = null where d.person_id = $1 and d.channel = 'email' and d.state = 'queued' and d.reason = 'CAP_DEFERRED'`, [personId, now]);
  return true;
}
