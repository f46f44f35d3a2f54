import { row, rows, type Db } from '../../platform/database/db.js';
import type { Flip } from '../domain/settled.js';
import { takeFrozen } from './test-then-send.store.js';

/** The entry of everybody who is meant at one moment. */
export interface Launch {
  id: string;
  campaignId: string;
  versionId: string;
  /** Null: everybody; the audience alone decides. */
  segmentId: string | null;
  state: 'waiting' | 'running';
  /** The last person taken. */
  cursor: string | null;
  startedAt: Date | null;
  campaignState: string;
  /** `test`: a share gets the arms, the others are frozen for the `rest`. */
  part: 'all' | 'test' | 'rest';
}

const LAUNCH = `l.id, l.campaign_id as "campaignId", l.version_id as "versionId", l.segment_id as "segmentId", l.state, l.cursor, l.started_at as "startedAt", l.part`;

/** Launches that may go on now: due, their campaign not paused, their segment complete. The oldest first. */
export async function dueLaunches(db: Db, now: Date): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select l.id
      from launch as l
      join campaign as c on c.id = l.campaign_id and c.state <> 'paused'
      left join segment as s on s.id = l.segment_id
     where l.state in ('waiting', 'running') and l.due_at <= $1::timestamptz and (l.segment_id is null or s.state = 'live' or c.state <> 'active')
     order by l.due_at, l.id`, [now]);
  return found.map(({ id }) => id);
}

/** When the first launch that is not over is, or was, due; one held by a pause or a segment under construction counts. */
export async function firstLaunch(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, `select min(l.due_at) as at from launch as l where l.state in ('waiting', 'running')`))!.at;
}

/** When the next launch is due; those held by a pause or a segment under construction are woken by its end. */
export async function nextLaunch(db: Db, now: Date): Promise<Date | null> {
  const found = await row<{ at: Date | null }>(db, `
    select min(l.due_at) as at from launch as l where l.state = 'waiting' and l.due_at > $1::timestamptz`, [now]);
  return found!.at;
}

/** Takes a launch for this transaction; null when another process has it or it is over. Its campaign stays as it is until commit. */
export function takeLaunch(tx: Db, id: string): Promise<Launch | null> {
  return row<Launch>(tx, `
    select ${LAUNCH}, c.state as "campaignState"
      from launch as l join campaign as c on c.id = l.campaign_id
     where l.id = $1 and l.state in ('waiting', 'running') for update of l skip locked for share of c`, [id]);
}

const MEMBERS = `select m.person_id as id from segment_member as m where m.segment_id = $1 and m.since <= $2::timestamptz`;
const EVERYBODY = `select p.id from person as p where $1::uuid is null and p.created_at <= $2::timestamptz`;

/** Fixes who is meant: members at this moment; who comes later is not of this launch. The rest of a test was fixed with its launch. */
export async function startLaunch(tx: Db, launch: Launch, now: Date): Promise<void> {
  const [meant, given] = launch.part === 'rest' ? ['select f.person_id from launch_person as f where f.launch_id = $1', [launch.id]] : [launch.segmentId === null ? EVERYBODY : MEMBERS, [launch.segmentId, now]];
  const { count } = (await row<{ count: number }>(tx, `select count(*)::int as count from (${meant as string}) as meant (id)`, given as unknown[]))!;
  await rows(tx, `update launch as l set state = 'running', started_at = $2::timestamptz, people_total = $3 where l.id = $1 and l.state = 'waiting'`, [launch.id, now, count]);
}

/** The next people of a running launch in order of id. Those of the rest of a test leave the frozen ones with it. */
export async function launchPage(tx: Db, launch: Launch, limit: number): Promise<string[]> {
  if (launch.part === 'rest') return takeFrozen(tx, launch.id, limit);
  const [source, id] = launch.segmentId === null ? [EVERYBODY, 'p.id'] : [MEMBERS, 'm.person_id'];
  const found = await rows<{ id: string }>(tx, `${source} and ($3::uuid is null or ${id} > $3::uuid) order by ${id} limit $4`, [launch.segmentId, launch.startedAt, launch.cursor, limit]);
  return found.map((person) => person.id);
}

/** Notes how far a launch has come. */
export async function moveLaunch(tx: Db, id: string, cursor: string, taken: number): Promise<void> {
  await rows(tx, `update launch as l set cursor = $2, people_done = l.people_done + $3 where l.id = $1 and l.state = 'running'`, [id, cursor, taken]);
}

export async function endLaunch(tx: Db, id: string, state: 'done' | 'cancelled', now: Date): Promise<void> {
  await rows(tx, `update launch as l set state = $2, finished_at = $3::timestamptz where l.id = $1 and l.state in ('waiting', 'running')`, [id, state, now]);
}

/**
 * Leaves out those whom a launch of the campaign takes anyway: who entered its segment before it began is taken by it, or
 * was already. Without this they would be refused as entering again.
 */
export async function withoutLaunched(tx: Db, campaignId: string, flips: readonly Flip[]): Promise<Flip[]> {
  const taken = await rows<{ index: number }>(tx, `
    select f.index::int as index
      from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) with ordinality as f (segment_id, person_id, at, index)
     where exists (
       select from launch as l
        where l.campaign_id = $1 and l.segment_id = f.segment_id
          and case when l.state = 'waiting' then true
                   when l.state = 'cancelled' or f.at > l.started_at then false
                   when l.state = 'running' and (l.cursor is null or f.person_id > l.cursor) then true
                   else exists (select from enrollment as e where e.person_id = f.person_id and e.campaign_id = l.campaign_id and e.entry ->> 'launchId' = l.id::text)
                     or exists (select from decision as d where d.person_id = f.person_id and d.campaign_id = l.campaign_id and d.facts -> 'trigger' ->> 'launchId' = l.id::text) end)`,
  [campaignId, flips.map((flip) => flip.segmentId), flips.map((flip) => flip.personId), flips.map((flip) => flip.at)]);
  const gone = new Set(taken.map(({ index }) => index - 1));
  return flips.filter((_, index) => !gone.has(index));
}
