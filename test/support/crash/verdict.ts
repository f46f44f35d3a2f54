import type { DataSource } from 'typeorm';
import { rows } from '../../../src/platform/database/db.js';
import type { SinkMail } from '../smtp-sink.js';

/** How a launch ended, judged by the mail server's own record. Every list is empty when promise 5 was kept. */
export interface Verdict {
  states: Record<string, number>;
  /** Message-IDs whose body was read more than once. */
  twice: string[];
  /** Deliveries that are neither sent nor uncertain. */
  lost: string[];
  /** Called sent, but no mail server said 250. */
  claimed: string[];
  /** Accepted by a mail server, but called something else than sent or uncertain. */
  denied: string[];
}

/** State by id, from the database. */
export async function statesOf(db: DataSource, campaignId: string): Promise<Map<string, string>> {
  const found = await rows<{ id: string; state: string }>(db, 'select d.id, d.state from delivery as d where d.campaign_id = $1', [campaignId]);
  return new Map(found.map(({ id, state }) => [id, state]));
}

const idOf = (messageId: string) => /<([0-9a-f-]{36})@/.exec(messageId)![1]!;

/** @param all state of every delivery of the launch, by id */
export function judge(all: ReadonlyMap<string, string>, read: readonly SinkMail[], accepted: readonly SinkMail[]): Verdict {
  const times = new Map<string, number>();
  for (const { messageId } of read) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  const taken = new Set(accepted.map(({ messageId }) => idOf(messageId)));
  const known = new Set(['sent', 'uncertain']);
  const states: Record<string, number> = {};
  for (const state of all.values()) states[state] = (states[state] ?? 0) + 1;
  return {
    states,
    twice: [...times].filter(([, count]) => count > 1).map(([id]) => id),
    lost: [...all].filter(([, state]) => !known.has(state)).map(([id]) => id),
    claimed: [...all].filter(([id, state]) => state === 'sent' && !taken.has(id)).map(([id]) => id),
    denied: [...taken].filter((id) => !known.has(all.get(id) ?? 'missing')),
  };
}

/** Deliveries, launches and runs that are not finished. */
export async function openWork(db: DataSource): Promise<number> {
  const [found] = await rows<{ open: number }>(db, `
    select (select count(*) from delivery as d where d.state in ('queued', 'sending'))::int
         + (select count(*) from launch as l where l.state in ('waiting', 'running'))::int
         + (select count(*) from enrollment as e where e.state = 'active')::int as open`);
  return found!.open;
}
