import { CLASS_RANK, type MessageClass, type PacingSettings } from '../../contract/pacing.js';
import type { Channel } from '../../contract/message.js';
import type { Wait } from '../../kernel/gates.js';
import { isTimeZone } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import type { Workspace } from '../../platform/workspace.js';
import { concerns, judgeCaps, looksBack, type Capped, type Place } from './domain/caps.js';
import { judgeFrequency, type SeldomFrequency, type Slot } from './domain/frequency.js';
import { ruleOf } from './domain/rule-settings.js';
import { pacingSettingsOf } from './domain/pacing-settings.js';
import type { KeptPlaces } from './kept-places.js';
import { seldomReaders, slotsOf } from './store/frequency.store.js';
import { placesOf, takePlaceTurns } from './store/places.store.js';

/** A message that asks whether its person may hear from us once more. */
export interface FrequencyAsk {
  id: string;
  personId: string;
  campaignId: string;
  stepId: string | null;
  topic: string;
  class: MessageClass;
  priority: number;
  transactional: boolean;
  timeZone: string | null;
  queuedAt: Date;
  dueAt: Date;
  expiresAt: Date | null;
}

interface Around { channel: Channel; now: Date; workspace: Workspace; kept: KeptPlaces; /** Take the places: nobody else asks about these people until commit. */ take: boolean }

const DAY_MS = 86_400_000;

/**
 * What the person's own choice and the caps of the workspace say against these messages now, with the message that took the place. Of
 * several for one person the one that matters more takes it, then the one that has waited longer.
 */
export async function frequencyOf(db: Db, asked: readonly FrequencyAsk[], around: Around): Promise<Map<string, Wait>> {
  const waits = new Map<string, Wait>();
  const { channel, workspace, take } = around;
  if (channel !== 'email' && channel !== 'in_app') return waits;
  const settings = pacingSettingsOf(workspace);
  const limits = settings.caps.filter((cap) => cap.on && asked.some((ask) => concerns(cap, { ...ask, channel })));
  const readers = await readersOf(db, asked, around);
  const concerned = asked.filter(({ personId }) => limits.length > 0 || readers.has(personId)).map(({ personId }) => personId);
  if (concerned.length === 0) return waits;
  const ids = asked.map(({ id }) => id);
  if (limits.length > 0 && take) await takePlaceTurns(db, concerned);
  // Asked after the locks, so that what another sender has just taken is seen.
  const places = limits.length > 0 ? await allPlaces(db, concerned, ids, { settings, ...around }) : new Map<string, Place[]>();
  const slots = readers.size > 0 ? await slotsOf(db, [...readers.keys()], ids) : new Map<string, Slot>();
  for (const ask of asked.toSorted(moreFirst)) {
    const own = places.get(ask.personId) ?? [];
    const wait = frequencyWait(ask, { settings, reader: readers.get(ask.personId), slot: slots.get(ask.personId) ?? null, places: own }, around);
    if (wait) waits.set(ask.id, wait);
    else {
      places.set(ask.personId, [...own, { ...ask, channel, deliveryId: ask.id, at: null, kept: false }]);
      if (!ask.transactional) slots.set(ask.personId, { deliveryId: ask.id, campaignId: ask.campaignId, stepId: ask.stepId, at: null });
    }
  }
  return waits;
}

async function readersOf(db: Db, asked: readonly FrequencyAsk[], { channel, workspace, take }: Around): Promise<Map<string, SeldomFrequency>> {
  const marketing = asked.filter(({ transactional }) => !transactional);
  return channel === 'email' && marketing.length > 0 && ruleOf(workspace, 'frequency_preference').on ? seldomReaders(db, marketing.map(({ personId }) => personId), { lock: take }) : new Map();
}

async function allPlaces(db: Db, personIds: readonly string[], except: readonly string[], { settings, now, kept }: Around & { settings: PacingSettings }): Promise<Map<string, Place[]>> {
  const longest = Math.max(...settings.caps.filter(({ on }) => on).map(looksBack));
  const places = await placesOf(db, personIds, { since: new Date(now.getTime() - longest), except });
  for (const [personId, more] of await kept.keptFor(db, personIds, { now, until: new Date(now.getTime() + longest) })) places.set(personId, [...(places.get(personId) ?? []), ...more]);
  return places;
}

/** What is known of the person: how often they want e-mail, and what took places with them. */
export interface Heard { settings: PacingSettings; reader?: SeldomFrequency; slot: Slot | null; places: readonly Place[] }

/** Of messages that ask at once: the one that matters more first, then the one that has waited longer. */
export const moreFirst = (one: FrequencyAsk, other: FrequencyAsk): number =>
  CLASS_RANK[other.class] - CLASS_RANK[one.class] || other.priority - one.priority || one.dueAt.getTime() - other.dueAt.getTime() || (one.id < other.id ? -1 : 1);

/** The longer of the two waits, and no longer than it may wait at all. */
export function frequencyWait(ask: FrequencyAsk, { settings, reader, slot, places }: Heard, { channel, now, workspace }: Pick<Around, 'channel' | 'now' | 'workspace'>): Wait | null {
  const zone = ask.timeZone !== null && isTimeZone(ask.timeZone) ? ask.timeZone : workspace.timeZone;
  const capped: Capped | null = judgeCaps(settings.caps, { now, zone, message: { ...ask, channel }, places });
  const last = ask.expiresAt ?? new Date(ask.queuedAt.getTime() + settings.waitDays * DAY_MS);
  const byCap: Wait | null = capped && { until: capped.until < last ? capped.until : last, isOver: last <= now, facts: { ...capped.facts, detail: capDetail(capped) } };
  if (!reader || ask.transactional) return byCap;
  const { waitDays } = ruleOf(workspace, 'frequency_preference').parameters;
  const verdict = judgeFrequency({ now, queuedAt: ask.queuedAt, frequency: reader, slot, waitDays });
  if (verdict.kind === 'go' || (byCap?.isOver && verdict.kind !== 'drop')) return byCap;
  const winner = { campaignId: slot!.campaignId, stepId: slot!.stepId, deliveryId: slot!.deliveryId, at: slot!.at?.toISOString() ?? null, kept: false };
  const byChoice: Wait = { until: verdict.kind === 'wait' ? verdict.until : now, isOver: verdict.kind === 'drop', facts: { rule: 'frequency_preference', frequency: reader, winner, detail: `${reader}: delivery ${slot!.deliveryId} took the slot` } };
  return byCap && !byChoice.isOver && byCap.until > byChoice.until ? byCap : byChoice;
}

function capDetail({ facts: { cap, limit, window, winner } }: Capped): string {
  const by = winner.deliveryId ? `delivery ${winner.deliveryId}` : `campaign ${winner.campaignId}`;
  return `${cap}: ${limit} in ${window}; ${by} ${winner.kept ? 'has the slot to come' : 'took the slot'}`;
}
