import { rows, type Db } from '../../../platform/database/db.js';

export interface Attempt {
  id: string;
  endpointId: string;
  /** Null: a test. */
  deliveryId: string | null;
  at: Date;
  attempt: number;
  fate: 'delivered' | 'retry' | 'dead' | 'uncertain' | 'test';
  status: number | null;
  error: string | null;
  /** First kilobyte of the answer. */
  response: string;
  durationMs: number;
  nextAt: Date | null;
}

/** Remembers POSTs. */
export async function insertAttempts(tx: Db, attempts: readonly Attempt[]): Promise<void> {
  if (attempts.length === 0) return;
  await rows(tx, `
    insert into webhook_attempt (id, endpoint_id, delivery_id, at, attempt, fate, status, error, response, duration_ms, next_at)
    select a."id", a."endpointId", a."deliveryId", a."at", a."attempt", a."fate", a."status", a."error", a."response", a."durationMs", a."nextAt"
      from jsonb_to_recordset($1::jsonb) as a("id" uuid, "endpointId" uuid, "deliveryId" uuid, "at" timestamptz, "attempt" int, "fate" text, "status" int, "error" text, "response" text, "durationMs" int, "nextAt" timestamptz)`,
  [JSON.stringify(attempts)]);
}

/** Newest first. */
export function listAttempts(db: Db, asked: { endpointId: string; deliveryId?: string; limit: number; before: { at: string; id: string } | null }): Promise<Attempt[]> {
  return rows(db, `
    select a.id, a.endpoint_id as "endpointId", a.delivery_id as "deliveryId", a.at, a.attempt, a.fate, a.status, a.error, a.response, a.duration_ms as "durationMs", a.next_at as "nextAt"
      from webhook_attempt as a
     where a.endpoint_id = $1 and ($2::uuid is null or a.delivery_id = $2::uuid) and ($4::timestamptz is null or (a.at, a.id) < ($4::timestamptz, $5::uuid))
     order by a.at desc, a.id desc limit $3`, [asked.endpointId, asked.deliveryId ?? null, asked.limit, asked.before?.at ?? null, asked.before?.id ?? null]);
}

/** Drops what is older, a bounded number at a time. @returns how many went */
export async function forgetAttempts(tx: Db, before: Date, limit: number): Promise<number> {
  const gone = await rows(tx, `
    delete from webhook_attempt as a using (select o.id from webhook_attempt as o where o.at < $1::timestamptz order by o.at limit $2 for update skip locked) as old
     where a.id = old.id returning 1`, [before, limit]);
  return gone.length;
}
