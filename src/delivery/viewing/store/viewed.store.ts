import { row, type Db } from '../../../platform/database/db.js';
import type { RenderedInApp } from '../../content/compiled.js';
import type { ClaimedDelivery, ClaimedPerson } from '../../sending/store/claims.store.js';

/** A message that left, as it can be made again. */
export interface ViewedDelivery extends Omit<ClaimedDelivery, 'person' | 'fence'> {
  /** When it was sent, or its transfer began; null when that is not known. */
  madeAt: Date | null;
  /** The person as of now. */
  person: ClaimedPerson;
}

/** An e-mail that left or may have left; null when it did not, or when the person is gone. */
export function loadViewed(db: Db, deliveryId: string): Promise<ViewedDelivery | null> {
  return row<ViewedDelivery>(db, `
    select d.id, p.id as "personId", d.campaign_id as "campaignId", d.step_id as "stepId", d.enrollment_id as "enrollmentId", d.content_id as "contentId",
           d.is_control as "isControl", d.topic, coalesce(t.kind = 'transactional', false) as transactional, d.attempts, d.first_attempt_at as "firstAttemptAt",
           coalesce(d.sent_at, d.first_attempt_at) as "madeAt", e.entry -> 'properties' as event,
           jsonb_build_object('externalId', p.external_id, 'email', p.email, 'timeZone', p.time_zone, 'language', p.language, 'attributes', p.attributes) as person
      from delivery as d
      left join person_merge as m on m.from_id = d.person_id
      join person as p on p.id = coalesce(m.into_id, d.person_id)
      left join topic as t on t.key = d.topic
      left join enrollment as e on e.id = d.enrollment_id and e.person_id = d.person_id
     where d.id = $1 and d.channel = 'email' and not d.is_control and d.state in ('sending', 'sent', 'delivered', 'uncertain', 'bounced')`, [deliveryId]);
}

/** What an in-app message said; null when it is gone, or was never made. */
export async function loadInApp(db: Db, deliveryId: string, personId: string): Promise<RenderedInApp | null> {
  const found = await row<{ content: RenderedInApp }>(db, 'select m.content from in_app_message as m where m.delivery_id = $1 and m.person_id = $2', [deliveryId, personId]);
  return found && found.content;
}
