import { bucketOf, BUCKETS } from '../../kernel/bucket.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import { bucketsOf } from '../domain/ramp.js';
import type { Launch } from './launches.store.js';
import { takeFrozen } from './test-then-send.store.js';

/**
 * The members of a segment at a moment, though it has changed since: who is in it and was then, and whose first change since was to
 * leave. Nobody is copied: the history of memberships is the snapshot (docs/decisions/frozen-audience.md).
 */
const LEFT_SINCE = `c.at > $2::timestamptz and not c.entered
       and not exists (select from membership_change as b where b.segment_id = c.segment_id and b.person_id = c.person_id and b.at > $2::timestamptz and (b.at, b.id) < (c.at, c.id))`;
const MEMBERS = 'select m.person_id as id from segment_member as m where m.segment_id = $1 and m.since <= $2::timestamptz';
const EVERYBODY = `select p.id from person as p where $1::uuid is null and p.created_at <= $2::timestamptz`;

/**
 * Fixes who is meant: members at this moment; who comes later is not of this launch. The rest of a test was fixed with its launch, and who is looked back for
 * has just been (`copied`). A ramp waits for its first stage to be opened.
 */
export async function startLaunch(tx: Db, launch: Launch, now: Date): Promise<void> {
  const [meant, given] = launch.part === 'rest' || launch.copied ? ['select f.person_id from launch_person as f where f.launch_id = $1', [launch.id]] : [launch.segmentId === null ? EVERYBODY : MEMBERS, [launch.segmentId, now]];
  const { count } = (await row<{ count: number }>(tx, `select count(*)::int as count from (${meant as string}) as meant (id)`, given as unknown[]))!;
  await rows(tx, `
    update launch as l set state = 'running', started_at = $2::timestamptz, people_total = $3, resume_at = case when l.ramp is not null then $2::timestamptz end, counted_from = $2::timestamptz, copied = $4
     where l.id = $1 and l.state = 'waiting'`, [launch.id, now, count, launch.copied]);
}

/** People of a launch, in order of id. */
export interface LaunchPage {
  /** Those of the stage under way; of a launch without stages everybody. */
  people: string[];
  /** The others who were looked at: their stage comes later. Told only when they are asked for. */
  later: string[];
  /** The last one looked at. */
  cursor: string | null;
  ended: boolean;
}

/** Ids are read this many at a time at most when few of them belong to a stage. */
const MOST_READ = 50_000;

/**
 * The next people of a running launch. Those of the rest of a test, and of the later stages of a ramp that were copied, leave the frozen
 * ones with it.
 *
 * @param all look at as many people as may be taken, because those of later stages are asked for as well
 */
export async function launchPage(tx: Db, launch: Launch, limit: number, all: boolean): Promise<LaunchPage> {
  if (launch.part === 'rest') return whole(await takeFrozen(tx, launch.id, limit), limit);
  if (!launch.ramp && launch.copied) return frozenWhole(await takeFrozen(tx, launch.id, limit), limit);
  if (!launch.ramp) return whole(await snapshot(tx, launch, limit), limit);
  const { from, to } = bucketsOf(launch.ramp, launch.stage);
  const reads = all ? limit : Math.min(MOST_READ, Math.ceil((limit * BUCKETS) / (to - from)));
  const found = await (launch.copied ? frozenPage(tx, launch, reads) : snapshot(tx, launch, reads));
  const people: string[] = [];
  const later: string[] = [];
  for (const id of found) {
    const bucket = bucketOf(launch.id, id);
    if (bucket >= from && bucket < to) people.push(id);
    else if (bucket >= to && all) later.push(id);
  }
  if (launch.copied) await dropFrozen(tx, launch.id, people);
  return { people, later, cursor: found.at(-1) ?? null, ended: found.length < reads };
}

const whole = (people: string[], limit: number): LaunchPage => ({ people, later: [], cursor: people.at(-1) ?? null, ended: people.length < limit });

/** Two of them may have become one person. */
const frozenWhole = (people: string[], limit: number): LaunchPage => ({ ...whole(people, limit), people: [...new Set(people)] });

async function snapshot(tx: Db, { segmentId, startedAt, cursor }: Launch, limit: number): Promise<string[]> {
  if (segmentId === null) return idsOf(await rows<{ id: string }>(tx, `${EVERYBODY} and ($3::uuid is null or p.id > $3::uuid) order by p.id limit $4`, [null, startedAt, cursor, limit]));
  const there = idsOf(await rows<{ id: string }>(tx, `
    select m.person_id as id from segment_member as m
     where m.segment_id = $1 and m.since <= $2::timestamptz and ($3::uuid is null or m.person_id > $3::uuid) order by m.person_id limit $4`, [segmentId, startedAt, cursor, limit]));
  // Only between the same people: a page reads the history of a page.
  const gone = idsOf(await rows<{ id: string }>(tx, `
    select c.person_id as id from membership_change as c
     where c.segment_id = $1 and ${LEFT_SINCE} and ($3::uuid is null or c.person_id > $3::uuid) and ($5::uuid is null or c.person_id < $5::uuid)
     order by c.person_id limit $4`, [segmentId, startedAt, cursor, limit, there.length === limit ? there.at(-1) : null]));
  return gone.length === 0 ? there : [...new Set([...there, ...gone])].toSorted().slice(0, limit);
}

const idsOf = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id);

async function frozenPage(tx: Db, launch: Launch, limit: number): Promise<string[]> {
  return idsOf(await rows<{ id: string }>(tx, `select f.person_id as id from launch_person as f where f.launch_id = $1 and ($2::uuid is null or f.person_id > $2::uuid) order by f.person_id limit $3`, [launch.id, launch.cursor, limit]));
}

/** Freezes people for a launch: those whose stage comes later, and those who are looked back for. */
export async function freezePeople(tx: Db, launchId: string, people: readonly string[]): Promise<void> {
  if (people.length > 0) await rows(tx, 'insert into launch_person (launch_id, person_id) select $1, p.id from unnest($2::uuid[]) as p (id)', [launchId, people]);
}

async function dropFrozen(tx: Db, launchId: string, people: readonly string[]): Promise<void> {
  if (people.length > 0) await rows(tx, 'delete from launch_person as f where f.launch_id = $1 and f.person_id = any($2::uuid[])', [launchId, people]);
}

/**
 * Of people who were meant, those who have become part of somebody else since are that person: who has not come to this campaign
 * otherwise, and is not meant beside. @returns each person once
 */
export async function survivorsOf(tx: Db, campaignId: string, people: readonly string[]): Promise<string[]> {
  const merged = await rows<{ fromId: string; intoId: string; known: boolean }>(tx, `
    select m.from_id as "fromId", m.into_id as "intoId",
           exists (select from enrollment as e where e.person_id = m.into_id and e.campaign_id = $2) or exists (select from decision as d where d.person_id = m.into_id and d.campaign_id = $2 and d.stage = 'entry') as known
      from person_merge as m where m.from_id = any($1::uuid[])`, [people, campaignId]);
  if (merged.length === 0) return [...people];
  const into = new Map(merged.map((each) => [each.fromId, each.known ? null : each.intoId]));
  return [...new Set(people.flatMap((id) => (into.has(id) ? into.get(id) ?? [] : [id])))];
}
