import { row, rows, type Db } from '../../platform/database/db.js';
import type { Stage } from '../domain/ramp.js';
import type { Flip } from '../domain/settled.js';

/** The entry of everybody who is meant at one moment. */
export interface Launch {
  id: string;
  campaignId: string;
  versionId: string;
  /** Null: everybody; the audience alone decides. */
  segmentId: string | null;
  state: 'waiting' | 'running';
  /** When it was to begin: of a series, when it was published. */
  dueAt: Date;
  /** The last person taken. */
  cursor: string | null;
  startedAt: Date | null;
  campaignState: string;
  /** `test`: a share gets the arms, the others are frozen for the `rest`. */
  part: 'all' | 'test' | 'rest';
  /** Stages before the last one; null: everybody at once. */
  ramp: Stage[] | null;
  /** Stages begun. */
  stage: number;
  /** Of a ramp: no stage is under way, and the next one not before this. */
  resumeAt: Date | null;
  /** Who is left stands in `launch_person`. */
  copied: boolean;
  /** Messages that ended since then can halt a ramp. */
  countedFrom: Date | null;
  forecast: number | null;
  /** Of the draft that was published. */
  revision: number | null;
  total: number | null;
  done: number;
}

const LAUNCH = `l.id, l.campaign_id as "campaignId", l.version_id as "versionId", l.segment_id as "segmentId", l.state, l.due_at as "dueAt", l.cursor, l.started_at as "startedAt", l.part,
  l.ramp, l.stage, l.resume_at as "resumeAt", l.counted_from as "countedFrom", l.copied, l.forecast, l.revision, l.people_total as total, l.people_done as done`;

/** Launches that may go on now: due, their campaign not paused, their segment complete, nobody asked first, no stage to be waited for. The oldest first. */
export async function dueLaunches(db: Db, now: Date): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select l.id
      from launch as l
      join campaign as c on c.id = l.campaign_id and c.state <> 'paused'
      left join segment as s on s.id = l.segment_id
     where l.state in ('waiting', 'running') and l.due_at <= $1::timestamptz and (l.segment_id is null or s.state = 'live' or c.state <> 'active')
       and ((l.resume_at is null and l.unapproved is null) or c.state <> 'active')
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

/** Everybody of the stage was looked at: the next one may begin from then on. */
export async function endStage(tx: Db, id: string, { resumeAt, copied }: { resumeAt: Date; copied: boolean }): Promise<void> {
  await rows(tx, `update launch as l set cursor = null, resume_at = $2::timestamptz, copied = $3 where l.id = $1 and l.state = 'running'`, [id, resumeAt, copied]);
}

/** Notes how far a launch has come. */
export async function moveLaunch(tx: Db, id: string, cursor: string | null, taken: number): Promise<void> {
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
                   when l.state = 'running' and (l.ramp is not null or l.cursor is null or f.person_id > l.cursor) then true
                   else exists (select from enrollment as e where e.person_id = f.person_id and e.campaign_id = l.campaign_id and e.entry ->> 'launchId' = l.id::text)
                     or exists (select from decision as d where d.person_id = f.person_id and d.campaign_id = l.campaign_id and d.facts -> 'trigger' ->> 'launchId' = l.id::text) end)`,
  [campaignId, flips.map((flip) => flip.segmentId), flips.map((flip) => flip.personId), flips.map((flip) => flip.at)]);
  const gone = new Set(taken.map(({ index }) => index - 1));
  return flips.filter((_, index) => !gone.has(index));
}

/** An event that would let somebody in. */
interface Entering { personId: string; id: string; occurredAt: Date; key: string | null }

/**
 * Leaves out events that a launch of the campaign looks back at: whoever did one before it started is taken by it, or was already. Without
 * this they would enter twice, by the launch and by the news of their event.
 *
 * @param byKey each key has a run of its own
 */
export async function withoutLookedBack<E extends Entering>(tx: Db, campaignId: string, events: readonly E[], { lookBackMs, byKey, now }: { lookBackMs: number; byKey: boolean; now: Date }): Promise<E[]> {
  const taken = await rows<{ index: number }>(tx, `
    select n.index::int as index
      from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[]) with ordinality as n (person_id, event_id, at, key, index)
     where exists (
       select from launch as l
        where l.campaign_id = $1 and l.segment_id is null and l.state <> 'cancelled'
          and case when l.state = 'waiting' then n.at > $6::timestamptz
                   when n.at > l.started_at then false
                   else exists (select from launch_person as f where f.launch_id = l.id and f.person_id = n.person_id)
                     or exists (select from enrollment as e where e.person_id = n.person_id and e.campaign_id = l.campaign_id and e.entry ->> 'launchId' = l.id::text and (not $7::boolean or e.entry_key = coalesce(n.key, '')))
                     or exists (select from decision as d where d.person_id = n.person_id and d.campaign_id = l.campaign_id and d.facts -> 'trigger' ->> 'launchId' = l.id::text and (not $7::boolean or d.facts -> 'trigger' ->> 'eventId' = n.event_id::text)) end)`,
  [campaignId, events.map(({ personId }) => personId), events.map(({ id }) => id), events.map(({ occurredAt }) => occurredAt), events.map(({ key }) => key), new Date(now.getTime() - lookBackMs), byKey]);
  const gone = new Set(taken.map(({ index }) => index - 1));
  return events.filter((_, index) => !gone.has(index));
}

/** A launch as its campaign's page tells it. */
export interface ToldLaunch extends Omit<Launch, 'state' | 'campaignState'> {
  state: 'waiting' | 'running' | 'done' | 'cancelled';
  finishedAt: Date | null;
  unapproved: { people: number | null; approved: number | null; above: number } | null;
}

/** The newest launch of a campaign; one that is under way goes before one that is over. */
export const lastLaunch = (db: Db, campaignId: string): Promise<ToldLaunch | null> => row(db, `
  select ${LAUNCH}, l.finished_at as "finishedAt", l.unapproved
    from launch as l where l.campaign_id = $1 order by l.state in ('waiting', 'running') desc, l.id desc limit 1`, [campaignId]);
