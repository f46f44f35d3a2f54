import { addDuration } from '../../kernel/local-time.js';
import type { SegmentNode } from '../../contract/segment.js';
import { rows, type Db } from '../../platform/database/db.js';
import { heldThen, momentsOfChange, readPast, type PastDefinition } from '../../segments/past-questions.js';
import { dateEntriesIn } from '../domain/next-due.js';
import { isInShare } from '../domain/steering.js';
import { lookBackTo, lookingBack, takesFuture } from '../domain/takes.js';
import { testThenSendOf } from '../domain/test-then-send.js';
import { attributeAt, unitOf } from '../domain/units.js';
import { entryRule } from '../engine/endings.js';
import { usableZone } from '../engine/people.js';
import type { EntryRecord } from '../store/enrollments.store.js';
import { enteringEvents, lastOfRule, type FoundEvent } from '../store/events.store.js';
import { stateAt, type PersonState, type Trigger } from './replay/sim-person.js';
import type { SimPlan } from './replay/sim-plan.js';
import { isRecorded, knownThen, membersThen, namedEntries, recordedFlips } from './store/triggers.store.js';

/** Where the memberships of the entry's segment come from; `definition` of one that was not followed all the time. */
export interface EntrySource { recorded: boolean; definition: PastDefinition | null }

type States = ReadonlyMap<string, readonly PersonState[]>;

export async function entrySourceOf(db: Db, plan: SimPlan): Promise<EntrySource> {
  const { entry } = plan.version.published;
  const segmentId = 'segmentId' in entry ? entry.segmentId : null;
  if (segmentId === null) return { recorded: true, definition: null };
  const recorded = await isRecorded(db, segmentId, plan);
  const inside: SegmentNode = { type: 'segment', op: 'in', segmentId };
  return { recorded, definition: recorded ? null : await readPast(db, inside) };
}

/** What would have let these people in during the span, in order of time. */
export async function triggersOf(db: Db, plan: SimPlan, source: EntrySource, people: { ids: readonly string[]; states: States }): Promise<Map<string, Trigger[]>> {
  const { entry, definition } = plan.version.published;
  const triggers = new Map<string, Trigger[]>();
  const add = (personId: string, trigger: Trigger): void => {
    const list = triggers.get(personId);
    if (list) list.push(trigger);
    else triggers.set(personId, [trigger]);
  };
  if (entry.type === 'event') {
    const rule = entryRule(entry);
    const looking = lookingBack(entry);
    const enters = ({ id, properties, key, occurredAt }: FoundEvent): EntryRecord => ({ kind: 'event', at: occurredAt.toISOString(), event: entry.event, eventId: id, properties, ...(key === null ? {} : { key }) });
    if (looking) for (const event of await lastOfRule(db, { rule, ...lookBackTo(looking, new Date(plan.from)), zone: plan.zone }, people.ids, new Date(plan.from))) add(event.personId, { at: plan.from, entry: enters(event), past: true });
    if (takesFuture(entry)) for (const event of await enteringEvents(db, rule, people.ids, { from: new Date(plan.from), to: new Date(plan.to) }, plan.zone)) add(event.personId, { at: event.receivedAt.getTime(), entry: enters(event) });
  } else if (entry.type === 'date') {
    const looking = lookingBack(entry);
    if (looking) for (const id of people.ids) for (const at of dateThen(people.states.get(id) ?? [], entry, plan, lookBackTo(looking, new Date(plan.from)))) add(id, { at: plan.from, entry: { kind: 'date', at: at.toISOString() }, past: true });
    if (takesFuture(entry)) for (const id of people.ids) for (const at of datesOf(people.states.get(id) ?? [], entry, plan)) add(id, { at: at.getTime(), entry: { kind: 'date', at: at.toISOString() } });
  } else if (entry.type === 'api') {
    for (const { personId, at, entry: named } of await namedEntries(db, people.ids, plan)) add(personId, { at: at.getTime(), entry: named });
  } else if (entry.type === 'segment') {
    const membership = await membershipOf(db, plan, source, entry.segmentId, people);
    if (entry.on !== 'left' && entry.take !== 'future_only') for (const id of membership.inside) add(id, { at: plan.from, entry: launched(plan.from, entry.segmentId) });
    const wanted = entry.on !== 'left';
    if (entry.take !== 'current_only') for (const { personId, entered, at, told } of membership.flips) if (entered === wanted) add(personId, { at: told, entry: { kind: 'segment', at: at.toISOString(), segmentId: entry.segmentId } });
  } else if (entry.type === 'launch') {
    const launchAt = definition.type === 'broadcast' && definition.launchAt ? Date.parse(definition.launchAt) : plan.from;
    const at = launchAt > plan.from && launchAt <= plan.to ? launchAt : plan.from;
    for (const id of await meantBy(db, plan, source, { segmentId: entry.segmentId, at, people })) add(id, launchTrigger(plan, { id, states: people.states.get(id) ?? [] }, at, entry.segmentId));
  }
  return triggers;
}

const launched = (at: number, segmentId: string | null): EntryRecord => ({ kind: 'launch', at: new Date(at).toISOString(), ...(segmentId === null ? {} : { segmentId }) });

