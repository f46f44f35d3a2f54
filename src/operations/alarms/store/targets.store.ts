import { row, rows, type Db } from '../../../platform/database/db.js';
import type { AlarmLevel } from '../domain/condition.js';
import type { Language } from '../domain/words.js';

export interface Target { id: string; email: string | null; endpointId: string | null; endpointName: string | null; language: Language; least: AlarmLevel; stopKey: string; createdAt: Date; lastState: string | null; lastAnswer: string | null; lastAt: Date | null }

const TARGET = `
  select t.id, t.email, t.endpoint_id as "endpointId", e.name as "endpointName", t.language, t.least, t.stop_key as "stopKey", t.created_at as "createdAt",
         l.state as "lastState", l.answer as "lastAnswer", l.settled_at as "lastAt"
    from alarm_target as t left join webhook_endpoint as e on e.id = t.endpoint_id
    left join lateral (select n.state, n.answer, n.settled_at from alarm_notice as n where n.target_id = t.id and n.settled_at is not null order by n.settled_at desc limit 1) as l on true`;

export const listTargets = (db: Db): Promise<Target[]> => rows(db, `${TARGET} order by t.id`);
export const findTarget = (db: Db, id: string): Promise<Target | null> => row(db, `${TARGET} where t.id = $1`, [id]);

/** @returns false when this address or endpoint is one already */
export const insertTarget = async (tx: Db, target: Pick<Target, 'id' | 'email' | 'endpointId' | 'language' | 'least' | 'stopKey'> & { createdBy: string }, now: Date): Promise<boolean> =>
  (await rows(tx, `
    insert into alarm_target (id, endpoint_id, email, language, least, stop_key, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz) on conflict do nothing returning 1`,
  [target.id, target.endpointId, target.email, target.language, target.least, target.stopKey, target.createdBy, now])).length > 0;

export const changeTarget = async (tx: Db, id: string, { language, least }: Partial<Pick<Target, 'language' | 'least'>>): Promise<boolean> =>
  (await rows(tx, 'update alarm_target as t set language = coalesce($2, t.language), least = coalesce($3, t.least) where t.id = $1 returning 1', [id, language ?? null, least ?? null])).length > 0;

export const dropTarget = async (tx: Db, id: string): Promise<boolean> => (await rows(tx, 'delete from alarm_target as t where t.id = $1 returning 1', [id])).length > 0;

export const targetByKey = (db: Db, key: string): Promise<{ id: string } | null> => row(db, 'select t.id from alarm_target as t where t.stop_key = $1', [key]);

export const endpointExists = async (db: Db, id: string): Promise<boolean> => (await rows(db, 'select 1 from webhook_endpoint as e where e.id = $1', [id])).length > 0;
