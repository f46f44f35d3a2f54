import type { ReturnNotice } from './notice.js';
import type { InboundEvent } from './store/inbound-events.store.js';
import { deliveryNamed } from './domain/attribution.js';

/** A report and what it says. */
export interface ReadReport { event: InboundEvent; notices: ReturnNotice[] }

/**
 * Groups in which no two reports name one message, each message's reports in their order: what one report says of its recipients
 * proves nothing about those of another, so they must not be judged together.
 */
export function apart(reports: readonly ReadReport[]): ReadReport[][] {
  const groups: ReadReport[][] = [];
  const nextGroup = new Map<string, number>();
  for (const report of reports) {
    const named = new Set(report.notices.map(deliveryNamed).filter((id) => id !== null));
    const place = Math.max(0, ...[...named].map((id) => nextGroup.get(id) ?? 0));
    for (const id of named) nextGroup.set(id, place + 1);
    (groups[place] ??= []).push(report);
  }
  return groups;
}
