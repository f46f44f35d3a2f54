import type { EntityManager } from 'typeorm';
import type { Step } from '../../contract/campaign-steps.js';
import { recallInApp } from '../../delivery/inbox/store/inbox.store.js';
import { GATE_OF } from '../../kernel/gates.js';
import { newId } from '../../kernel/ids.js';
import { addDuration } from '../../kernel/local-time.js';
import { landingOf, type Landing } from '../domain/landing.js';
import { moveAt, type PlannedStep, type Place } from '../domain/migration-plan.js';
import { waitEnds } from '../domain/next-due.js';
import { recordDecisions } from '../store/decisions.store.js';
import { beginRuns } from '../store/enrollments.store.js';
import { completeRuns, countMoved, endMigration, moveRuns, peopledPlaces, peopledVersions, takeMigration, takeStanding, type Migration, type Moved, type MovedStanding, type MovingRun } from '../store/migrations.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { whoMeets, type Moment } from './conditions.js';
import { endByFound, endEarly } from './end-early.js';
import { endingsOf, whoDid } from './endings.js';
import { isByKey, judgeEntry, oncePerPerson } from './enter.js';
import { lockEntry } from './locks.js';
import { zonesOf } from './people.js';

const NOBODY: Moved = { migrated: 0, restarted: 0, drained: 0, ended: 0, refused: 0 };

/** What one batch did. `moved`: how many people; `open`: whether somebody is left, be it that they can not be moved now. */
export interface MigrationRound { moved: number; open: boolean; /** The migration this round brought to its end. */ finished?: Migration }

/**
 * Moves some people who stand at one step of an earlier version, in the caller's transaction: who has been moved is on another
 * version with its commit, so that a batch that is repeated finds the others. Under the entry lock, so that no news of an event or a
 * condition passes between the look at it and the move. A paused campaign holds still; one that has ended moves nobody.
 */
export async function migrateBatch(tx: EntityManager, id: string, limit: number, moment: Moment): Promise<MigrationRound> {
  await lockEntry(tx);
  const migration = await takeMigration(tx, id);
  if (!migration || migration.campaignState === 'paused') return { moved: 0, open: migration !== null };
  if (migration.campaignState !== 'active' && migration.campaignState !== 'draining') {
    await endMigration(tx, id, 'cancelled', moment.now);
    return { moved: 0, open: false };
  }
  const places = await openPlaces(tx, migration, migration.campaignState);
  for (const place of places) {
    const runs = await takeStanding(tx, place, limit);
    if (runs.length === 0) continue;
    const moved = await moveStanding(tx, migration, { place, runs }, moment);
    await countMoved(tx, id, { ...NOBODY, ...moved });
    return { moved: runs.length, open: true };
  }
  if (places.length > 0) return { moved: 0, open: true };
  await endMigration(tx, id, 'done', moment.now);
  return { moved: 0, open: false, finished: migration };
}

/** Where people still stand whom the plan moves. Nobody starts anew in a campaign that takes nobody in: they go on where they are. */
async function openPlaces(tx: EntityManager, { campaignId, versionId, plan }: Migration, state: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const from of await peopledVersions(tx, campaignId, versionId)) {
    const { published } = await loadVersion(tx, from);
    places.push(...Object.keys(published.steps).map((stepId) => ({ versionId: from, stepId })));
  }
  return peopledPlaces(tx, places.filter((place) => {
    const { move } = moveAt(plan, place);
    return move !== 'keep' && (move !== 'restart' || state === 'active');
  }));
}

interface Standing { place: Place; runs: MovingRun[] }

async function moveStanding(tx: EntityManager, migration: Migration, standing: Standing, moment: Moment): Promise<Partial<Moved>> {
  const to = await loadVersion(tx, migration.versionId);
  const chosen = moveAt(migration.plan, standing.place);
  if (chosen.move === 'drain') return drain(tx, to, standing, moment);
  if (chosen.move === 'restart') return restart(tx, to, standing, moment);
  return migrate(tx, to, { ...standing, named: chosen.to }, moment);
}

/** People go on in the new version from where they stand. Its goals and exit rules hold for them at once. */
async function migrate(tx: EntityManager, to: CampaignVersion, { place, runs, named }: Standing & { named: PlannedStep['to'] }, moment: Moment): Promise<Partial<Moved>> {
  const from = await loadVersion(tx, place.versionId);
  const landing = landingOf(from.published.steps, to.published.steps, place.stepId, named);
  const standings = await standingsAfter(tx, to, { landing, runs }, moment);
  await moveRuns(tx, { versionId: to.id, from: place, gone: landing.kind !== 'here' }, standings, moment.now);
  const ended = landing.kind === 'end' ? runs.length : await endByFound(tx, await endingsOf(tx, to, runs, moment), moment.now);
  return { migrated: runs.length - ended, ended };
}

