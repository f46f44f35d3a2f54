import { rows, type Db } from '../../../platform/database/db.js';

/** A rate that was lowered because a server asked for it. The empty domain is the relay as a whole. */
export interface LoweredRate { domain: string; rate: number; at: Date; because: string }

/** Lowered rates by relay. */
export async function lowered(db: Db): Promise<Map<string, LoweredRate[]>> {
  const found = await rows<LoweredRate & { relayId: string }>(
    db,
    `select r.relay_id as "relayId", r.domain, r.lowered_to as rate, r.lowered_at as at, r.lowered_because as because from relay_rate as r where r.lowered_to is not null order by r.relay_id, r.domain limit 1000`,
  );
  const by = new Map<string, LoweredRate[]>();
  for (const { relayId, ...each } of found) by.set(relayId, [...(by.get(relayId) ?? []), each]);
  return by;
}
