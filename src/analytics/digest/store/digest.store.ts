import type { DigestSettings } from '../../../contract/digest.js';
import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';

export interface StoredDigest { userId: string; cadence: 'daily' | 'weekly'; weekday: DigestSettings['weekday']; at: string; timeZone: string | null; language: 'en' | 'ko' | null; whenEmpty: boolean; unsubscribeKey: string; coveredTo: Date; nextAt: Date }

const COLUMNS = `s.user_id as "userId", s.cadence, s.weekday, s.at_time as at, s.time_zone as "timeZone", s.language, s.when_empty as "whenEmpty", s.unsubscribe_key as "unsubscribeKey", s.covered_to as "coveredTo", s.next_at as "nextAt"`;

export const findDigest = (db: Db, userId: string): Promise<StoredDigest | null> => row(db, `select ${COLUMNS} from digest_setting as s where s.user_id = $1`, [userId]);

/** Keeps what was told already; a new one tells from now on. */
export async function saveDigest(tx: Db, digest: Omit<StoredDigest, 'unsubscribeKey' | 'coveredTo'>, unsubscribeKey: string, now: Date): Promise<void> {
  await rows(tx, `
    insert into digest_setting (user_id, cadence, weekday, at_time, time_zone, language, when_empty, unsubscribe_key, covered_to, next_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $10::timestamptz, $9::timestamptz, $10::timestamptz)
    on conflict (user_id) do update set cadence = excluded.cadence, weekday = excluded.weekday, at_time = excluded.at_time, time_zone = excluded.time_zone, language = excluded.language,
      when_empty = excluded.when_empty, next_at = excluded.next_at, updated_at = excluded.updated_at`,
  [digest.userId, digest.cadence, digest.weekday, digest.at, digest.timeZone, digest.language, digest.whenEmpty, unsubscribeKey, digest.nextAt, now]);
}

export const dropDigest = async (tx: Db, userId: string): Promise<boolean> => (await rows(tx, 'delete from digest_setting as s where s.user_id = $1 returning 1', [userId])).length > 0;

/** Whose it was; null when no digest has this key any more. */
export const dropByKey = (tx: Db, key: string): Promise<{ userId: string } | null> => row(tx, 'delete from digest_setting as s where s.unsubscribe_key = $1 returning s.user_id as "userId"', [key]);

export const keyExists = async (db: Db, key: string): Promise<boolean> => (await rows(db, 'select 1 from digest_setting as s where s.unsubscribe_key = $1', [key])).length > 0;

/** Settings whose moment has come, locked; those of users who can not sign in are passed over when they are told. */
export const dueDigests = (tx: Db, now: Date, limit: number): Promise<StoredDigest[]> => rows(tx, `
  select ${COLUMNS} from digest_setting as s where s.next_at <= $1::timestamptz order by s.next_at, s.user_id limit $2 for update skip locked`, [now, limit]);

/** Plans the digest of a period, once, and moves the setting on to the next. */
export async function planSend(tx: Db, { userId, coveredTo }: StoredDigest, { to, next }: { to: Date; next: Date }): Promise<void> {
  await rows(tx, `
    insert into digest_send (id, user_id, from_at, to_at, state, try_at)
    select $1, $2, $3::timestamptz, $4::timestamptz, 'waiting', $4::timestamptz from app_user as u where u.id = $2 and u.disabled_at is null and u.password_hash is not null and $3::timestamptz < $4::timestamptz
    on conflict (user_id, to_at) do nothing`, [newId(), userId, coveredTo, to]);
  await rows(tx, 'update digest_setting as s set covered_to = greatest(s.covered_to, $2::timestamptz), next_at = $3::timestamptz where s.user_id = $1', [userId, to, next]);
}

export interface PlannedSend { id: string; userId: string; email: string; from: Date; to: Date; tries: number; setting: StoredDigest | null }

/** Digests that may be sent now. */
export async function waitingSends(db: Db, now: Date, limit: number): Promise<PlannedSend[]> {
  const found = await rows<Omit<PlannedSend, 'setting'>>(db, `
    select d.id, d.user_id as "userId", u.email, d.from_at as from, d.to_at as to, d.tries from digest_send as d join app_user as u on u.id = d.user_id
     where d.state = 'waiting' and d.try_at <= $1::timestamptz order by d.try_at, d.id limit $2`, [now, limit]);
  return Promise.all(found.map(async (send) => ({ ...send, setting: await findDigest(db, send.userId) })));
}

export type SendState = 'waiting' | 'sending' | 'sent' | 'empty' | 'failed' | 'uncertain';

/** Takes a digest for sending until `lease`; false when another process has. From here on it is never sent a second time by itself. */
export const takeSend = async (db: Db, id: string, lease: Date): Promise<boolean> =>
  (await rows(db, `update digest_send as d set state = 'sending', tries = d.tries + 1, try_at = $2::timestamptz where d.id = $1 and d.state = 'waiting' returning 1`, [id, lease])).length === 1;

export async function settleSend(db: Db, id: string, { from, state, answer = '', tryAt = null, now }: { from: SendState; state: SendState; answer?: string; tryAt?: Date | null; now: Date }): Promise<void> {
  await rows(db, `
    update digest_send as d set state = $3, answer = $4, try_at = coalesce($5::timestamptz, d.try_at), settled_at = case when $3 = 'waiting' then null else $6::timestamptz end
     where d.id = $1 and d.state = $2`, [id, from, state, answer.slice(0, 500), tryAt, now]);
}

/** Whoever died while the mail server had a message: nobody knows, so it is not sent again. */
export const abandonSends = async (db: Db, now: Date): Promise<number> =>
  (await rows(db, `update digest_send as d set state = 'uncertain', settled_at = $1::timestamptz, answer = 'The process ended while it sent this.' where d.state = 'sending' and d.try_at <= $1::timestamptz returning 1`, [now])).length;

/** When there is something to do next. */
export const nextDigestWork = async (db: Db): Promise<Date | null> =>
  (await row<{ at: Date | null }>(db, `select least((select min(s.next_at) from digest_setting as s), (select min(d.try_at) from digest_send as d where d.state in ('waiting', 'sending'))) as at`))!.at;

export const lastSends = (db: Db, userId: string): Promise<{ from: Date; to: Date; state: SendState; answer: string }[]> => rows(db, `
  select d.from_at as from, d.to_at as to, d.state, d.answer from digest_send as d where d.user_id = $1 order by d.to_at desc limit 10`, [userId]);

/** Old ones are of no use to anybody. */
export const purgeSends = async (db: Db, before: Date, limit: number): Promise<number> =>
  (await rows(db, `delete from digest_send as d where d.id in (select o.id from digest_send as o where o.to_at < $1::timestamptz and o.state not in ('waiting', 'sending') limit $2) returning 1`, [before, limit])).length;
