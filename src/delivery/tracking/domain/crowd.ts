import { grouped } from './grouped.js';

/** One address that follows links of so many messages within so long is not one person's. */
export const CROWD = 10;
export const CROWD_MS = 10_000;

export interface AddressClick { address: string | null; deliveryId: string; eventKey: string; at: number }

/** Keys of the clicks that are among those of ten messages, from one address, within ten seconds. */
export function crowdedIn(clicks: readonly AddressClick[]): Set<string> {
  const crowded = new Set<string>();
  for (const [address, own] of grouped(clicks, (click) => click.address)) {
    if (address === null) continue;
    const order = own.toSorted((a, b) => a.at - b.at);
    const within = new Map<string, number>();
    for (let from = 0, to = 0, marked = 0; to < order.length; to += 1) {
      const { deliveryId, at } = order[to]!;
      within.set(deliveryId, (within.get(deliveryId) ?? 0) + 1);
      for (; at - order[from]!.at >= CROWD_MS; from += 1) {
        const left = within.get(order[from]!.deliveryId)!;
        if (left === 1) within.delete(order[from]!.deliveryId);
        else within.set(order[from]!.deliveryId, left - 1);
      }
      if (within.size < CROWD) continue;
      for (marked = Math.max(marked, from); marked <= to; marked += 1) crowded.add(order[marked]!.eventKey);
    }
  }
  return crowded;
}
