import { alike } from '../../platform/database/alike.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { Statement } from '../../platform/database/in-turn.js';
import { leaveTrail } from '../../platform/tracing/trail.js';
import { keepPlan, keepPlanForOne } from '../../platform/database/kept-plans.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';

/** What let a person in. Its event's properties are what the messages may say (`{{event.…}}`). */
export interface EntryRecord {
  kind: 'segment' | 'event' | 'date' | 'launch' | 'display' | 'api';
  /** The instant of the trigger itself: goals count from here. */
  at: string;
  segmentId?: string;
  launchId?: string;
  eventId?: string;
  event?: string;
  /** What the entry's key property says of this run. */
  key?: string;
  properties?: Record<string, unknown>;
  /** Of a display: the visit, and the class of the message. */
  visit?: string;
  class?: string;
}

/** One active run as the engine moves it. */
export interface Run {
  id: string;
  personId: string;
  campaignId: string;
  versionId: string;
  stepId: string;
  /** Null until the person has arrived at `stepId`. */
  arrivedAt: Date | null;
  /** True while a wait_until still hopes for its condition; made false by the condition coming true. */
  waiting: boolean;
  entry: EntryRecord;
  /** Of one that begins in the past, until it first waits: what it comes to is timed from then. Not stored. */
  past?: { at: Date; since: Date };
  /** It began on another version: steps it has visited are not repeated. */
  moved?: boolean;
}

const RUN = `e.id, e.person_id as "personId", e.campaign_id as "campaignId", e.version_id as "versionId", e.step_id as "stepId",
  e.step_arrived_at as "arrivedAt", e.waiting, e.entry, e.moves is not null as moved`;

/** A running campaign with something due. `due`: how many runs, counted to one more than was asked. */
export interface DueCampaign { id: string; due: number }

/** Running campaigns with something due, the longest overdue first. */
export function dueCampaigns(db: Db, now: Date, count: number): Promise<DueCampaign[]> {
  return rows<DueCampaign>(db, `
    select c.id, first.due
      from campaign as c
      cross join lateral (
        select count(*)::int as due, min(f.due_at) as due_at from (
          select e.due_at from enrollment as e
           where e.campaign_id = c.id and e.state = 'active' and e.due_at <= $1::timestamptz
           order by e.due_at limit $2) as f) as first
     where c.state in ('active', 'draining') and first.due > 0
     order by first.due_at, c.id`, [now, count + 1]);
}

/** Keeps the campaign as it is until commit: a pause or stop waits for the batch, and the batch sees one that came before. */
export async function lockCampaign(tx: Db, campaignId: string): Promise<string | null> {
  return (await lockCampaigns(tx, [campaignId])).get(campaignId) ?? null;
}

const lockAsIs = keepPlan('select c.id, c.state from campaign as c where c.id = any($1::uuid[]) order by c.id for share');

/** The same for several, always in one order. @returns their states; without those that no longer exist */
export async function lockCampaigns(tx: Db, campaignIds: readonly string[]): Promise<Map<string, string>> {
  const found = await rows<{ id: string; state: string }>(tx, lockAsIs, [campaignIds]);
  return new Map(found.map(({ id, state }) => [id, state]));
}

/**
 * Takes due runs of these campaigns for this transaction, of each at most `limit`. People that are being erased or merged are left alone: their
 * news is on its way and moves or ends their runs.
 */
export function claimDue(tx: Db, campaignIds: readonly string[], limit: number, now: Date): Promise<Run[]> {
  return rows<Run>(tx, `
    select due.* from unnest($1::uuid[]) as c (id)
     cross join lateral (
       select ${RUN}
         from enrollment as e
        where e.campaign_id = c.id and e.state = 'active' and e.due_at <= $3::timestamptz
          and exists (select from person as p where p.id = e.person_id)
        order by e.due_at, e.id limit $2 for update of e skip locked) as due`, [campaignIds, limit, now]);
}

/** When the next run of a running campaign is due. */
export async function nextDue(db: Db): Promise<Date | null> {
  const found = await row<{ at: Date | null }>(db, `
    select min(first.due_at) as at
      from campaign as c
      cross join lateral (
        select e.due_at from enrollment as e
         where e.campaign_id = c.id and e.state = 'active' and e.due_at is not null
         order by e.due_at limit 1) as first
     where c.state in ('active', 'draining')`);
  return found?.at ?? null;
}

