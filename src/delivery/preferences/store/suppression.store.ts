import { row, rows, type Db } from '../../../platform/database/db.js';

export const SUPPRESSION_REASONS = ['bounce', 'complaint', 'manual', 'soft_bounce'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface Suppression {
  channel: string;
  addressHash: string;
  reason: SuppressionReason;
  at: Date;
  detail: string;
  /** When the block ends by itself; null: never. */
  until: Date | null;
  /** The delivery and the words of the server that led to it; empty for what people did. */
  evidence: object;
}

const COLUMNS = `s.channel, s.address_hash as "addressHash", s.reason, s.at, s.detail, s.until, s.evidence`;

/** Newest first, after the cursor of a page before. */
export function listSuppressions(db: Db, page: { limit: number; after: { at: string; addressHash: string } | null; addressHash: string | null }): Promise<Suppression[]> {
  return rows<Suppression>(db, `
    select ${COLUMNS} from suppression as s
     where ($2::timestamptz is null or (s.at, s.address_hash) < ($2::timestamptz, $3::text))
       and ($4::text is null or s.address_hash = $4)
     order by s.at desc, s.address_hash desc limit $1`, [page.limit, page.after?.at ?? null, page.after?.addressHash ?? null, page.addressHash]);
}

export type NewSuppression = Omit<Suppression, 'channel'>;

/** Which of two reasons stays: a pause gives way to everything, a complaint to what also stops receipts. */
const STRENGTH = (reason: string) => `array_position(array['soft_bounce', 'complaint', 'bounce', 'manual'], ${reason})`;

/** Blocks an e-mail address. Null when it is blocked for as strong a reason already, which is then kept. */
export function suppressFor(tx: Db, suppression: NewSuppression): Promise<Suppression | null> {
  return row<Suppression>(tx, `
    insert into suppression as s (channel, address_hash, reason, at, detail, until, evidence) values ('email', $1, $2, $3::timestamptz, $4, $5::timestamptz, $6::jsonb)
    on conflict (channel, address_hash) do update set reason = excluded.reason, at = excluded.at, detail = excluded.detail, until = excluded.until, evidence = excluded.evidence
     where s.until <= excluded.at or ${STRENGTH('s.reason')} < ${STRENGTH('excluded.reason')}
    returning ${COLUMNS}`, [suppression.addressHash, suppression.reason, suppression.at, suppression.detail, suppression.until, JSON.stringify(suppression.evidence)]);
}

/** Lifts a block; null when there is none. */
export function removeSuppression(tx: Db, channel: string, addressHash: string): Promise<Suppression | null> {
  return row<Suppression>(tx, `delete from suppression as s where s.channel = $1 and s.address_hash = $2 returning ${COLUMNS}`, [channel, addressHash]);
}
