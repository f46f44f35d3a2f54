import type { Db } from '../../platform/database/db.js';
import type { EntryRecord } from '../store/enrollments.store.js';
import { whoDidSince } from '../store/events.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';

/** Keys of the exiting goals a person has reached and of the exit rules that hold for them. */
export interface Endings { goals: string[]; rules: string[] }

export interface Subject {
  personId: string;
  /** The run's own entry: goals that are events count from it. Null before entry, when only conditions can be true. */
  entry: EntryRecord | null;
}

/**
 * What would end the runs of these people now, from the data itself: conditions by their definitions, event goals by the
 * events since entry. Everything accepted before this moment counts, whether or not its news has been worked off.
 * People for whom nothing holds are absent.
 */
export async function endingsOf(tx: Db, version: CampaignVersion, subjects: readonly Subject[], moment: Moment): Promise<Map<string, Endings>> {
  const { goals, exitRules } = version.published;
  const found = new Map<string, Endings>();
  const of = (personId: string): Endings => {
    let endings = found.get(personId);
    if (!endings) found.set(personId, (endings = { goals: [], rules: [] }));
    return endings;
  };
  const people = subjects.map((subject) => subject.personId);
  const since = subjects.flatMap(({ personId, entry }) => (entry ? [{ personId, at: entry.at, exceptEventId: entry.eventId ?? null }] : []));
  for (const goal of goals) {
    if (!goal.exits) continue;
    const reached = new Set([
      ...(goal.condition ? await whoMeets(tx, goal.condition, people, moment) : []),
      ...(goal.event && since.length > 0 ? await whoDidSince(tx, goal.event, since, moment.zone) : []),
    ]);
    for (const personId of reached) of(personId).goals.push(goal.key);
  }
  for (const rule of exitRules) {
    for (const personId of await whoMeets(tx, rule.condition, people, moment)) of(personId).rules.push(rule.key);
  }
  return found;
}