/** Where a run stands after a batch. */
export interface Standing {
  id: string;
  personId: string;
  state: 'active' | 'completed' | 'exited';
  exitCode: ReasonCode | null;
  stepId: string;
  arrivedAt: Date | null;
  dueAt: Date | null;
  waiting: boolean;
}

/** Writes where claimed runs stand now. */
export function savingStandings(standings: readonly Standing[], now: Date): Statement | null {
  if (standings.length === 0) return null;
  const given = <K extends keyof Standing>(key: K) => standings.map((standing) => standing[key]);
  return { text: `
    update enrollment as e
       set state = s.state, exit_code = s.exit_code, step_id = s.step_id, step_arrived_at = s.arrived_at, due_at = s.due_at, waiting = s.waiting,
           left_at = case when s.state = 'active' then null else $1::timestamptz end
      from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::boolean[])
        as s (id, person_id, state, exit_code, step_id, arrived_at, due_at, waiting)
     where e.id = s.id and e.person_id = s.person_id and e.state = 'active'`,
  values: [now, given('id'), given('personId'), given('state'), given('exitCode'), given('stepId'), given('arrivedAt'), given('dueAt'), given('waiting')] };
}

export interface Visit {
  enrollmentId: string;
  personId: string;
  stepId: string;
  campaignId: string;
  versionId: string;
  arrivedAt: Date;
  leftAt: Date | null;
  /** What the step made of the person: `queued`, a reason code, `met`, `timeout`, the branch, the arm. Null while there. */
  outcome: string | null;
}

const arrive = keepPlanForOne(`
  insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at, left_at, outcome)
  select r.enrollment_id, r.person_id, v."stepId", v."campaignId", v."versionId", v."arrivedAt", v."leftAt", v."outcome"
    from unnest($1::uuid[], $2::uuid[], $3::int[]) as r (enrollment_id, person_id, place)
    join jsonb_to_recordset($4::jsonb) as v ("place" int, "stepId" text, "campaignId" uuid, "versionId" uuid, "arrivedAt" timestamptz, "leftAt" timestamptz, "outcome" text) on v."place" = r.place`);

/** Writes how people came to steps, and how they left them. */
export function savingArrivals(fresh: readonly Visit[]): Statement | null {
  if (fresh.length === 0) return null;
  const { said, places } = alike(fresh, ['stepId', 'campaignId', 'versionId', 'arrivedAt', 'leftAt', 'outcome']);
  return { text: arrive(fresh.length), values: [...visitColumns(fresh, ['enrollmentId', 'personId']), places, said] };
}

/** Writes how people left steps that they had come to in earlier batches. */
export function savingDepartures(known: readonly Visit[]): Statement | null {
  if (known.length === 0) return null;
  return { text: `
      update step_visit as v set left_at = k.left_at, outcome = k.outcome
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) as k (enrollment_id, person_id, step_id, left_at, outcome)
       where v.enrollment_id = k.enrollment_id and v.person_id = k.person_id and v.step_id = k.step_id and v.left_at is null`,
  values: visitColumns(known, ['enrollmentId', 'personId', 'stepId', 'leftAt', 'outcome']) };
}

const visitColumns = (visits: readonly Visit[], keys: readonly (keyof Visit)[]) => keys.map((key) => visits.map((visit) => visit[key]));

export interface NewRun {
  id: string;
  personId: string;
  entry: EntryRecord;
}

/**
 * Starts runs at the first step, due now. The unique key (campaign, person, entry key) of active runs decides.
 *
 * @returns ids of the runs really begun
 */
export async function beginRuns(tx: Db, version: { id: string; campaignId: string; start: string; /** Each key has a run of its own. */ byKey: boolean }, runs: readonly NewRun[], now: Date): Promise<string[]> {
  if (runs.length === 0) return [];
  // A launch gives thousands one and the same entry: each different one is sent once.
  const entries = [...new Set(runs.map((run) => run.entry))];
  const places = new Map(entries.map((entry, index) => [entry, index + 1]));
  const begun = await rows<{ id: string }>(tx, `
    insert into enrollment (id, person_id, campaign_id, version_id, state, step_id, due_at, entered_at, entry, entry_key)
    select r.id, r.person_id, $1, $2, 'active', $3, $4::timestamptz, $4::timestamptz, n.entry, case when $9::boolean then coalesce(n.entry ->> 'key', '') else '' end
      from unnest($5::uuid[], $6::uuid[], $7::int[]) as r (id, person_id, place)
      join unnest($8::jsonb[]) with ordinality as n (entry, place) on n.place = r.place
    on conflict (campaign_id, person_id, entry_key) where state = 'active' do nothing
    returning id`,
  [version.campaignId, version.id, version.start, now, runs.map((run) => run.id), runs.map((run) => run.personId), runs.map((run) => places.get(run.entry)!), entries.map((entry) => JSON.stringify(entry)), version.byKey]);
  leaveTrail(tx, () => {
    const ids = new Set(begun.map(({ id }) => id));
    return runs.filter(({ id }) => ids.has(id)).map(({ id, personId }) => ({ kind: 'run', id, personId }));
  });
  return begun.map(({ id }) => id);
}

