import type { DataSource } from 'typeorm';
import { keyOf, newId } from '../kernel/ids.js';
import { payloadText, type AcceptedMessage, type RejectedMessage } from './domain/segment-message.js';
import type { PeopleBatchItem } from './people-batch.js';
import { inPeopleTransaction, writeBatch } from './people-writer.js';
import { claimReceipts, recordRejections } from './store/event.store.js';

/** The messages of one request, in the order in which the client sent them. */
export interface IngestUnit { accepted: AcceptedMessage[]; rejected: RejectedMessage[]; receivedAt: Date }

/** Writes several requests in one transaction: every messageId once, people and events together, refusals kept. */
export async function writeUnits(db: DataSource, units: readonly IngestUnit[], now: Date): Promise<void> {
  const keyed = new Map<string, { message: AcceptedMessage; receivedAt: Date }>();
  for (const { accepted, receivedAt } of units) {
    for (const message of accepted) {
      const key = keyOf(message.messageId);
      if (!keyed.has(key)) keyed.set(key, { message, receivedAt });
    }
  }
  const rejected = units.flatMap((unit) => unit.rejected);
  await inPeopleTransaction(db, async (tx) => {
    const fresh = keyed.size === 0 ? new Set<string>() : await claimReceipts(tx, [...keyed.keys()], now);
    const items = [...keyed].flatMap(([key, one]) => (fresh.has(key) ? [itemOf(one.message, one.receivedAt)] : []));
    await writeBatch(tx, items, { now, source: 'segment' });
    await recordRejections(tx, rejected.map((one) => ({ id: newId(), messageId: one.messageId, code: one.code, message: one.message, payload: payloadText(one.payload) })), now);
  });
}

function itemOf(message: AcceptedMessage, receivedAt: Date): PeopleBatchItem {
  const { ref, attributes, at, previousId, type, name, properties, context, occurredAt, messageId } = message;
  return { ref, attributes, at, previousId, event: { id: newId(), type, name, properties, context, occurredAt, receivedAt, messageId } };
}
