import type { Db } from '../../platform/database/db.js';
import { dateEntriesIn, dateWindow } from '../domain/next-due.js';
import { lookBackTo, lookingBack, type LookingBack } from '../domain/takes.js';
import { anniversariesIn, datesIn, datesOf, type PersonDate } from '../store/date-entry.store.js';
import type { EntryRecord } from '../store/enrollments.store.js';
import { freezeWhoDid, lastOfRule, type LookedAt } from '../store/events.store.js';
import { freezePeople } from '../store/launch-audience.store.js';
import type { Launch } from '../store/launches.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import type { Moment } from './conditions.js';
import { entryRule } from './endings.js';
import type { Candidate } from './enter.js';
import { usableZone } from './people.js';

const PAGE = 2_000;

/** A launch that has begun, and what its version looks back for. */
interface Looking { launch: Pick<Launch, 'id' | 'dueAt' | 'startedAt'>; entry: LookingBack }

/** What a launch of the version looks back for; null: it takes people who are somewhere now. The rest of a test is frozen by it. */
export const lookedBackFor = ({ published }: CampaignVersion): LookingBack | null => lookingBack(published.entry);

/**
 * The moments that count: events up to the start of the launch, which the entry by news leaves to it; dates up to the publishing, from which
 * the entry by dates goes on.
 */
const windowOf = ({ launch, entry }: Looking): { from: Date; to: Date } => lookBackTo(entry, entry.type === 'date' ? launch.dueAt : launch.startedAt!);

const lookedAt = (looking: Looking, entry: Extract<LookingBack, { type: 'event' }>, zone: string): LookedAt => ({ rule: entryRule(entry), ...windowOf(looking), zone });

/** Freezes whom a launch that looks back takes, at its start. What is known later of an earlier moment is not of it. */
export async function freezeLookedBack(tx: Db, looking: Looking, zone: string): Promise<void> {
  const { launch, entry } = looking;
  if (entry.type === 'event') return freezeWhoDid(tx, launch.id, lookedAt(looking, entry, zone));
  for await (const page of dueByDate(tx, entry, windowOf(looking), zone)) await freezePeople(tx, launch.id, page.map(({ personId }) => personId));
}

/** Whose last moment by a date lies in (from, to], page by page. */
export async function* dueByDate(db: Db, entry: Extract<LookingBack, { type: 'date' }>, { from, to }: { from: Date; to: Date }, zone: string): AsyncGenerator<{ personId: string; at: Date; zone: string }[]> {
  const window = dateWindow(from, to, entry);
  for (let after: string | null = null, full = true; full; ) {
    const page: PersonDate[] = await (entry.every === 'year' ? anniversariesIn : datesIn)(db, entry.attribute, { ...window, after }, PAGE);
    yield page.flatMap((date) => {
      const own = usableZone(date.zone, zone);
      const at = dateEntriesIn(date, entry, own, { from, to }).at(-1);
      return at ? [{ personId: date.personId, at, zone: own }] : [];
    });
    full = page.length === PAGE;
    after = page.at(-1)?.personId ?? null;
  }
}

/** With what frozen people enter: the last moment of theirs in the window, of each key where runs are told apart. Who has none any more (an event erased, a date moved) is absent. */
export async function lookedBackCandidates(tx: Db, looking: Looking, people: readonly string[], { zone }: Moment): Promise<Candidate[]> {
  const { launch, entry } = looking;
  const found = (personId: string, record: EntryRecord): Candidate => ({ personId, entry: { ...record, launchId: launch.id }, past: { at: new Date(record.at), since: launch.startedAt! } });
  if (entry.type === 'event') {
    const events = await lastOfRule(tx, lookedAt(looking, entry, zone), people);
    return events.map(({ id, personId, occurredAt, properties, key }) => found(personId, { kind: 'event', at: occurredAt.toISOString(), event: entry.event, eventId: id, properties, ...(key === null ? {} : { key }) }));
  }
  const window = windowOf(looking);
  return [...(await datesOf(tx, entry.attribute, people)).values()].flatMap((date) => {
    const at = dateEntriesIn(date, entry, usableZone(date.zone, zone), window).at(-1);
    return at ? [found(date.personId, { kind: 'date', at: at.toISOString() })] : [];
  });
}
