import { expect } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { rows } from '../../src/platform/database/db.js';
import { explainPerson, membersAmong, membersOf } from '../../src/segments/segment-questions.js';
import { matches } from './segment-oracle.js';
import type { WorldRun } from './segment-run.js';
import type { WorldPerson } from './segment-world.js';

const HALF_SECOND = 500;
/** All instants of a world lie on half seconds: within this reach every change of an answer is looked for at each of them. */
const REACH_MS = 60_000;

export interface Live { id: string; node: SegmentNode }
type TruthAt = (node: SegmentNode, person: WorldPerson, at: Date) => boolean;

/** The naive answer, with these definitions behind the names of segments. */
export function truthOf(run: WorldRun, live: readonly Live[]): TruthAt {
  const segments = new Map(live.map(({ id, node }) => [id, node]));
  return (node, person, at) => matches(node, person, { now: at, zone: run.world.zone, segments });
}

/** Everything is built: each segment means what was last asked for, and no trace of a build is left. */
export async function expectBuilt(run: WorldRun): Promise<Live[]> {
  const found = await rows<Live & { state: string }>(run.db, `select s.id, s.definition as node, s.state from segment as s where s.state <> 'archived' order by s.id`);
  const wanted = run.segments.filter((segment) => segment.wanted !== null).map(({ id, wanted: node }) => ({ id, node: node!, state: 'live' }));
  expect(found).toEqual(wanted.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  expect(await rows(run.db, 'select b.segment_id from segment_build as b union all select m.segment_id from segment_build_member as m')).toEqual([]);
  return found;
}

/** set = some = maintained membership = oracle, and what the flips say; one comparison for each definition. */
export async function expectAgreement(run: WorldRun, live: readonly Live[]): Promise<number> {
  const now = run.moment;
  const truthAt = truthOf(run, live);
  const people = [...run.people.people];
  const ids = people.map(({ id }) => id);
  const kept = await rows<{ segment: string; person: string }>(run.db, 'select m.segment_id as segment, m.person_id as person from segment_member as m');
  const replayed = await rows<{ segment: string; person: string }>(run.db, `
    select l.segment_id as segment, l.person_id as person
      from (select distinct on (c.segment_id, c.person_id) c.segment_id, c.person_id, c.entered from membership_change as c order by c.segment_id, c.person_id, c.id desc) as l where l.entered`);
  const of = (list: typeof kept, segment: string) => list.filter((one) => one.segment === segment).map(({ person }) => person).toSorted();
  for (const { id, node } of live) {
    const oracle = people.filter((person) => truthAt(node, person, now)).map((person) => person.id).toSorted();
    const set = (await membersOf(run.db, node, now)).toSorted();
    const some = [...(await membersAmong(run.db, node, ids, now))].toSorted();
    expect({ at: now, node, set, some, kept: of(kept, id), replayed: of(replayed, id) }).toEqual({ at: now, node, set: oracle, some: oracle, kept: oracle, replayed: oracle });
  }
  expect(await rows(run.db, 'select s.id, s.member_count from segment as s where s.member_count <> (select count(*) from segment_member as m where m.segment_id = s.id)')).toEqual([]);
  expect(kept.filter(({ segment }) => !live.some(({ id }) => id === segment))).toEqual([]);
  return live.length;
}

interface Flip { segment: string; person: string; entered: boolean; at: Date }

/**
 * Flips by the clock, between two moments with nothing else happening, are exactly the changes of the naive answer, each at
 * its instant to the millisecond. With changes waiting only their truth is certain, not that nothing was so just before.
 */
export async function expectExactFlips(run: WorldRun, live: readonly Live[], span: { since: string; from: Date; quiet: boolean }): Promise<void> {
  const truthAt = truthOf(run, live);
  const flips = await rows<Flip>(run.db, `select c.segment_id as segment, c.person_id as person, c.entered, c.at from membership_change as c where c.cause = 'clock' and c.id > $1 order by c.id`, [span.since]);
  const people = new Map([...run.people.people].map((person) => [person.id, person]));
  const nodes = new Map(live.map(({ id, node }) => [id, node]));
  for (const flip of flips) {
    const [person, node] = [people.get(flip.person), nodes.get(flip.segment)];
    if (!person || !node) continue;
    const before = new Date(flip.at.getTime() - 1);
    expect([flip.at, truthAt(node, person, flip.at), span.quiet ? truthAt(node, person, before) : !flip.entered]).toEqual([flip.at, flip.entered, !flip.entered]);
  }
  if (!span.quiet || run.moment.getTime() - span.from.getTime() > REACH_MS) return;
  for (const { id, node } of live) {
    for (const [personId, person] of people) {
      const found = flips.filter((flip) => flip.segment === id && flip.person === personId).map(({ at, entered }) => ({ at, entered }));
      expect({ node, found }).toEqual({ node, found: changesBetween((at) => truthAt(node, person, at), span.from, run.moment) });
    }
  }
}

function changesBetween(truthAt: (at: Date) => boolean, from: Date, to: Date): { at: Date; entered: boolean }[] {
  const changes: { at: Date; entered: boolean }[] = [];
  let truth = truthAt(from);
  for (let at = from.getTime() + HALF_SECOND; at <= to.getTime(); at += HALF_SECOND) {
    const next = truthAt(new Date(at));
    if (next !== truth) changes.push({ at: new Date(at), entered: next });
    truth = next;
  }
  return changes;
}

const LATER = [3_600_000, 86_400_000, 86_400_000 * 40];

/** An explanation tells the truth, and the next instant of change exactly: nothing changes before it. */
export async function expectExplained(run: WorldRun, live: readonly Live[], person: WorldPerson): Promise<void> {
  const now = run.moment;
  for (const { node } of live) {
    const truthAt = (at: Date) => truthOf(run, live)(node, person, at);
    const { truth, nextChangeAt } = await explainPerson(run.db, node, person.id, now);
    const [soon] = changesBetween(truthAt, now, new Date(now.getTime() + REACH_MS));
    expect({ node, truth, soon: soon?.at.toISOString() }).toEqual({ node, truth: truthAt(now), soon: nextChangeAt !== null && Date.parse(nextChangeAt) <= now.getTime() + REACH_MS ? nextChangeAt : undefined });
    if (nextChangeAt) expect([nextChangeAt, truthAt(new Date(nextChangeAt)), truthAt(new Date(Date.parse(nextChangeAt) - 1))]).toEqual([nextChangeAt, !truth, truth]);
    else expect([node, LATER.map((ahead) => truthAt(new Date(now.getTime() + ahead)))]).toEqual([node, LATER.map(() => truth)]);
  }
}

/** What the people module kept is what the model of people says. */
export async function expectPeople(run: WorldRun): Promise<void> {
  const found = await rows(run.db, `
    select p.id, p.external_id as "externalId", p.kind, p.time_zone as "timeZone", p.attributes, p.signed_up_at as "signedUpAt", p.first_seen_at as "firstSeenAt", p.last_seen_at as "lastSeenAt",
           array(select t.tag from person_tag as t where t.person_id = p.id order by t.tag) as tags, (select count(*)::int from event as e where e.person_id = p.id) as events
      from person as p order by p.id`);
  const known = [...run.people.people].toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, externalId, kind, timeZone, attributes, signedUpAt, firstSeenAt, lastSeenAt, tags, events }) => (
    { id, externalId, kind, timeZone, attributes, signedUpAt, firstSeenAt, lastSeenAt, tags: [...tags].toSorted(), events: events.length }));
  expect(found).toEqual(known);
}
