import { row, type Db } from '../../../platform/database/db.js';

/** How often at most somebody wants promotional e-mail. Whoever never said has `all`. */
export type EmailFrequency = 'all' | 'weekly' | 'monthly';

export async function loadFrequency(db: Db, personId: string): Promise<EmailFrequency> {
  return (await row<{ frequency: EmailFrequency }>(db, 'select r.email_frequency as frequency from person_preference as r where r.person_id = $1', [personId]))?.frequency ?? 'all';
}

/** Keeps the choice; false when it was this already. The first time and source of an unchanged choice are kept. Lock the person first. */
export async function putFrequency(tx: Db, personId: string, frequency: EmailFrequency, { source, now }: { source: string; now: Date }): Promise<boolean> {
  if ((await loadFrequency(tx, personId)) === frequency) return false;
  await row(tx, `
    insert into person_preference as r (person_id, email_frequency, updated_at, source) values ($1, $2, $3::timestamptz, $4)
    on conflict (person_id) do update set email_frequency = excluded.email_frequency, updated_at = excluded.updated_at, source = excluded.source`, [personId, frequency, now, source]);
  return true;
}
