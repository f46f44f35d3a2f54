import { rows, type Db } from '../../platform/database/db.js';

export interface Verbatim { deliveryId: string; personId: string; version: number; stepId: string; variant: string; kind: string; score: number | null; choices: string[] | null; text: string; at: Date; cursorAt: string }

export interface VerbatimFilter { q?: string; step?: string; variant?: string; kind?: string; minScore?: number; maxScore?: number; after: { at: string; id: string } | null; limit: number }

/** What people wrote, newest first. Texts are compared after composing Hangul (NFC), so that what a Mac typed is found too. */
export function verbatimsOf(db: Db, campaignId: string, { q, step, variant, kind, minScore, maxScore, after, limit }: VerbatimFilter): Promise<Verbatim[]> {
  const pattern = q === undefined ? null : `%${q.normalize('NFC').replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
  return rows(db, `
    select a.delivery_id as "deliveryId", a.person_id as "personId", v.number as version, a.step_id as "stepId", a.variant, a.kind, a.score, a.choices, a.text, a.at, a.at::text as "cursorAt"
      from message_answer as a join campaign_version as v on v.id = a.version_id
     where a.campaign_id = $1 and a.text is not null and ($2::text is null or normalize(a.text, nfc) ilike $2)
       and ($3::text is null or a.step_id = $3) and ($4::text is null or a.variant = $4) and ($5::text is null or a.kind = $5)
       and ($6::int is null or a.score >= $6) and ($7::int is null or a.score <= $7)
       and ($8::timestamptz is null or (a.at, a.delivery_id) < ($8::timestamptz, $9::uuid))
     order by a.at desc, a.delivery_id desc limit $10`,
  [campaignId, pattern, step ?? null, variant ?? null, kind ?? null, minScore ?? null, maxScore ?? null, after?.at ?? null, after?.id ?? null, limit]);
}
