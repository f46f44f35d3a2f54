import type { Entry } from '../../contract/campaign-entry.js';
import type { Duration } from '../../kernel/local-time.js';
import { windowMillis } from '../../kernel/local-time.js';
import type { z } from 'zod';
import { fault, type Finding } from './finding.js';
import type { PublishedEntry } from './published.js';

/** An entry that publishing looks back for: whose event, or whose moment by a date, lies at most `lookBack` before it. */
export type LookingBack = Extract<PublishedEntry, { type: 'event' | 'date' }> & { lookBack: Duration };

const LONGEST_DAYS = 365;
const DAY_MS = 86_400_000;

/** The entry, when the people whose moment has passed enter by the launch; null: it looks at nothing that was. */
export function lookingBack(entry: PublishedEntry): LookingBack | null {
  if ((entry.type !== 'event' && entry.type !== 'date') || (entry.take ?? 'future_only') === 'future_only' || !entry.lookBack) return null;
  return { ...entry, lookBack: entry.lookBack };
}

/** Whether publishing launches to people who are there. */
export function takesCurrent(entry: PublishedEntry): boolean {
  if (entry.type === 'segment') return entry.on !== 'left' && entry.take !== 'future_only';
  return entry.type === 'launch' || lookingBack(entry) !== null;
}

/** Whether whoever comes after the publishing enters. */
export const takesFuture = (entry: PublishedEntry): boolean => !('take' in entry) || entry.take !== 'current_only';

/** The moments that count are in (from, to]. @param to the end of what a launch looks back at */
export const lookBackTo = ({ lookBack }: Pick<LookingBack, 'lookBack'>, to: Date): { from: Date; to: Date } => ({ from: new Date(to.getTime() - windowMillis(lookBack)), to });

/** What is wrong in whom an entry takes. */
export function takeFaults(entry: z.infer<typeof Entry>): Finding[] {
  if (entry.type === 'segment') return entry.on === 'left' && entry.take !== 'future_only' ? [fault('entry.take', 'leaving-is-future', 'Who leaves a segment is not there before it happens: "take" must be future_only.')] : [];
  if (entry.type === 'api') return [];
  const future = (entry.take ?? 'future_only') === 'future_only';
  if (!entry.lookBack) return future ? [] : [fault('entry.lookBack', 'look-back-missing', 'Say how far back a moment may lie for its people to be taken at the launch: give "lookBack", for example {"days": 14}.')];
  if (future) return [fault('entry.lookBack', 'look-back-unused', 'Only who comes later is taken, so nothing is looked back at: leave "lookBack" out, or change "take".')];
  return windowMillis(entry.lookBack) > LONGEST_DAYS * DAY_MS ? [fault('entry.lookBack', 'look-back-too-long', `A launch looks back ${LONGEST_DAYS} days at most.`)] : [];
}
