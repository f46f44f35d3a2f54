import type { RunEvent } from '../../contract/campaign-goals.js';
import type { Db } from '../../platform/database/db.js';
import type { PublishedEntry } from '../domain/published.js';
import type { EventRule } from '../store/events.store.js';
import type { EntryRecord } from '../store/enrollments.store.js';
import { whenDidSince, whoDidSince } from '../store/events.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';

/** Keys of the exiting goals a run has reached and of the exit rules that hold for it. */
export interface Endings { goals: string[]; rules: string[] }

export interface Subject {
  /** Of the run; before entry the person's. */
  id: string;
  personId: string;
  /** The run's own entry: events count from it. Null before entry, when only conditions can be true. */
  entry: EntryRecord | null;
}

/** An event that a run waits for or ends by, as it is asked for: with the key of the entry where it must be the same. */
export function ruleOf({ name, where, sameKey }: RunEvent, { published }: CampaignVersion): EventRule {
  const key = sameKey && 'key' in published.entry ? published.entry.key : undefined;
  return { name, where, ...(key === undefined ? {} : { key }) };
}

/** The event that lets people in. */
export const entryRule = ({ event, where, key }: Extract<PublishedEntry, { type: 'event' }>): EventRule => ({ name: event, where, ...(key === undefined ? {} : { key }) });

/** Ids of the runs whose person did this since their entry, from the data itself. */
export async function whoDid(tx: Db, event: RunEvent, version: CampaignVersion, subjects: readonly Subject[], zone: string): Promise<Set<string>> {
  const begun = subjects.flatMap(({ id, personId, entry }) => (entry ? [{ id, personId, at: entry.at, exceptEventId: entry.eventId ?? null, key: entry.key ?? null }] : []));
  if (begun.length === 0) return new Set();
  return new Set((await whoDidSince(tx, ruleOf(event, version), begun, zone)).map((place) => begun[place]!.id));
}

/** When these runs' people first did this since their entry, by id of the run. */
export async function whenDid(tx: Db, event: RunEvent, version: CampaignVersion, runs: readonly (Subject & { entry: EntryRecord })[], zone: string): Promise<Map<string, Date>> {
  if (runs.length === 0) return new Map();
  const since = runs.map(({ personId, entry }) => ({ personId, at: entry.at, exceptEventId: entry.eventId ?? null, key: entry.key ?? null }));
  return new Map([...(await whenDidSince(tx, ruleOf(event, version), since, zone))].map(([place, at]) => [runs[place]!.id, at]));
}

/**
 * What would end these runs now, from the data itself: conditions by their definitions, events by what happened since entry.
 * Everything accepted before this moment counts, whether or not its news has been worked off. By id of the subject; those for
 * whom nothing holds are absent.
 */
export const endingsOf = (tx: Db, version: CampaignVersion, subjects: readonly Subject[], moment: Moment): Promise<Map<string, Endings>> =>
  collect(version, (rule) => whoReached(tx, version, rule, subjects, moment));

/**
 * What of these runs, which are about to begin, was over on the way: an event came since what let them in, and its news may have been worked off when there was no run
 * to end. Conditions are asked at the gates of entry. Where a message comes first its step asks all of it in the same transaction or the next.
 */
export async function endingsOnTheWay(tx: Db, version: CampaignVersion, runs: readonly Subject[], { zone }: Pick<Moment, 'zone'>): Promise<Map<string, Endings>> {
  const { start, steps } = version.published;
  if (runs.length === 0 || steps[start]!.type === 'message') return new Map();
  return collect(version, async ({ event }) => (event ? whoDid(tx, event, version, runs, zone) : []));
}

interface EndingRule { condition?: Parameters<typeof whoMeets>[1]; event?: RunEvent }

/** Asks about each exiting goal and each exit rule of a version for whom it holds. */
async function collect(version: CampaignVersion, holding: (rule: EndingRule) => Promise<Iterable<string>>): Promise<Map<string, Endings>> {
  const { goals, exitRules } = version.published;
  const found = new Map<string, Endings>();
  const of = (id: string): Endings => {
    let endings = found.get(id);
    if (!endings) found.set(id, (endings = { goals: [], rules: [] }));
    return endings;
  };
  for (const goal of goals) if (goal.exits) for (const id of await holding(goal)) of(id).goals.push(goal.key);
  for (const rule of exitRules) for (const id of await holding(rule)) of(id).rules.push(rule.key);
  return found;
}

/** Ids of the runs for which a goal or an exit rule holds now. */
export async function whoReached(tx: Db, version: CampaignVersion, { condition, event }: EndingRule, subjects: readonly Subject[], moment: Moment): Promise<string[]> {
  const holding = condition ? await whoMeets(tx, condition, subjects.map(({ personId }) => personId), moment) : null;
  const did = event ? await whoDid(tx, event, version, subjects, moment.zone) : null;
  return subjects.filter(({ id, personId }) => holding?.has(personId) || did?.has(id)).map(({ id }) => id);
}