/**
 * Writes new runs as they stand after their first steps. Nobody else may let people in meanwhile: a person who is in the
 * campaign already is an error, and nothing is written.
 */
export function insertingStanding(tx: Db, version: { id: string; campaignId: string; /** Each key has a run of its own. */ byKey: boolean }, runs: { standings: readonly Standing[]; entries: ReadonlyMap<string, EntryRecord> }, now: Date): Statement | null {
  const { standings, entries } = runs;
  if (standings.length === 0) return null;
  const { said, places } = alike(standings.map((standing) => ({ ...standing, entry: entries.get(standing.id)! })), ['state', 'exitCode', 'stepId', 'arrivedAt', 'dueAt', 'waiting', 'entry']);
  return { text: `
    insert into enrollment (id, person_id, campaign_id, version_id, state, exit_code, step_id, step_arrived_at, due_at, waiting, entered_at, left_at, entry, entry_key)
    select r.id, r.person_id, $1, $2, s."state", s."exitCode", s."stepId", s."arrivedAt", s."dueAt", s."waiting", $3::timestamptz,
           case when s."state" = 'active' then null else $3::timestamptz end, s."entry", case when $8::boolean then coalesce(s."entry" ->> 'key', '') else '' end
      from unnest($4::uuid[], $5::uuid[], $6::int[]) as r (id, person_id, place)
      join jsonb_to_recordset($7::jsonb) as s ("place" int, "state" text, "exitCode" text, "stepId" text, "arrivedAt" timestamptz, "dueAt" timestamptz, "waiting" boolean, "entry" jsonb) on s."place" = r.place
     order by r.id`,
  values: [version.campaignId, version.id, now, standings.map(({ id }) => id), standings.map(({ personId }) => personId), places, said, version.byKey],
  done: () => leaveTrail(tx, () => standings.map(({ id, personId }) => ({ kind: 'run', id, personId }))) };
}

/** So often in 24 hours a person may enter a campaign that changes people: more is two campaigns calling each other. */
export const LOOP_ENTRIES = 20;

export interface EarlierRuns {
  runs: number;
  active: boolean;
  lastEnteredAt: Date;
  /** When the first of the last {@link LOOP_ENTRIES} entered; null when there were fewer. */
  loopSince: Date | null;
}

/** What re-entry asks of earlier runs, by person; people without any are absent. `keys`: only runs with the person's key count. */
export async function earlierRuns(db: Db, campaignId: string, personIds: readonly string[], keys: readonly string[] | null): Promise<Map<string, EarlierRuns>> {
  const found = await rows<EarlierRuns & { personId: string }>(db, `
    select e.person_id as "personId", count(*)::int as runs, bool_or(e.state = 'active') as active, max(e.entered_at) as "lastEnteredAt",
           (array_agg(e.entered_at order by e.entered_at desc))[${LOOP_ENTRIES}] as "loopSince"
      from ${keys ? 'unnest($2::uuid[], $3::text[]) as n (person_id, key) join enrollment as e on e.person_id = n.person_id and e.entry_key = n.key' : 'enrollment as e'}
     where e.person_id = any($2::uuid[]) and e.campaign_id = $1
     group by e.person_id`, keys ? [campaignId, personIds, keys] : [campaignId, personIds]);
  return new Map(found.map(({ personId, ...facts }) => [personId, facts]));
}

/** An active run that ended early. */
export interface EndedRun { id: string; personId: string; campaignId: string; versionId: string; stepId: string }

/**
 * Ends active runs at once, with how their current step was left. A run that ended by itself in the meantime is not touched.
 *
 * @returns the runs ended by this call
 */