/** The rest of a test that is sent first comes after its wait, and gets the first arm: which one would be in front nobody knows. */
function launchTrigger(plan: SimPlan, { id, states }: { id: string; states: readonly PersonState[] }, at: number, segmentId: string | null): Trigger {
  const test = testThenSendOf(plan.version.published);
  const { account } = test?.experiment ?? {};
  const unit = account === undefined || states.length === 0 ? id : unitOf({ account }, id, attributeAt(stateAt(states, at).person.attributes, account));
  if (!test || isInShare(test.experiment, test.share, unit)) return { at, entry: launched(at, segmentId) };
  const rest = addDuration(new Date(at), test.wait, plan.zone).getTime();
  return { at: rest, entry: launched(rest, segmentId), arm: test.experiment.arms.find(({ isControl }) => !isControl)!.key };
}

function datesOf(states: readonly PersonState[], entry: Extract<SimPlan['version']['published']['entry'], { type: 'date' }>, plan: SimPlan): Date[] {
  return states.flatMap(({ from, dates, person }, place) => {
    const date = dates.get(entry.attribute);
    const window = { from: new Date(Math.max(plan.from, from)), to: new Date(Math.min(plan.to, states[place + 1]?.from ?? Infinity)) };
    return date && window.from < window.to ? dateEntriesIn(date, entry, usableZone(person.timeZone, plan.zone), window) : [];
  });
}

/** The last moment by the date a person had at the beginning of the span. */
function dateThen(states: readonly PersonState[], entry: Extract<SimPlan['version']['published']['entry'], { type: 'date' }>, plan: SimPlan, window: { from: Date; to: Date }): Date[] {
  if (states.length === 0) return [];
  const { dates, person } = stateAt(states, plan.from);
  const date = dates.get(entry.attribute);
  return date ? dateEntriesIn(date, entry, usableZone(person.timeZone, plan.zone), window).slice(-1) : [];
}

interface People { ids: readonly string[]; states: States }
interface SimFlip { personId: string; entered: boolean; at: Date; /** When campaigns were told of it. */ told: number }

/** Who was in the segment at the beginning of the span, and how people came and went: as recorded, else by the definition of now. */
async function membershipOf(db: Db, plan: SimPlan, { definition }: EntrySource, segmentId: string, people: People): Promise<{ inside: Set<string>; flips: SimFlip[] }> {
  if (definition) return computedMembership(db, plan, definition, people);
  const flips = (await recordedFlips(db, segmentId, people.ids, plan)).map(({ recordedAt, ...flip }) => ({ ...flip, told: recordedAt.getTime() }));
  return { inside: await membersThen(db, segmentId, people.ids, new Date(plan.from)), flips };
}

async function computedMembership(db: Db, plan: SimPlan, definition: PastDefinition, { ids, states }: People): Promise<{ inside: Set<string>; flips: SimFlip[] }> {
  const start = new Date(plan.from);
  const moments = await momentsOfChange(db, definition, ids, { after: start, to: new Date(plan.to) });
  const asked = [...ids.map((personId) => ({ personId, at: start })), ...moments.map(({ personId, at }) => ({ personId, at: at }))];
  const questions = asked.flatMap(({ personId, at }) => (states.has(personId) ? [{ personId, at, then: stateAt(states.get(personId)!, at.getTime()).known }] : []));
  const truths = await heldThen(db, definition, questions);
  const answers = questions.map(({ personId, at }, place) => ({ personId, at, inside: truths[place] === true })).sort((one, other) => one.at.getTime() - other.at.getTime());
  const inside = new Set<string>();
  const now = new Set<string>();
  const flips: SimFlip[] = [];
  for (const answer of answers) {
    const { personId, at } = answer;
    if (now.has(personId) === answer.inside) continue;
    if (answer.inside) now.add(personId);
    else now.delete(personId);
    if (at.getTime() === plan.from) inside.add(personId);
    else flips.push({ personId, entered: answer.inside, at, told: at.getTime() });
  }
  return { inside, flips };
}

async function meantBy(db: Db, plan: SimPlan, { definition }: EntrySource, { segmentId, at, people }: { segmentId: string | null; at: number; people: People }): Promise<Set<string>> {
  const moment = new Date(at);
  if (segmentId === null) return knownThen(db, people.ids, moment);
  if (!definition) return membersThen(db, segmentId, people.ids, moment);
  const questions = people.ids.flatMap((personId) => (people.states.has(personId) ? [{ personId, at: moment, then: stateAt(people.states.get(personId)!, at).known }] : []));
  const truths = await heldThen(db, definition, questions);
  return new Set(questions.filter((_, place) => truths[place] === true).map(({ personId }) => personId));
}

/** How many people the history no longer tells of: erased, or become part of somebody else, since a moment. */
export async function lostSince(db: Db, from: Date): Promise<{ erased: number; merged: number }> {
  const [found] = await rows<{ erased: number; merged: number }>(db, `
    select (select count(*)::int from erased_person as e where e.at > $1::timestamptz) as erased, (select count(*)::int from person_merge as m where m.at > $1::timestamptz) as merged`, [from]);
  return found!;
}
