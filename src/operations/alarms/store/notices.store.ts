import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { AlarmFacts, AlarmKind, AlarmLevel } from '../domain/condition.js';
import type { Language, Occasion } from '../domain/words.js';

export interface Notice { id: string; alarmId: string; kind: AlarmKind; level: AlarmLevel; facts: AlarmFacts; openedAt: Date; closedAt: Date | null; occasion: Occasion }

/** All that one target is to be told at a moment, in one message. */
export interface Parcel { messageId: string; targetId: string; email: string | null; endpointId: string | null; language: Language; stopKey: string; tries: number; notices: Notice[] }

/** More alarms at once than anybody reads. */
const IN_ONE = 50;

/**
 * Takes what waits for one target, until `lease`. A message that was tried before is tried again as it was, under its own id, so that a receiver who had
 * it can tell; what came since waits for the next.
 */
export async function takeParcel(tx: Db, now: Date, lease: Date): Promise<Parcel | null> {
  const first = await row<{ targetId: string; messageId: string | null }>(tx, `
    select n.target_id as "targetId", n.message_id as "messageId" from alarm_notice as n where n.state = 'waiting' and n.try_at <= $1::timestamptz order by n.try_at, n.id limit 1 for update skip locked`, [now]);
  if (!first) return null;
  const taken = await rows<{ id: string; tries: number }>(tx, `
    update alarm_notice as n set state = 'sending', tries = n.tries + 1, try_at = $4::timestamptz, message_id = coalesce(n.message_id, $3::uuid)
     where n.id in (select w.id from alarm_notice as w where w.target_id = $1 and w.state = 'waiting' and w.try_at <= $2::timestamptz and w.message_id is not distinct from $5::uuid order by w.id limit ${IN_ONE} for update skip locked)
    returning n.id, n.tries`, [first.targetId, now, newId(), lease, first.messageId]);
  const ids = taken.map(({ id }) => id);
  const notices = await rows<Notice & { messageId: string }>(tx, `
    select n.id, n.alarm_id as "alarmId", a.kind, a.level, a.facts, a.opened_at as "openedAt", a.closed_at as "closedAt", n.occasion, n.message_id as "messageId"
      from alarm_notice as n join alarm as a on a.id = n.alarm_id where n.id = any($1::uuid[]) order by n.id`, [ids]);
  const target = (await row<Pick<Parcel, 'targetId' | 'email' | 'endpointId' | 'language' | 'stopKey'>>(tx, `
    select t.id as "targetId", t.email, t.endpoint_id as "endpointId", t.language, t.stop_key as "stopKey" from alarm_target as t where t.id = $1`, [first.targetId]))!;
  return { ...target, messageId: notices[0]!.messageId, tries: Math.max(...taken.map(({ tries }) => tries)), notices: notices.map(({ messageId: _message, ...notice }) => notice) };
}

/** Says how a message ended; with `tryAt` it waits for another try. */
export const settleParcel = (db: Db, messageId: string, { state, answer, tryAt, now }: { state: 'waiting' | 'sent' | 'failed' | 'uncertain'; answer: string; tryAt: Date | null; now: Date }): Promise<unknown> => rows(db, `
  update alarm_notice as n set state = $2, answer = $3, try_at = coalesce($4::timestamptz, n.try_at), settled_at = case when $2 = 'waiting' then null else $5::timestamptz end
   where n.message_id = $1 and n.state = 'sending'`, [messageId, state, answer.slice(0, 500), tryAt, now]);

/** The sender died with it. An endpoint drops what it has had by the id, so it is told again; whether a mail left nobody knows. */
export const abandonNotices = async (db: Db, now: Date): Promise<number> =>
  (await rows(db, `
    update alarm_notice as n set state = case when t.endpoint_id is null then 'uncertain' else 'waiting' end, settled_at = case when t.endpoint_id is null then $1::timestamptz end,
           answer = 'The process ended while it sent this.'
      from alarm_target as t where t.id = n.target_id and n.state = 'sending' and n.try_at <= $1::timestamptz returning 1`, [now])).length;

/** When there is something to send or to give up next. */
export const nextNotice = async (db: Db): Promise<Date | null> => (await row<{ at: Date | null }>(db, `select min(n.try_at) as at from alarm_notice as n where n.state in ('waiting', 'sending')`))!.at;
