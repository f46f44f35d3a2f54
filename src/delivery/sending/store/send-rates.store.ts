import type { SendRate } from '../../../contract/safety.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import { burstOf, type RateBucket } from '../domain/send-rate.js';

/** The scope of the rate of everything; a campaign's is its id. */
export const WORKSPACE = 'workspace';
export interface ScopedBucket extends RateBucket { scope: string; /** The campaign that went last. */ served: string | null }

/** Sets or takes away a rate. A new one begins with what it may hold at once; a changed one goes on with what it has, and who waited for a place asks anew. */
export async function saveRate(tx: Db, scope: string, rate: SendRate | null, now: Date): Promise<void> {
  const was = await readRate(tx, scope);
  if (was && (rate === null || rate.messages !== was.messages || rate.per !== was.per)) {
    await rows(tx, `
      update delivery as d set due_at = $2::timestamptz, reason = null, detail = null, gate_facts = null
       where d.state = 'queued' and d.reason = 'RATE_DEFERRED' and d.gate_facts ->> 'rule' = 'send_rate' and ($1 = 'workspace' or d.campaign_id::text = $1)`, [scope, now]);
  }
  if (rate === null) {
    await rows(tx, 'delete from send_rate as r where r.scope = $1', [scope]);
    return;
  }
  await rows(tx, `
    insert into send_rate as r (scope, messages, per, tokens, at) values ($1, $2, $3, $4, $5::timestamptz)
    on conflict (scope) do update set messages = excluded.messages, per = excluded.per, tokens = least(r.tokens, excluded.tokens)`, [scope, rate.messages, rate.per, burstOf(rate), now]);
}

const READ = keepPlan('select r.scope, r.messages, r.per, r.tokens, r.at, r.served from send_rate as r');

/** Every rate there is: few campaigns have one. */
export const readRates = (db: Db): Promise<ScopedBucket[]> => rows(db, READ);

export const readRate = (db: Db, scope: string): Promise<ScopedBucket | null> => row(db, 'select r.scope, r.messages, r.per, r.tokens, r.at, r.served from send_rate as r where r.scope = $1', [scope]);

/** Takes those of the rates for this transaction that nobody else has; who has one is serving it. */
export const lockRates = (tx: Db, scopes: readonly string[]): Promise<ScopedBucket[]> =>
  rows(tx, 'select r.scope, r.messages, r.per, r.tokens, r.at, r.served from send_rate as r where r.scope = any($1::text[]) order by r.scope for update skip locked', [scopes]);

/** Writes what was spent of locked rates. */
export async function spendRates(tx: Db, buckets: readonly ScopedBucket[]): Promise<void> {
  if (buckets.length === 0) return;
  await rows(tx, `
    update send_rate as r set tokens = b."tokens", at = b."at", served = b."served" from jsonb_to_recordset($1::jsonb) as b ("scope" text, "tokens" double precision, "at" timestamptz, "served" uuid)
     where r.scope = b."scope"`, [JSON.stringify(buckets.map(({ scope, tokens, at, served }) => ({ scope, tokens, at, served })))]);
}

/** Messages of a campaign that are due and wait, up to `most`. */
export async function countDue(db: Db, campaignId: string, now: Date, most: number): Promise<number> {
  return (await row<{ count: number }>(db, `
    select count(*)::int as count from (
      select from unnest(array['email', 'in_app', 'webhook', 'chat']) as c (channel)
        cross join lateral (select from delivery as d where d.channel = c.channel and d.campaign_id = $1 and d.state = 'queued' and d.due_at <= $2::timestamptz limit $3) as x limit $3) as y`, [campaignId, now, most]))!.count;
}
