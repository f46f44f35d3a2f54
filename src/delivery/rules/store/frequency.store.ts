import { rows, type Db } from '../../../platform/database/db.js';
import type { SeldomFrequency, Slot } from '../domain/frequency.js';

/** Those of the people who want e-mail seldom. With `lock`, two senders that hold messages of one person take turns. */
export async function seldomReaders(db: Db, personIds: readonly string[], { lock = false } = {}): Promise<Map<string, SeldomFrequency>> {
  const found = await rows<{ personId: string; frequency: SeldomFrequency }>(db, `
    select r.person_id as "personId", r.email_frequency as frequency from person_preference as r
     where r.person_id = any($1::uuid[]) and r.email_frequency in ('weekly', 'monthly')
     order by r.person_id ${lock ? 'for update' : ''}`, [personIds]);
  return new Map(found.map(({ personId, frequency }) => [personId, frequency]));
}

/**
 * The marketing e-mail that took each person's slot: one on its way, else the last that went. What would have gone to a control
 * counts likewise, so that both arms wait alike. `except` are the claims that ask.
 */
export async function slotsOf(db: Db, personIds: readonly string[], except: readonly string[]): Promise<Map<string, Slot>> {
  const found = await rows<Slot & { personId: string }>(db, `
    select distinct on (d.person_id) d.person_id as "personId", d.id as "deliveryId", d.campaign_id as "campaignId", d.step_id as "stepId", case when d.state <> 'sending' then coalesce(d.sent_at, d.settled_at) end as at
      from delivery as d
      join topic as t on t.key = d.topic and t.kind = 'marketing'
     where d.person_id = any($1::uuid[]) and d.channel = 'email' and d.state in ('sending', 'sent', 'delivered', 'uncertain', 'ghost') and not (d.id = any($2::uuid[]))
     order by d.person_id, d.state = 'sending' desc, coalesce(d.sent_at, d.settled_at) desc nulls last`, [personIds, except]);
  return new Map(found.map(({ personId, ...slot }) => [personId, slot]));
}
