import { recordNews } from '../../people/store/news.store.js';
import { survivorsOf } from '../../people/people.store.js';
import { windowMillis } from '../../kernel/local-time.js';
import type { Db } from '../../platform/database/db.js';
import { groupedBy } from '../domain/grouped.js';
import type { Flip, SettledChange } from '../domain/settled.js';
import { activeRuns, lookAgain, waitingRuns, wakeRuns, wakeWaiting, type EntryRecord } from '../store/enrollments.store.js';
import type { EventRule, FoundEvent, NamedEvent } from '../store/events.store.js';
import { withoutLaunched, withoutLookedBack } from '../store/launches.store.js';
import { endEarly } from './end-early.js';
import { entryRule, ruleOf } from './endings.js';
import { enterPeople, isByKey, type Candidate } from './enter.js';
import type { Moment } from './conditions.js';
import { lockWaits } from './locks.js';
import { satisfying, type Heard } from './heard.js';
import { lookedBackFor } from './looking-back.js';
import type { Entrance, Watch } from './watch.js';

/** Who listens, and what there is to hear in this batch. */
export interface Listening { watch: Watch; heard: Heard }

interface News {
  flips: Flip[];
  events: NamedEvent[];
  names: Set<string>;
}

/**
 * Works off one group of news: ends what ended, lets people in, ends again what an event after the entry reached, and
 * wakes who waited. Nobody is named twice within a group, so sets keep each person's order.
 */
export async function workOffNews(tx: Db, { watch, heard }: Listening, group: readonly SettledChange[], moment: Moment): Promise<void> {
  await tellAudiences(tx, watch, group, moment);
  await followDates(tx, watch, group, moment);
  const news = await aboutSurvivors(tx, concerning(watch, heard, group));
  if (news.flips.length === 0 && news.events.length === 0) return;
  // Taken first and not in the middle, so that nobody waits for it while holding runs.
  if (news.flips.some((flip) => flip.entered && watch.waits.has(flip.segmentId)) || [...news.names].some((name) => watch.waitEvents.has(name))) await lockWaits(tx, 'alone');
  await endByConditions(tx, watch, news, moment);
  await endByEvents(tx, watch, news, moment);
  await letIn(tx, watch, news, moment);
  await endByEvents(tx, watch, news, moment);
  await wake(tx, watch, news, moment);
}

/** Whoever came into or left the audience of an auto message has a browser that must ask anew, if one is open. */
async function tellAudiences(tx: Db, watch: Watch, group: readonly SettledChange[], { now }: Moment): Promise<void> {
  const moved = group.flatMap(({ flips }) => flips).filter(({ segmentId }) => watch.audiences.has(segmentId));
  await recordNews(tx, [...new Set(moved.map(({ personId }) => personId))].map((personId) => ({ personId, kind: 'rules' })), now);
}

/** Whoever waits for a date of theirs and has changed looks at it again. */
async function followDates(tx: Db, watch: Watch, group: readonly SettledChange[], { now }: Moment): Promise<void> {
  const changed = [...new Set(group.flatMap(({ personIds, mergedInto }) => (mergedInto ? [...personIds, mergedInto] : personIds)))];
  if (watch.dateWaits.length === 0 || changed.length === 0) return;
  await lockWaits(tx, 'alone');
  for (const { version, stepId } of watch.dateWaits) await watch.apart(tx, version.campaignId, () => lookAgain(tx, { versionId: version.id, stepId }, changed, now));
}

/** Drops what no campaign listens to, which is most of it. */
function concerning(watch: Watch, heard: Heard, group: readonly SettledChange[]): News {
  const flips = group.flatMap((change) => change.flips).filter(({ segmentId, entered }) => (entered ? watch.segments.has(segmentId) || watch.endings.has(segmentId) || watch.waits.has(segmentId) : watch.leaving.has(segmentId)));
  const events = group.flatMap((change) => change.events.flatMap(({ eventId }) => heard.get(eventId) ?? []));
  return { flips, events, names: new Set(events.map(({ name }) => name)) };
}

/** News names people as they were; their events and runs are with whom they were merged into. */
async function aboutSurvivors(tx: Db, news: News): Promise<News> {
  const people = [...new Set([...news.flips, ...news.events].map(({ personId }) => personId))];
  if (people.length === 0) return news;
  const survivors = await survivorsOf(tx, people);
  if (survivors.size === 0) return news;
  const today = <T extends { personId: string }>(one: T): T => ({ ...one, personId: survivors.get(one.personId) ?? one.personId });
  return { ...news, flips: news.flips.map(today), events: news.events.map(today) };
}

const peopleOf = (flips: readonly Flip[], segmentId: string) => flips.filter((flip) => flip.segmentId === segmentId && flip.entered).map((flip) => flip.personId);

