import type { SimulationResult } from '../../../contract/simulation.js';
import { exists, row, rows, type Db } from '../../../platform/database/db.js';
import type { Reactions } from '../replay/sim-plan.js';
import type { SamplePerson } from '../domain/tally.js';

export interface Simulation {
  id: string;
  campaignId: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  version: number | null;
  revision: number | null;
  comparedWith: number | null;
  from: Date;
  to: Date;
  reactions: Reactions;
  done: number;
  total: number | null;
  problem: { code: string; message: string } | null;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

const COLUMNS = `s.id, s.campaign_id as "campaignId", s.state, v.number as version, s.revision, o.number as "comparedWith", s.from_at as "from", s.to_at as "to", s.reactions, s.done, s.total, s.problem,
  s.created_by as "createdBy", s.created_at as "createdAt", s.started_at as "startedAt", s.finished_at as "finishedAt"`;
const FROM = 'simulation as s left join campaign_version as v on v.id = s.version_id left join campaign_version as o on o.id = s.compared_id';

export interface NewRow { id: string; campaignId: string; versionId: string | null; comparedId: string | null; revision: number | null; draft: object | null; from: Date; to: Date; reactions: Reactions; createdBy: string }

export async function insertSimulation(tx: Db, asked: NewRow, now: Date): Promise<void> {
  await rows(tx, `
    insert into simulation (id, campaign_id, state, version_id, compared_id, revision, draft, from_at, to_at, reactions, created_by, created_at)
    values ($1, $2, 'waiting', $3, $4, $5, $6::jsonb, $7::timestamptz, $8::timestamptz, $9, $10, $11::timestamptz)`,
  [asked.id, asked.campaignId, asked.versionId, asked.comparedId, asked.revision, asked.draft && JSON.stringify(asked.draft), asked.from, asked.to, asked.reactions, asked.createdBy, now]);
}

/** How many are waiting or running. Those who add one take turns until commit. */
export async function countOpen(tx: Db): Promise<number> {
  await rows(tx, 'select pg_advisory_xact_lock($1)', [RUNS]);
  return (await row<{ count: number }>(tx, `select count(*)::int as count from simulation as s where s.state in ('waiting', 'running')`))!.count;
}

/** Newest first; one more than asked for when there are more. */
export function listSimulations(db: Db, campaignId: string, { limit, after }: { limit: number; after: { at: string; id: string } | null }): Promise<(Simulation & { totals: SimulationResult['subject']['totals'] | null; cursorKey: string })[]> {
  return rows(db, `
    select ${COLUMNS}, s.result #> '{subject,totals}' as totals, s.created_at::text as "cursorKey" from ${FROM}
     where s.campaign_id = $1 and ($2::timestamptz is null or (s.created_at, s.id) < ($2::timestamptz, $3::uuid)) order by s.created_at desc, s.id desc limit $4`, [campaignId, after?.at ?? null, after?.id ?? null, limit + 1]);
}

export function findSimulation(db: Db, campaignId: string, id: string): Promise<(Simulation & { result: SimulationResult | null }) | null> {
  return row(db, `select ${COLUMNS}, s.result from ${FROM} where s.campaign_id = $1 and s.id = $2`, [campaignId, id]);
}

/** Ends one that is not over. @returns whether it did */
export async function cancelSimulation(tx: Db, campaignId: string, id: string, now: Date): Promise<boolean> {
  return (await rows(tx, `update simulation as s set state = 'cancelled', finished_at = $3::timestamptz, lease_until = null, draft = null where s.campaign_id = $1 and s.id = $2 and s.state in ('waiting', 'running') returning s.id`, [campaignId, id, now])).length > 0;
}

export async function deleteSimulation(tx: Db, campaignId: string, id: string): Promise<boolean> {
  return (await rows(tx, `delete from simulation as s where s.campaign_id = $1 and s.id = $2 and s.state not in ('waiting', 'running') returning s.id`, [campaignId, id])).length > 0;
}

/** One at a time runs in an installation: whoever takes one looks under this lock. */
const RUNS = 7_108;
const OPEN = `s.state = 'waiting' or (s.state = 'running' and s.lease_until < $1::timestamptz)`;

/** Whether one could be begun now: nobody runs one, and one waits or its process died. */
export function hasWork(db: Db, now: Date): Promise<boolean> {
  return exists(db, `select from simulation as s where s.state in ('waiting', 'running') and (${OPEN})`, [now]);
}

export interface TakenRow { id: string; campaignId: string; versionId: string | null; comparedId: string | null; draft: object | null; from: Date; to: Date; reactions: Reactions; tries: number }

/** Takes the oldest that waits, or whose process died; null while another runs. */
export async function takeSimulation(tx: Db, leaseUntil: Date, now: Date): Promise<TakenRow | null> {
  await rows(tx, 'select pg_advisory_xact_lock($1)', [RUNS]);
  return row<TakenRow>(tx, `
    update simulation as s set state = 'running', tries = s.tries + 1, lease_until = $2::timestamptz, started_at = coalesce(s.started_at, $1::timestamptz), done = 0
     where s.id = (select s.id from simulation as s where (${OPEN}) and not exists (select from simulation as r where r.state = 'running' and r.lease_until >= $1::timestamptz) order by s.created_at, s.id limit 1)
    returning s.id, s.campaign_id as "campaignId", s.version_id as "versionId", s.compared_id as "comparedId", s.draft, s.from_at as "from", s.to_at as "to", s.reactions, s.tries`, [now, leaseUntil]);
}

type Fence = Pick<TakenRow, 'id' | 'tries'>;
const HELD = `s.id = $1 and s.tries = $2 and s.state = 'running'`;

/** Tells how far it came and keeps it. False when it is no longer ours: it was cancelled, or taken for dead. */
export async function noteProgress(db: Db, { id, tries }: Fence, { done, total, leaseUntil }: { done: number; total: number; leaseUntil: Date }): Promise<boolean> {
  return (await rows(db, `update simulation as s set done = $3, total = $4, lease_until = $5::timestamptz where ${HELD} returning s.id`, [id, tries, done, total, leaseUntil])).length > 0;
}

/** Says that it goes on, if it is still ours. */
export async function keepLease(db: Db, { id, tries }: Fence, leaseUntil: Date): Promise<void> {
  await rows(db, `update simulation as s set lease_until = $3::timestamptz where ${HELD}`, [id, tries, leaseUntil]);
}

/** Gives one back that was begun: it is done again from the beginning. */
export async function giveBack(db: Db, { id, tries }: Fence): Promise<void> {
  await rows(db, `update simulation as s set state = 'waiting', lease_until = null, tries = s.tries - 1 where ${HELD}`, [id, tries]);
}

export async function failSimulation(db: Db, { id, tries }: Fence, problem: { code: string; message: string }, now: Date): Promise<void> {
  await rows(db, `update simulation as s set state = 'failed', problem = $3::jsonb, finished_at = $4::timestamptz, lease_until = null, draft = null where ${HELD}`, [id, tries, JSON.stringify(problem), now]);
}

/** Keeps what was found with its sample people, all or nothing. False when it is no longer ours. */
export async function finishSimulation(tx: Db, { id, tries }: Fence, found: { result: SimulationResult; people: { side: 'subject' | 'running'; samples: readonly SamplePerson[] }[] }, now: Date): Promise<boolean> {
  const kept = await rows(tx, `update simulation as s set state = 'done', result = $3::jsonb, finished_at = $4::timestamptz, lease_until = null, draft = null where ${HELD} returning s.id`, [id, tries, JSON.stringify(found.result), now]);
  if (kept.length === 0) return false;
  for (const { side, samples } of found.people) {
    // Who was erased meanwhile is not kept.
    await rows(tx, `
      insert into simulation_person (simulation_id, side, person_id, outcome, lines)
      select $1, $2, x."personId", x."outcome", x."lines" from jsonb_to_recordset($3::jsonb) as x ("personId" uuid, "outcome" text, "lines" jsonb) join person as p on p.id = x."personId"`, [id, side, JSON.stringify(samples)]);
  }
  return true;
}

export interface PersonRow { personId: string; externalId: string | null; email: string | null; outcome: string; side: 'subject' | 'running'; lines: Record<string, unknown>[] }

/** Sample people of one simulation in order of id; one more than asked for when there are more. */
export function simulationPeople(db: Db, id: string, { side, outcome, after, limit }: { side: 'subject' | 'running'; outcome?: string; after: string | null; limit: number }): Promise<PersonRow[]> {
  return rows<PersonRow>(db, `
    select s.person_id as "personId", p.external_id as "externalId", p.email, s.outcome, s.side, s.lines from simulation_person as s join person as p on p.id = s.person_id
     where s.simulation_id = $1 and s.side = $2 and ($3::text is null or s.outcome = $3) and ($4::uuid is null or s.person_id > $4::uuid) order by s.person_id limit $5`, [id, side, outcome ?? null, after, limit + 1]);
}

/** Forgets simulations that were over before a moment, and of each campaign all but the newest so many. @returns how many */
export async function purgeSimulations(db: Db, before: Date, keep: number): Promise<number> {
  const gone = await rows(db, `
    delete from simulation as s using (
      select x.id, x.finished_at, row_number() over (partition by x.campaign_id order by x.created_at desc, x.id desc) as place from simulation as x where x.finished_at is not null) as o
     where o.id = s.id and (o.finished_at < $1::timestamptz or o.place > $2) returning s.id`, [before, keep]);
  return gone.length;
}

/** When recording began: the first person that is still known. */
export async function recordingSince(db: Db): Promise<Date | null> {
  return (await row<{ at: Date | null }>(db, 'select min(p.created_at) as at from person as p'))!.at;
}

/** Names of campaigns by id. */
export async function campaignNames(db: Db, ids: readonly string[]): Promise<Record<string, string>> {
  const found = await rows<{ id: string; name: string }>(db, 'select c.id, c.name from campaign as c where c.id = any($1::uuid[])', [ids]);
  return Object.fromEntries(found.map(({ id, name }) => [id, name]));
}
