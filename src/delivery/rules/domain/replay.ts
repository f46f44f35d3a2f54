import { CLASS_RANK, type PacingSettings } from '../../../contract/pacing.js';
import { judgeCaps, type CappedMessage, type Place, type Winner } from './caps.js';
import { judgeQuiet, type Closing } from './quiet.js';

/** A message of the past, as its campaign wanted it. */
export interface Replayed extends CappedMessage {
  id: string;
  campaignId: string;
  stepId: string;
  priority: number;
  /** When it was to go. */
  at: Date;
  expiresAt: Date | null;
  /** An auto message: it does not wait, it is displayed or not. */
  isDisplay: boolean;
  closings: readonly Closing[];
}

/** What put a message off first, and until when. */
export interface ReplayWait { code: 'QUIET_HOURS_DEFERRED' | 'CAP_DEFERRED'; rule: string; cap: string | null; until: Date; winner: Winner | null }
export interface ReplayedEnd { id: string; wait: ReplayWait | null; /** Null: not any more, or not then. */ goesAt: Date | null }

interface Around { settings: PacingSettings; zone: string; /** What took a place before them. */ before: readonly Place[] }
interface Turn { message: Replayed; at: Date; wait: ReplayWait | null; rounds: number }

const DAY_MS = 86_400_000;
/** A message put off so often is told as not gone. */
const ROUNDS = 100;

/**
 * How some settings would have paced messages of the past, in order of time: what is put off comes again when it may, and takes its place
 * only when it goes. Of several at one moment the one that matters more goes first.
 */
export function replayMessages(messages: readonly Replayed[], { settings, zone, before }: Around): ReplayedEnd[] {
  const turns: Turn[] = messages.map((message) => ({ message, at: message.at, wait: null, rounds: 0 }));
  const places = [...before];
  const ends = new Map<string, ReplayedEnd>();
  while (turns.length > 0) {
    const next = turns.toSorted(inTurn)[0]!;
    turns.splice(turns.indexOf(next), 1);
    const { message, at } = next;
    const found = waitAt(message, at, { settings, zone, places });
    const wait = next.wait ?? found;
    if (!found) {
      places.push({ ...message, deliveryId: message.id, at, kept: false });
      ends.set(message.id, { id: message.id, wait, goesAt: at });
    } else if (message.isDisplay || next.rounds >= ROUNDS || found.until > lastOf(message, settings)) ends.set(message.id, { id: message.id, wait, goesAt: null });
    else turns.push({ message, at: found.until, wait, rounds: next.rounds + 1 });
  }
  return messages.map(({ id }) => ends.get(id)!);
}

const lastOf = ({ at, expiresAt }: Replayed, { waitDays }: PacingSettings): Date => expiresAt ?? new Date(at.getTime() + waitDays * DAY_MS);

const inTurn = (one: Turn, other: Turn): number =>
  one.at.getTime() - other.at.getTime() || CLASS_RANK[other.message.class] - CLASS_RANK[one.message.class] || other.message.priority - one.message.priority || one.message.at.getTime() - other.message.at.getTime();

function waitAt(message: Replayed, at: Date, { settings, zone, places }: { settings: PacingSettings; zone: string; places: readonly Place[] }): ReplayWait | null {
  const quiet = judgeQuiet(message.closings, at, zone);
  if (quiet) return { code: 'QUIET_HOURS_DEFERRED', rule: quiet.facts.rule, cap: null, until: quiet.until, winner: null };
  const capped = judgeCaps(settings.caps, { now: at, zone, message, places });
  return capped && { code: 'CAP_DEFERRED', rule: 'cap', cap: capped.facts.cap, until: capped.until, winner: capped.facts.winner };
}
