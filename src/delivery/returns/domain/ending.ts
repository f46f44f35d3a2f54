import type { Applied } from './effect.js';

export const INBOUND_STATES = ['pending', 'applied', 'ignored', 'review', 'failed'] as const;
/** Where a report stands: `review` waits for a person, `failed` for a programmer. */
export type InboundState = (typeof INBOUND_STATES)[number];

/** A reader gets so long before its report may be taken again. */
export const LEASE_MS = 60_000;
/** A report about a message we do not know, or that is still being sent, is tried again for so long: it may have come before our own commit. */
const PATIENCE_MS = 24 * 3_600_000;
/** A report that cannot be read so often in a row needs a programmer. */
const MAX_TROUBLES = 8;
const STEPS_MS = [10_000, 30_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000];

export interface Ending { state: InboundState; detail: string; nextAt: Date | null; notices: object[]; deliveryIds: string[]; forget: boolean }

/** The end of a report of which nothing was read. */
export const endWith = (state: InboundState, detail: string, nextAt: Date | null = null): Ending => ({ state, detail, nextAt, notices: [], deliveryIds: [], forget: false });

/** A report whose reading did not end so often is not begun again; null while it may. */
export const endOfDeaths = (begun: number): Ending | null => (begun > MAX_TROUBLES ? endWith('failed', `${MAX_TROUBLES} times the process that read it ended before it did.`) : null);

const WAITS: ReadonlySet<Applied['outcome']> = new Set(['unknown_message', 'too_early']);
const NEEDS_A_PERSON = new Map<Applied['outcome'], string>([
  ['not_understood', 'Nobody could tell what this says.'],
  ['unattributed', 'It names no message of ours.'],
  ['other_recipient', 'It speaks of another address than the one we wrote to.'],
]);

const stepAfter = (attempts: number): number => STEPS_MS[Math.min(attempts, STEPS_MS.length) - 1]!;

/** What becomes of a report when its notices were applied as they could be. What was applied stays, whatever the rest waits for. */
export function endOfReading(applied: readonly Applied[], event: { receivedAt: Date; attempts: number }, now: Date): Ending {
  const forget = applied.some(({ isErased }) => isErased);
  const notices = applied.map(({ notice, outcome, deliveryId }) => ({ ...notice, ...(forget ? { recipient: null, diagnostic: '' } : {}), outcome, deliveryId }));
  const deliveryIds = [...new Set(applied.map(({ deliveryId }) => deliveryId).filter((id) => id !== null))];
  const waiting = applied.find(({ outcome }) => WAITS.has(outcome));
  const end = (state: InboundState, detail: string, nextAt: Date | null = null): Ending => ({ state, detail, nextAt, notices, deliveryIds, forget });
  if (waiting) {
    const detail = waiting.outcome === 'too_early' ? 'The message is still being sent.' : 'There is no such message.';
    if (now.getTime() - event.receivedAt.getTime() >= PATIENCE_MS) return end('review', detail);
    return end('pending', detail, new Date(now.getTime() + stepAfter(event.attempts)));
  }
  if (forget) return end(applied.some(({ outcome }) => outcome === 'applied' || outcome === 'known') ? 'applied' : 'ignored', 'The person was erased.');
  const puzzling = applied.find(({ outcome }) => NEEDS_A_PERSON.has(outcome));
  if (puzzling) return end('review', NEEDS_A_PERSON.get(puzzling.outcome)!);
  // On a later attempt, what is known may be what an earlier one applied.
  return applied.some(({ outcome }) => outcome === 'applied' || (outcome === 'known' && event.attempts > 1)) ? end('applied', '') : end('ignored', applied.length === 0 ? 'It says nothing about a message.' : '');
}

/** What becomes of a report whose reading or applying failed. */
export function endOfTrouble(error: unknown, event: { attempts: number }, now: Date): Ending {
  const detail = error instanceof Error ? error.message : String(error);
  if (event.attempts >= MAX_TROUBLES) return endWith('failed', detail);
  return endWith('pending', detail, new Date(now.getTime() + stepAfter(event.attempts)));
}
