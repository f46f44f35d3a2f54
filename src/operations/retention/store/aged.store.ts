import { row, rows, type Db } from '../../../platform/database/db.js';
import type { Kind } from '../domain/kinds.js';

/** Where a kind lies. `only`: what of it may go at all; `remove`: another way to go than being deleted. */
interface Aged { table: string; at: string; only?: string; remove?: (chosen: string) => string }

/**
 * The kinds that go row by row. Of a returned mail its words go and the fact that it came stays, so that a repeated one is known. An import takes its rejected rows
 * with it.
 */
const AGED: Record<Exclude<Kind, 'events'>, readonly Aged[]> = {
  in_app: [{ table: 'in_app_message', at: 'created_at' }],
  test_mail: [{ table: 'sandbox_mail', at: 'received_at' }],
  returned_mail: [{ table: 'inbound_event', at: 'settled_at', only: `x.state in ('applied', 'ignored') and octet_length(x.body) > 0`, remove: (chosen) => `update inbound_event as x set body = '', envelope = null where x.ctid = any (array(${chosen})) returning 1` }],
  audit: [{ table: 'audit_entry', at: 'at' }],
  webhook_attempts: [{ table: 'webhook_attempt', at: 'at' }],
  imports: [
    { table: 'import_rejection', at: '(select i.finished_at from import_run as i where i.id = x.import_id)' },
    { table: 'import_key', at: '(select i.finished_at from import_run as i where i.id = x.import_id)' },
    { table: 'import_run', at: 'finished_at' },
    { table: 'entry_file', at: 'ended_at' },
  ],
};

/** Rows that one step removes. */
const STEP = 5_000;

const moment = ({ at }: Aged): string => (at.startsWith('(') ? at : `x.${at}`);
const aged = (one: Aged): string => `from ${one.table} as x where ${moment(one)} < $1::timestamptz${one.only ? ` and ${one.only}` : ''}`;

export interface Size { rows: number; bytes: number; from: Date | null; to: Date | null }

/** What of a kind lies before a moment; bytes by the average of its table. */
export async function agedSize(db: Db, kind: Exclude<Kind, 'events'>, before: Date): Promise<Size> {
  const total: Size = { rows: 0, bytes: 0, from: null, to: null };
  for (const one of AGED[kind]) {
    const found = (await row<{ n: number; of: number; bytes: number; from: Date | null; to: Date | null }>(db, `
      select a.n, a.from, a.to, (select count(*)::float8 from ${one.table}) as of, pg_total_relation_size('${one.table}')::float8 as bytes
        from (select count(*)::float8 as n, min(${moment(one)}) as "from", max(${moment(one)}) as "to" ${aged(one)}) as a`, [before]))!;
    total.rows += found.n;
    total.bytes += found.of === 0 ? 0 : (found.bytes * found.n) / found.of;
    if (found.from && (!total.from || found.from < total.from)) total.from = found.from;
    if (found.to && (!total.to || found.to > total.to)) total.to = found.to;
  }
  return total;
}

/** Removes a bounded number of a kind; 0 when nothing is left. Rows somebody has in hand wait for the next time. */
export async function removeAged(tx: Db, kind: Exclude<Kind, 'events'>, before: Date): Promise<number> {
  for (const one of AGED[kind]) {
    const chosen = `select x.ctid ${aged(one)} limit ${STEP} for update of x skip locked`;
    const gone = (await rows(tx, one.remove?.(chosen) ?? `delete from ${one.table} as x where x.ctid = any (array(${chosen})) returning 1`, [before])).length;
    if (gone > 0) return gone;
  }
  return 0;
}
