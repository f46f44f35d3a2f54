import { rows, type Db } from '../../../platform/database/db.js';

/** The circuit breaker of one relay, as all processes share it. */
export interface RelayHealth {
  relayId: string;
  breaker: 'closed' | 'open';
  openedAt: Date | null;
  /** When it is next tried. */
  probeAt: Date | null;
  /** What the server or the network said, at most 500 characters. */
  lastError: string | null;
  lastErrorAt: Date | null;
  lastOkAt: Date | null;
}

export function loadHealth(db: Db): Promise<RelayHealth[]> {
  return rows(db, `select h.relay_id as "relayId", h.breaker, h.opened_at as "openedAt", h.probe_at as "probeAt", h.last_error as "lastError", h.last_error_at as "lastErrorAt", h.last_ok_at as "lastOkAt" from relay_health as h`);
}

/** Remembers trouble without judging by it. */
export async function noteError(db: Db, relayId: string, error: string, now: Date): Promise<void> {
  await rows(db, `insert into relay_health as h (relay_id, breaker, last_error, last_error_at) values ($1, 'closed', $2, $3)
     on conflict (relay_id) do update set last_error = excluded.last_error, last_error_at = excluded.last_error_at`, [relayId, error, now]);
}

/** Opens the breaker for everybody. @returns false when it was open already */
export async function openBreaker(db: Db, relayId: string, error: string, now: Date, probeAt: Date): Promise<boolean> {
  const opened = await rows(
    db,
    `insert into relay_health as h (relay_id, breaker, opened_at, probe_at, last_error, last_error_at) values ($1, 'open', $3, $4, $2, $3)
     on conflict (relay_id) do update set breaker = 'open', opened_at = excluded.opened_at, probe_at = excluded.probe_at, last_error = excluded.last_error, last_error_at = excluded.last_error_at
      where h.breaker = 'closed'
     returning 1`,
    [relayId, error, now, probeAt],
  );
  return opened.length > 0;
}

/** Gives the next probe to one process. @returns whether it is this one's */
export async function takeProbe(db: Db, relayId: string, now: Date, next: Date): Promise<boolean> {
  const taken = await rows(db, `update relay_health as h set probe_at = $3::timestamptz where h.relay_id = $1 and h.breaker = 'open' and h.probe_at <= $2::timestamptz returning 1`, [relayId, now, next]);
  return taken.length > 0;
}

/** The relay answered as it should: the breaker is closed for everybody. */
export async function closeBreaker(db: Db, relayId: string, now: Date): Promise<void> {
  await rows(db, `insert into relay_health as h (relay_id, breaker, last_ok_at) values ($1, 'closed', $2)
     on conflict (relay_id) do update set breaker = 'closed', opened_at = null, probe_at = null, last_ok_at = excluded.last_ok_at`, [relayId, now]);
}
