import { row, rows, type Db } from '../../../platform/database/db.js';

export interface Suppression {
  channel: string;
  addressHash: string;
  reason: 'bounce' | 'complaint' | 'manual';
  at: Date;
  detail: string;
}

const COLUMNS = `s.channel, s.address_hash as "addressHash", s.reason, s.at, s.detail`;

/** Newest first, after the cursor of a page before. */
export function listSuppressions(db: Db, page: { limit: number; after: { at: string; addressHash: string } | null; addressHash: string | null }): Promise<Suppression[]> {
  return rows<Suppression>(db, `
    select ${COLUMNS} from suppression as s
     where ($2::timestamptz is null or (s.at, s.address_hash) < ($2::timestamptz, $3::text))
       and ($4::text is null or s.address_hash = $4)
     order by s.at desc, s.address_hash desc limit $1`, [page.limit, page.after?.at ?? null, page.after?.addressHash ?? null, page.addressHash]);
}

/** Blocks an address; null when it is blocked already, whose reason is then kept. */
export function addSuppression(tx: Db, suppression: Suppression): Promise<Suppression | null> {
  return row<Suppression>(tx, `
    insert into suppression as s (channel, address_hash, reason, at, detail) values ($1, $2, $3, $4::timestamptz, $5)
    on conflict (channel, address_hash) do nothing returning ${COLUMNS}`, [suppression.channel, suppression.addressHash, suppression.reason, suppression.at, suppression.detail]);
}

/** Lifts a block; null when there is none. */
export function removeSuppression(tx: Db, channel: string, addressHash: string): Promise<Suppression | null> {
  return row<Suppression>(tx, `delete from suppression as s where s.channel = $1 and s.address_hash = $2 returning ${COLUMNS}`, [channel, addressHash]);
}
