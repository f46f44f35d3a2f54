import { newId } from '../../kernel/ids.js';
import { row, rows, type Db } from '../../platform/database/db.js';
import type { MigrationPlan, Place } from '../domain/migration-plan.js';
import type { Run } from './enrollments.store.js';

export type MigrationState = 'running' | 'done' | 'replaced' | 'cancelled';

/** How many went which way. `ended`: moved, and over at once. `refused`: to start again, and not let in. */
export interface Moved { migrated: number; restarted: number; drained: number; ended: number; refused: number }

export interface Migration extends Moved {
  id: string;
  campaignId: string;
  /** The version people move to. */
  versionId: string;
  number: number;
  plan: MigrationPlan;
  state: MigrationState;
  /** In flight on earlier versions when it was chosen, and how many of them keep theirs. */
  people: number;
  kept: number;
  chosenBy: string;
  startedAt: Date;
  finishedAt: Date | null;
}

const COLUMNS = `m.id, m.campaign_id as "campaignId", m.version_id as "versionId", v.number, m.plan, m.state, m.people, m.kept, m.migrated, m.restarted, m.drained, m.ended, m.refused,
  m.chosen_by as "chosenBy", m.started_at as "startedAt", m.finished_at as "finishedAt"`;
const FROM = 'version_migration as m join campaign_version as v on v.id = m.version_id';

/** Where people of earlier versions stand, and how many. Bounded by the steps of versions with people in them. */
export function placesInFlight(db: Db, campaignId: string, exceptVersionId: string | null): Promise<(Place & { number: number; people: number })[]> {
  return rows(db, `
    select v.id as "versionId", v.number, e.step_id as "stepId", count(*)::int as people
      from campaign_version as v join enrollment as e on e.version_id = v.id and e.state = 'active'
     where v.campaign_id = $1 and v.id is distinct from $2::uuid and e.step_id is not null
     group by v.id, e.step_id order by v.number, e.step_id`, [campaignId, exceptVersionId]);
}

/** Keeps what was chosen; one that moves nobody is done with that. The campaign must be locked. */
export async function insertMigration(tx: Db, chosen: Pick<Migration, 'campaignId' | 'versionId' | 'plan' | 'people' | 'kept'> & { by: string; running: boolean }, now: Date): Promise<void> {
  const { campaignId, versionId, plan, people, kept, by, running } = chosen;
  await rows(tx, `
    insert into version_migration (id, campaign_id, version_id, plan, state, people, kept, chosen_by, started_at, finished_at)
    values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9::timestamptz, case when $5 = 'done' then $9::timestamptz end)`,
  [newId(), campaignId, versionId, JSON.stringify(plan), running ? 'running' : 'done', people, kept, by, now]);
}

/** The migration of a campaign that is under way: there is one at most. */
export function runningMigration(db: Db, campaignId: string): Promise<Migration | null> {
  return row<Migration>(db, `select ${COLUMNS} from ${FROM} where m.campaign_id = $1 and m.state = 'running'`, [campaignId]);
}

/** All that was chosen for a campaign, newest first. */
export function migrationsOf(db: Db, campaignId: string, limit: number): Promise<Migration[]> {
  return rows<Migration>(db, `select ${COLUMNS} from ${FROM} where m.campaign_id = $1 order by m.started_at desc, m.id desc limit $2`, [campaignId, limit]);
}

/** Those under way whose campaign runs, the oldest first. */
export async function openMigrations(db: Db): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select m.id from version_migration as m join campaign as c on c.id = m.campaign_id
     where m.state = 'running' and c.state <> 'paused' order by m.started_at, m.id`);
  return found.map(({ id }) => id);
}

/** Takes one that is still under way, and keeps its campaign as it is until commit. */
export async function takeMigration(tx: Db, id: string): Promise<(Migration & { campaignState: string }) | null> {
  const campaign = await row<{ state: string }>(tx, `select c.state from campaign as c join version_migration as m on m.campaign_id = c.id where m.id = $1 for share of c`, [id]);
  const found = campaign && (await row<Migration>(tx, `select ${COLUMNS} from ${FROM} where m.id = $1 and m.state = 'running' for update of m`, [id]));
  return found && { ...found, campaignState: campaign.state };
}

/** Counts what a batch did. */
export async function countMoved(tx: Db, id: string, { migrated, restarted, drained, ended, refused }: Moved): Promise<void> {
  await rows(tx, `
    update version_migration as m set migrated = m.migrated + $2, restarted = m.restarted + $3, drained = m.drained + $4, ended = m.ended + $5, refused = m.refused + $6
     where m.id = $1`, [id, migrated, restarted, drained, ended, refused]);
}

/** Ends one that is under way: everybody was moved, another choice took its place, or the campaign has ended. */
export async function endMigration(tx: Db, id: string, state: Exclude<MigrationState, 'running'>, now: Date): Promise<void> {
  await rows(tx, `update version_migration as m set state = $2, finished_at = $3::timestamptz where m.id = $1 and m.state = 'running'`, [id, state, now]);
}

/** Those of these places where somebody stands. */
export function peopledPlaces(db: Db, places: readonly Place[]): Promise<Place[]> {
  return rows(db, `
    select p.version_id as "versionId", p.step_id as "stepId" from unnest($1::uuid[], $2::text[]) with ordinality as p (version_id, step_id, place)
     where exists (select from enrollment as e where e.version_id = p.version_id and e.step_id = p.step_id and e.state = 'active')
     order by p.place`, [places.map(({ versionId }) => versionId), places.map(({ stepId }) => stepId)]);
}

/** Versions of a campaign with people in them. */
export async function peopledVersions(db: Db, campaignId: string, exceptVersionId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select v.id from campaign_version as v
     where v.campaign_id = $1 and v.id <> $2 and exists (select from enrollment as e where e.version_id = v.id and e.state = 'active') order by v.number`, [campaignId, exceptVersionId]);
  return found.map(({ id }) => id);
}