async function standingsAfter(tx: EntityManager, to: CampaignVersion, { landing, runs }: { landing: Landing; runs: readonly MovingRun[] }, moment: Moment): Promise<MovedStanding[]> {
  const { now } = moment;
  const as = (run: MovingRun, change: Partial<MovedStanding>): MovedStanding => ({ id: run.id, personId: run.personId, state: 'active', stepId: run.stepId, arrivedAt: run.arrivedAt, dueAt: run.dueAt, waiting: run.waiting, ...change });
  if (landing.kind === 'end') return runs.map((run) => as(run, { state: 'completed', dueAt: null, waiting: false }));
  // What they wait for ends when it would have: nobody gets a message at once because a wait was taken away.
  if (landing.kind === 'before') return runs.map((run) => as(run, { stepId: landing.stepId, arrivedAt: null, dueAt: run.dueAt ?? now, waiting: false }));
  if (landing.wait === 'same') return runs.map((run) => as(run, {}));
  const standing = runs.filter((run) => run.arrivedAt !== null);
  const due = await dueAfter(tx, to, { step: to.published.steps[runs[0]!.stepId]!, runs: standing }, moment);
  return runs.map((run) => as(run, due.get(run.id) ?? {}));
}

/** Until when they wait whose wait is another now: it is counted from when they came to it, and is over at once when that has passed. */
async function dueAfter(tx: EntityManager, to: CampaignVersion, { step, runs }: { step: Step; runs: readonly MovingRun[] }, { now, zone }: Moment): Promise<Map<string, Partial<MovedStanding>>> {
  // Who has a date of theirs is asked about it by the step itself, as when a date has changed.
  if (step.type === 'wait' && step.date) return new Map(runs.map((run) => [run.id, { dueAt: now }]));
  const zones = await zonesOf(tx, runs.map(({ personId }) => personId), zone);
  const ends = (run: MovingRun) => (step.type === 'wait' ? waitEnds(step, run.arrivedAt!, zones.get(run.personId) ?? zone) : step.type === 'wait_until' ? addDuration(run.arrivedAt!, step.timeout, zones.get(run.personId) ?? zone) : now);
  const later = (at: Date) => (at > now ? at : now);
  if (step.type !== 'wait_until') return new Map(runs.map((run) => [run.id, { dueAt: later(ends(run)) }]));
  const hoping = runs.filter((run) => run.waiting);
  const did = step.event ? await whoDid(tx, step.event, to, hoping, zone) : null;
  const holding = step.condition ? await whoMeets(tx, step.condition, hoping.map(({ personId }) => personId), { now, zone }) : null;
  return new Map(hoping.map((run) => [run.id, did?.has(run.id) || holding?.has(run.personId) ? { dueAt: now, waiting: false } : { dueAt: later(ends(run)) }]));
}

/** The run ends here; what it has queued still goes. */
async function drain(tx: EntityManager, to: CampaignVersion, { runs }: Standing, { now }: Moment): Promise<Partial<Moved>> {
  await completeRuns(tx, runs.map(({ id }) => id), now);
  await recordDecisions(tx, runs.map((run) => ({
    personId: run.personId, campaignId: run.campaignId, versionId: run.versionId, stepId: run.stepId, enrollmentId: run.id, variant: null,
    stage: 'exit' as const, code: 'VERSION_REPLACED' as const, facts: { by: to.number, move: 'drain', gate: GATE_OF.VERSION_REPLACED }, nextCheckAt: null,
  })), now);
  return { drained: runs.length };
}

/** The run ends with what of it was still to come, and another begins at the start: through the gates of entry, re-entry aside. */
async function restart(tx: EntityManager, to: CampaignVersion, { runs }: Standing, moment: Moment): Promise<Partial<Moved>> {
  const { now } = moment;
  const enrollmentIds = runs.map(({ id }) => id);
  await endEarly(tx, enrollmentIds, { state: 'cancelled', code: 'VERSION_REPLACED', facts: { by: to.number, move: 'restart' } }, now);
  await recallInApp(tx, { enrollmentIds, unseenOnly: true }, 'VERSION_REPLACED', now);
  const place = { id: to.id, campaignId: to.campaignId, start: to.published.start, byKey: isByKey(to) };
  let restarted = 0;
  // What let them in stays known to their messages; goals and rules count from now.
  for (const round of oncePerPerson(runs.map(({ personId, entry }) => ({ personId, entry: { ...entry, at: now.toISOString() } })))) {
    const { entering, refused } = await judgeEntry(tx, { version: to, state: 'active', again: true }, round, moment);
    await recordDecisions(tx, refused, now);
    restarted += (await beginRuns(tx, place, entering.map((candidate) => ({ id: newId(), ...candidate })), now)).length;
  }
  return { restarted, refused: runs.length - restarted };
}
