import { keyOf } from '../../../../kernel/ids.js';
import { row, rows, type Db } from '../../../../platform/database/db.js';
import { REPLAY_WINDOW_MS } from '../domain/provider.js';

/** Old proofs thrown away with each new one: more than come in, so that the table stays as long as the window. */
const SWEEP = 10;

/**
 * Uses up a proof that counts once. False when it was used before. Proofs are forgotten when their timestamp has been out of
 * the window for as long again.
 */
export async function useToken(tx: Db, connectionId: string, token: string, now: Date): Promise<boolean> {
  const used = await row(tx, `
    insert into provider_token (connection_id, token_key, seen_at) values ($1, $2::uuid, $3::timestamptz)
    on conflict (connection_id, token_key) do nothing returning token_key`, [connectionId, keyOf(token), now]);
  await rows(tx, `
    delete from provider_token as t
     where (t.connection_id, t.token_key) in (
       select o.connection_id, o.token_key from provider_token as o where o.seen_at < $1::timestamptz order by o.seen_at limit $2 for update skip locked)`,
  [new Date(now.getTime() - 2 * REPLAY_WINDOW_MS), SWEEP]);
  return used !== null;
}
