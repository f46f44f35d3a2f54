import { newId } from '../../../kernel/ids.js';
import { row, rows, type Db } from '../../../platform/database/db.js';
import type { AlarmFacts, AlarmKind, AlarmLevel, OpenAlarm, Steps } from '../domain/condition.js';
import type { Occasion } from '../domain/words.js';

export interface Alarm { id: string; kind: AlarmKind; level: AlarmLevel; facts: AlarmFacts; openedAt: Date; seenAt: Date; closedAt: Date | null; wasTold: boolean }

const ALARM = `a.id, a.kind, a.level, a.facts, a.opened_at as "openedAt", a.seen_at as "seenAt", a.closed_at as "closedAt", a.told_level is not null as "wasTold"`;

/** Whether this transaction is the one that looks now: nobody has looked since `before`, and nobody does at the moment. */
export async function takeLook(tx: Db, now: Date, before: Date): Promise<boolean> {
  const taken = await rows(tx, `
    insert into alarm_look as l (at) values ($1::timestamptz) on conflict (only_one) do update set at = excluded.at where l.at <= $2::timestamptz returning 1`, [now, before]);
  return taken.length > 0;
}

export const lastLook = async (db: Db): Promise<Date | null> => (await row<{ at: Date }>(db, 'select l.at from alarm_look as l'))?.at ?? null;

export const openAlarms = (tx: Db): Promise<OpenAlarm[]> => rows(tx, `
  select a.id, a.key, a.level, a.opened_at as "openedAt", a.seen_at as "seenAt", a.told_level as "toldLevel" from alarm as a where a.closed_at is null order by a.id for update`);

/** Writes what a look found, and one notice for each target that is to hear of it. */
export async function takeSteps(tx: Db, { open, keep, close }: Steps, now: Date): Promise<void> {
  for (const { key, kind, level, facts } of open) {
    await rows(tx, 'insert into alarm (id, key, kind, level, facts, opened_at, seen_at) values ($1, $2, $3, $4, $5::jsonb, $6::timestamptz, $6::timestamptz) on conflict (key) where closed_at is null do nothing', [newId(), key, kind, level, JSON.stringify(facts), now]);
  }
  for (const { id, condition, tell } of keep) {
    await rows(tx, `
      update alarm as a set level = $2, facts = $3::jsonb, seen_at = $4::timestamptz, told_level = case when $5 then $2 else a.told_level end where a.id = $1`,
    [id, condition.level, JSON.stringify(condition.facts), now, tell !== null]);
    if (tell) await planNotices(tx, id, tell, now);
  }
  for (const { id, wasTold } of close) {
    if (!wasTold) await rows(tx, 'delete from alarm as a where a.id = $1', [id]);
    else {
      await rows(tx, 'update alarm as a set closed_at = $2::timestamptz where a.id = $1', [id, now]);
      await planNotices(tx, id, 'closed', now);
    }
  }
}

/** For targets that want alarms of this level; the end is told to those who were told of the beginning. */
const planNotices = async (tx: Db, alarmId: string, occasion: Occasion, now: Date): Promise<void> => {
  const targets = await rows<{ id: string }>(tx, `
    select t.id from alarm_target as t join alarm as a on a.id = $1
     where case when $2 = 'closed' then exists (select from alarm_notice as n where n.alarm_id = a.id and n.target_id = t.id) else t.least = 'warn' or a.level = 'bad' end`, [alarmId, occasion]);
  for (const { id } of targets) {
    await rows(tx, `
      insert into alarm_notice (id, alarm_id, target_id, occasion, state, try_at) values ($1, $2, $3, $4, 'waiting', $5::timestamptz) on conflict (alarm_id, target_id, occasion) do nothing`, [newId(), alarmId, id, occasion, now]);
  }
};

/** Alarms, newest first. Those that nobody was told of yet may be gone with the next look. */
export const listAlarms = (db: Db, { open, before, limit }: { open: boolean; before: string | null; limit: number }): Promise<Alarm[]> => rows(db, `
  select ${ALARM} from alarm as a where (not $1::boolean or a.closed_at is null) and ($2::uuid is null or a.id < $2) order by a.id desc limit $3`, [open, before, limit]);

/** Old ones that are over are of no use to anybody. */
export const purgeAlarms = async (db: Db, before: Date, limit: number): Promise<number> =>
  (await rows(db, 'delete from alarm as a where a.id in (select o.id from alarm as o where o.closed_at < $1::timestamptz limit $2) returning 1', [before, limit])).length;