async function endByConditions(tx: Db, watch: Watch, { flips }: News, { now }: Moment): Promise<void> {
  for (const segmentId of new Set(flips.map((flip) => flip.segmentId))) {
    for (const { version, code, key } of watch.endings.get(segmentId) ?? []) {
      await watch.apart(tx, version.campaignId, async () => {
        const runs = await activeRuns(tx, version.id, peopleOf(flips, segmentId));
        await endEarly(tx, runs.map((run) => run.id), { state: 'exited', code, facts: code === 'GOAL_REACHED' ? { goals: [key] } : { rules: [key] } }, now);
      });
    }
  }
}

async function endByEvents(tx: Db, watch: Watch, { events, names }: News, moment: Moment): Promise<void> {
  for (const name of names) {
    for (const { version, code, key, event } of watch.endingEvents.get(name) ?? []) {
      await watch.apart(tx, version.campaignId, async () => {
        const rule = ruleOf(event, version);
        const happened = await satisfying(tx, rule, events, moment.zone);
        if (happened.length === 0) return;
        const runs = concerned(await activeRuns(tx, version.id, happened.map(({ personId }) => personId)), happened, rule);
        await endEarly(tx, runs.map((run) => run.id), { state: 'exited', code, facts: code === 'GOAL_REACHED' ? { goals: [key] } : { rules: [key] } }, moment.now);
      });
    }
  }
}

/** The runs that one of these events is about: it came at or after the entry, is not the entry itself, and has the same key where that is asked. */
function concerned<R extends { personId: string; entry: EntryRecord }>(runs: readonly R[], events: readonly FoundEvent[], rule: EventRule): R[] {
  const byPerson = groupedBy(events, (event) => event.personId);
  return runs.filter(({ personId, entry }) => byPerson.get(personId)?.some((event) =>
    event.occurredAt >= new Date(entry.at) && event.id !== entry.eventId && (rule.key === undefined || (event.key !== null && event.key === entry.key))));
}

async function letIn(tx: Db, watch: Watch, { flips, events, names }: News, moment: Moment): Promise<void> {
  for (const segmentId of new Set(flips.map((flip) => flip.segmentId))) {
    const [came, left] = [true, false].map((entered) => flips.filter((flip) => flip.segmentId === segmentId && flip.entered === entered)) as [Flip[], Flip[]];
    const entrances = [...(watch.segments.get(segmentId) ?? []).map((entrance) => ({ entrance, moved: came })), ...(watch.leaving.get(segmentId) ?? []).map((entrance) => ({ entrance, moved: left }))];
    for (const { entrance, moved } of entrances) {
      await watch.apart(tx, entrance.version.campaignId, async () => {
        const entering = await withoutLaunched(tx, entrance.version.campaignId, moved);
        await enterPeople(tx, entrance, entering.map(({ personId, at }): Candidate => ({ personId, entry: { kind: 'segment', at: at.toISOString(), segmentId } })), moment);
      });
    }
  }
  for (const name of names) {
    for (const entrance of watch.events.get(name) ?? []) {
      const { entry } = entrance.version.published;
      if (entry.type !== 'event') continue;
      await watch.apart(tx, entrance.version.campaignId, async () => {
        const matched = await satisfying(tx, entryRule(entry), events, moment.zone);
        const entering = await leftToNews(tx, entrance, matched, moment.now);
        await enterPeople(tx, entrance, entering.map((event): Candidate => ({
          personId: event.personId, entry: { kind: 'event', at: event.occurredAt.toISOString(), event: name, eventId: event.id, properties: event.properties, ...(event.key === null ? {} : { key: event.key }) },
        })), moment);
      });
    }
  }
}

/** Without events that a launch takes. */
async function leftToNews(tx: Db, { version }: Entrance, events: readonly FoundEvent[], now: Date): Promise<readonly FoundEvent[]> {
  const looking = lookedBackFor(version);
  if (!looking || events.length === 0) return events;
  return withoutLookedBack(tx, version.campaignId, events, { lookBackMs: windowMillis(looking.lookBack), byKey: isByKey(version), now });
}

async function wake(tx: Db, watch: Watch, { flips, events, names }: News, { now, zone }: Moment): Promise<void> {
  for (const name of names) for (const waiting of watch.waitEvents.get(name) ?? []) await watch.apart(tx, waiting.version.campaignId, () => wakeByEvent(tx, waiting, events, { now, zone }));
  for (const segmentId of new Set(flips.map((flip) => flip.segmentId))) {
    for (const { version, stepId } of watch.waits.get(segmentId) ?? []) {
      await watch.apart(tx, version.campaignId, async () => { await wakeWaiting(tx, { versionId: version.id, stepId }, peopleOf(flips, segmentId), now); });
    }
  }
}

async function wakeByEvent(tx: Db, { version, stepId, event }: Parameters<Watch['waitEvents']['set']>[1][number], events: readonly NamedEvent[], { now, zone }: Moment): Promise<void> {
  const rule = ruleOf(event, version);
  const happened = await satisfying(tx, rule, events, zone);
  if (happened.length > 0) await wakeRuns(tx, concerned(await waitingRuns(tx, { versionId: version.id, stepId }, happened.map(({ personId }) => personId)), happened, rule), now);
}