/** A run on its way from one version to another. */
export type MovingRun = Run & { dueAt: Date | null };

/**
 * Some runs that stand at a place, locked. Who is being erased or merged is left out: their news is on its way and ends or
 * moves their runs.
 */
export function takeStanding(tx: Db, { versionId, stepId }: Place, limit: number): Promise<MovingRun[]> {
  return rows<MovingRun>(tx, `
    select e.id, e.person_id as "personId", e.campaign_id as "campaignId", e.version_id as "versionId", e.step_id as "stepId", e.step_arrived_at as "arrivedAt", e.waiting, e.entry, e.due_at as "dueAt",
           e.moves is not null as moved
      from enrollment as e
     where e.version_id = $1 and e.step_id = $2 and e.state = 'active' and exists (select from person as p where p.id = e.person_id)
     limit $3 for update of e`, [versionId, stepId, limit]);
}

/** Where a run stands once it is on the new version. */
export interface MovedStanding { id: string; personId: string; state: 'active' | 'completed'; stepId: string; arrivedAt: Date | null; dueAt: Date | null; waiting: boolean }

/**
 * Puts runs on another version. A visit that goes on belongs to the version it goes on in; one of a step that is gone ends now.
 *
 * @param gone the step they stood at is not in the new version
 */
export async function moveRuns(tx: Db, to: { versionId: string; from: Place; gone: boolean }, standings: readonly MovedStanding[], now: Date): Promise<void> {
  if (standings.length === 0) return;
  const given = <K extends keyof MovedStanding>(key: K) => standings.map((standing) => standing[key]);
  await rows(tx, `
    with moved as (
      update enrollment as e
         set version_id = $2, state = s.state, step_id = s.step_id, step_arrived_at = s.arrived_at, due_at = s.due_at, waiting = s.waiting,
             left_at = case when s.state = 'active' then null else $1::timestamptz end,
             moves = coalesce(e.moves, '[]') || jsonb_build_object('at', $1::timestamptz, 'from', e.version_id, 'to', $2::uuid, 'step', e.step_id)
        from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::boolean[]) as s (id, person_id, state, step_id, arrived_at, due_at, waiting)
       where e.id = s.id and e.person_id = s.person_id and e.state = 'active'
      returning e.id, e.person_id)
    update step_visit as v
       set version_id = case when $10::boolean then v.version_id else $2 end, left_at = case when $10::boolean then $1::timestamptz end, outcome = case when $10::boolean then 'migrated' end
      from moved where v.enrollment_id = moved.id and v.person_id = moved.person_id and v.step_id = $11 and v.left_at is null`,
  [now, to.versionId, given('id'), given('personId'), given('state'), given('stepId'), given('arrivedAt'), given('dueAt'), given('waiting'), to.gone, to.from.stepId]);
}

/** Ends runs as complete: what they have queued still goes. */
export async function completeRuns(tx: Db, runIds: readonly string[], now: Date): Promise<void> {
  await rows(tx, `
    with done as (
      update enrollment as e set state = 'completed', exit_code = 'VERSION_REPLACED', left_at = $2::timestamptz, due_at = null, waiting = false
       where e.id = any($1::uuid[]) and e.state = 'active' returning e.id, e.person_id, e.step_id)
    update step_visit as v set left_at = $2::timestamptz, outcome = 'VERSION_REPLACED'
      from done where v.enrollment_id = done.id and v.person_id = done.person_id and v.step_id = done.step_id and v.left_at is null`, [runIds, now]);
}

/** What runs have visited, with how they left it. */
export async function visitedSteps(tx: Db, runIds: readonly string[]): Promise<Map<string, Map<string, string | null>>> {
  const found = await rows<{ runId: string; stepId: string; outcome: string | null }>(tx, `
    select v.enrollment_id as "runId", v.step_id as "stepId", v.outcome from step_visit as v where v.enrollment_id = any($1::uuid[])`, [runIds]);
  const visited = new Map<string, Map<string, string | null>>();
  for (const { runId, stepId, outcome } of found) visited.set(runId, (visited.get(runId) ?? new Map<string, string | null>()).set(stepId, outcome));
  return visited;
}
