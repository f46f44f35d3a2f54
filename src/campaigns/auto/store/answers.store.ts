import { row, rows, type Db } from '../../../platform/database/db.js';

/** Which message of which campaign an answer belongs to. */
export function answeredDelivery(db: Db, deliveryId: string, personId: string): Promise<{ campaignId: string; versionId: string; stepId: string; variant: string } | null> {
  return row(db, `
    select d.campaign_id as "campaignId", d.version_id as "versionId", d.step_id as "stepId", d.variant from delivery as d where d.id = $1 and d.person_id = $2`, [deliveryId, personId]);
}

export interface NewAnswer {
  deliveryId: string; personId: string; campaignId: string; versionId: string; stepId: string; variant: string; kind: 'reply' | 'survey';
  score?: number; choices?: string[]; text?: string; at: Date;
}

/** One answer a delivery: the first stays. */
export async function insertAnswer(tx: Db, { deliveryId, personId, campaignId, versionId, stepId, variant, kind, score, choices, text, at }: NewAnswer): Promise<void> {
  await rows(tx, `
    insert into message_answer (delivery_id, person_id, campaign_id, version_id, step_id, variant, kind, score, choices, text, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text[], $10, $11::timestamptz) on conflict (delivery_id, person_id) do nothing`,
  [deliveryId, personId, campaignId, versionId, stepId, variant, kind, score ?? null, choices ?? null, text ?? null, at]);
}

export interface Answer {
  deliveryId: string; personId: string; externalId: string | null; version: number; stepId: string; variant: string; kind: 'reply' | 'survey';
  score: number | null; choices: string[] | null; text: string | null; at: Date;
}

/** What people answered to a campaign, newest first. `cursorAt`: the moment to the microsecond. */
export function answersOf(db: Db, campaignId: string, { kind, after, limit }: { kind?: 'reply' | 'survey'; after: { at: string; deliveryId: string } | null; limit: number }): Promise<(Answer & { cursorAt: string })[]> {
  return rows(db, `
    select a.delivery_id as "deliveryId", a.person_id as "personId", p.external_id as "externalId", v.number as version, a.step_id as "stepId", a.variant, a.kind, a.score, a.choices, a.text, a.at, a.at::text as "cursorAt"
      from message_answer as a join campaign_version as v on v.id = a.version_id left join person as p on p.id = a.person_id
     where a.campaign_id = $1 and ($2::text is null or a.kind = $2) and ($3::timestamptz is null or (a.at, a.delivery_id) < ($3::timestamptz, $4::uuid))
     order by a.at desc, a.delivery_id desc limit $5`, [campaignId, kind ?? null, after?.at ?? null, after?.deliveryId ?? null, limit]);
}
