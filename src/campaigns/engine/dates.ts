import type { EntityManager } from 'typeorm';
import type { Db } from '../../platform/database/db.js';
import { dateEntriesIn, dateEntryAt, dateWindow, minuteOf } from '../domain/next-due.js';
import { anniversariesIn, currentTicks, datesIn, distinctDates, firstDateAfter, heldTick, moveTick, takeTick, type PersonDate } from '../store/date-entry.store.js';
import { loadVersion } from '../store/versions.store.js';
import type { Moment } from './conditions.js';
import { enterPeople } from './enter.js';
import { lockEntry } from './locks.js';
import { usableZone } from './people.js';

const PAGE = 2_000;
const QUARTER_HOUR = 15 * 60_000;
const DISTINCT = 500;
/** So far anniversaries are looked ahead for an alarm. */
const SOON = 6 * 3_600_000;
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/**
 * Lets in everybody whose date entry became due since the version's last tick, in the caller's transaction.
 *
 * @returns how many became due
 */
export async function dateTick(tx: EntityManager, versionId: string, moment: Moment): Promise<number> {
  await lockEntry(tx);
  const to = minuteOf(moment.now);
  const tick = await takeTick(tx, versionId, to);
  const version = await loadVersion(tx, versionId);
  const { entry } = version.published;
  if (!tick || entry.type !== 'date') return 0;
  const window = dateWindow(tick.evaluatedTo, to, entry);
  let due = 0;
  for (let after: string | null = null, full = true; full; ) {
    const page: PersonDate[] = await (entry.every === 'year' ? anniversariesIn : datesIn)(tx, entry.attribute, { ...window, after }, PAGE);
    const entering = page.flatMap((date) => dateEntriesIn(date, entry, usableZone(date.zone, moment.zone), { from: tick.evaluatedTo, to })
      .map((at) => ({ personId: date.personId, entry: { kind: 'date' as const, at: at.toISOString() } })));
    due += entering.length;
    await enterPeople(tx, { version, state: tick.state }, entering, moment);
    full = page.length === PAGE;
    after = page.at(-1)?.personId ?? null;
  }
  await moveTick(tx, versionId, to);
  return due;
}

/**
 * Refuses the dates that came while a campaign was paused or draining and that no tick has looked at yet. To be called
 * before it goes on, so that it does not begin with them; takes the entry lock, so before the campaign's own.
 */
export async function refuseMissedDates(tx: EntityManager, campaignId: string, moment: Moment): Promise<void> {
  const versionId = await heldTick(tx, campaignId);
  if (versionId) await dateTick(tx, versionId, moment);
}

/**
 * When a date next lets somebody in. Where many different dates lie close together it may name a moment somewhat before
 * that, never one after.
 */
export async function nextDateEntry(db: Db, { now, zone }: Moment): Promise<Date | null> {
  let next: Date | null = null;
  const earliest = (at: Date) => { if (next === null || at < next) next = at; };
  for (const versionId of await currentTicks(db)) {
    const { entry } = (await loadVersion(db, versionId)).published;
    if (entry.type !== 'date') continue;
    if (entry.every === 'year') {
      const near = await anniversariesIn(db, entry.attribute, { ...dateWindow(now, later(now, SOON), entry), after: null }, DISTINCT);
      for (const date of near) for (const at of dateEntriesIn(date, entry, usableZone(date.zone, zone), { from: now, to: later(now, SOON) })) earliest(at);
      earliest(later(now, near.length === DISTINCT ? QUARTER_HOUR : SOON));
      continue;
    }
    const window = dateWindow(now, now, entry);
    const near = await distinctDates(db, entry.attribute, window, DISTINCT);
    const coming = near.map((date) => dateEntryAt(date, entry, usableZone(date.zone, zone))).filter((at) => at > now);
    for (const at of coming) earliest(at);
    if (near.length === DISTINCT) earliest(new Date(now.getTime() + QUARTER_HOUR));
    else {
      const beyond = await firstDateAfter(db, entry.attribute, window.to);
      // The first instant at which that date can matter: it has come into the window then.
      if (beyond) earliest(new Date(now.getTime() + beyond.getTime() - window.to.getTime() + 1_000));
    }
  }
  return next;
}