export async function endRuns(tx: Db, runIds: readonly string[], end: { state: 'exited' | 'cancelled'; code: ReasonCode; now: Date }): Promise<EndedRun[]> {
  if (runIds.length === 0) return [];
  return rows<EndedRun>(tx, `
    with ended as (
      update enrollment as e
         set state = $2, exit_code = $3, left_at = $4::timestamptz, due_at = null, waiting = false
       where e.id = any($1::uuid[]) and e.state = 'active'
      returning e.id, e.person_id, e.campaign_id, e.version_id, e.step_id),
    left_step as (
      update step_visit as v set left_at = $4::timestamptz, outcome = $3
        from ended where v.enrollment_id = ended.id and v.person_id = ended.person_id and v.step_id = ended.step_id and v.left_at is null)
    select ended.id, ended.person_id as "personId", ended.campaign_id as "campaignId", ended.version_id as "versionId", ended.step_id as "stepId" from ended`,
  [runIds, end.state, end.code, end.now]);
}

/** Ids of the active runs of these people in one version, locked in one order so that two writers cannot deadlock. */
export async function activeRuns(tx: Db, versionId: string, personIds: readonly string[]): Promise<{ id: string; personId: string; entry: EntryRecord }[]> {
  return rows(tx, `
    select e.id, e.person_id as "personId", e.entry from enrollment as e
     where e.person_id = any($2::uuid[]) and e.version_id = $1 and e.state = 'active' order by e.id for update`, [versionId, personIds]);
}

/** Lets people who stand at a step look again now at what they wait for. */
export async function lookAgain(tx: Db, place: { versionId: string; stepId: string }, personIds: readonly string[], now: Date): Promise<void> {
  await rows(tx, `
    update enrollment as e set due_at = $4::timestamptz
     where e.person_id = any($3::uuid[]) and e.version_id = $1 and e.step_id = $2 and e.state = 'active' and e.step_arrived_at is not null and e.due_at > $4::timestamptz`, [place.versionId, place.stepId, personIds, now]);
}

/** Active runs that wait at a step, locked in one order. */
export function waitingRuns(tx: Db, place: { versionId: string; stepId: string }, personIds: readonly string[]): Promise<{ id: string; personId: string; entry: EntryRecord }[]> {
  return rows(tx, `
    select e.id, e.person_id as "personId", e.entry from enrollment as e
     where e.person_id = any($3::uuid[]) and e.version_id = $1 and e.step_id = $2 and e.state = 'active' and e.waiting order by e.id for update`, [place.versionId, place.stepId, personIds]);
}

/** Lets these runs, which wait, go on now. */
export async function wakeRuns(tx: Db, runs: readonly { id: string; personId: string }[], now: Date): Promise<void> {
  if (runs.length === 0) return;
  await rows(tx, `
    update enrollment as e set due_at = $3::timestamptz, waiting = false
      from unnest($1::uuid[], $2::uuid[]) as r (id, person_id) where e.id = r.id and e.person_id = r.person_id and e.state = 'active' and e.waiting`, [runs.map(({ id }) => id), runs.map(({ personId }) => personId), now]);
}

/** Lets people who wait at a step for its condition go on now. Answers how many. */
export async function wakeWaiting(tx: Db, place: { versionId: string; stepId: string }, personIds: readonly string[], now: Date): Promise<number> {
  const woken = await rows(tx, `
    update enrollment as e set due_at = $4::timestamptz, waiting = false
     where e.person_id = any($3::uuid[]) and e.version_id = $1 and e.step_id = $2 and e.state = 'active' and e.waiting
    returning 1`, [place.versionId, place.stepId, personIds, now]);
  return woken.length;
}

/** A run as the last gate before sending asks about it. */
export interface DispatchRun {
  id: string;
  personId: string;
  versionId: string;
  state: 'active' | 'completed' | 'exited' | 'cancelled';
  exitCode: ReasonCode | null;
  campaignState: string;
  entry: EntryRecord;
}

/** The runs with these ids. */
export function runsForDispatch(tx: Db, runIds: readonly string[]): Promise<DispatchRun[]> {
  return rows<DispatchRun>(tx, `
    select e.id, e.person_id as "personId", e.version_id as "versionId", e.state, e.exit_code as "exitCode", c.state as "campaignState", e.entry
      from enrollment as e join campaign as c on c.id = e.campaign_id
     where e.id = any($1::uuid[])`, [runIds]);
}
