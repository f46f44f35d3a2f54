import { row, rows, type Db } from '../../../platform/database/db.js';
import type { ListedNetwork } from '../domain/network-list.js';

const NETWORK = `text(n.network) as network, n.note, n.added_at as "addedAt"`;

export interface StoredNetwork extends ListedNetwork { addedAt: Date }

/** All networks; at most what one list may hold. */
export async function loadNetworks(db: Db): Promise<string[]> {
  return (await rows<{ network: string }>(db, 'select text(n.network) as network from scanner_network as n')).map(({ network }) => network);
}

/** One page in the order of addresses. */
export function listNetworks(db: Db, { limit, after }: { limit: number; after: string | null }): Promise<StoredNetwork[]> {
  return rows<StoredNetwork>(db, `select ${NETWORK} from scanner_network as n where $2::cidr is null or n.network > $2::cidr order by n.network limit $1`, [limit, after]);
}

/** Makes the list what is given; networks that stay keep when they came. Two lists sent at once are taken one after the other. */
export async function replaceNetworks(tx: Db, networks: readonly ListedNetwork[], now: Date): Promise<{ added: number; removed: number; kept: number }> {
  await rows(tx, 'lock table scanner_network in share row exclusive mode');
  const given = networks.map(({ network }) => network);
  const removed = await rows(tx, 'delete from scanner_network as n where not n.network = any($1::cidr[]) returning n.network', [given]);
  const added = (await row<{ added: number }>(tx, `
    with put as (
      insert into scanner_network as n (network, note, added_at)
      select l.network, l.note, $3::timestamptz from unnest($1::cidr[], $2::text[]) as l (network, note)
      on conflict (network) do update set note = excluded.note
      returning (xmax = 0) as fresh)
    select count(*) filter (where p.fresh)::int as added from put as p`, [given, networks.map(({ note }) => note), now]))!.added;
  return { added, removed: removed.length, kept: networks.length - added };
}
