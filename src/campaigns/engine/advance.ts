import type { EntityManager } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import { announcing } from '../../people/store/change.store.js';
import { cancelPending, enqueuing } from '../../delivery/sending/store/deliveries.store.js';
import type { Db } from '../../platform/database/db.js';
import { inTurn, type Statement } from '../../platform/database/in-turn.js';
import { groupedBy } from '../domain/grouped.js';
import { recordDecisions } from '../store/decisions.store.js';
import { beginRuns, claimDue, insertingStanding, lockCampaigns, savingArrivals, savingDepartures, savingStandings, type Run } from '../store/enrollments.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { isByKey, type Candidate } from './enter.js';
import { runActionStep } from './action-step.js';
import { endByFound } from './end-early.js';
import { endingsOnTheWay } from './endings.js';
import { Journal, type BatchContext, type StepGroup, type StepResult } from './batch.js';
import { runMessageStep, sharedReach } from './message-step.js';
import { byTime, passOver } from './past-steps.js';
import { byFirstVisit, passBy, visitedBefore } from './repeat.js';
import { runBranchStep, runSplitStep } from './route-steps.js';
import { runWaitStep, runWaitUntilStep } from './wait-steps.js';

const RUNNING = ['active', 'draining'];

export interface AdvanceInput {
  campaignIds: readonly string[];
  /** Most runs of each campaign. */
  limit: number;
  now: Date;
  /** Zone of people without one. */
  zone: string;
}

/**
 * Moves due runs as far as they get now: all people at one step together, step after step, everything in the caller's transaction. Few runs of
 * many campaigns cost little more together than those of one.
 *
 * @returns how many runs were moved
 */
export async function advanceBatch(tx: EntityManager, input: AdvanceInput): Promise<number> {
  const states = await lockCampaigns(tx, input.campaignIds);
  const running = input.campaignIds.filter((id) => RUNNING.includes(states.get(id) ?? ''));
  const claimed = running.length === 0 ? [] : await claimDue(tx, running, input.limit, input.now);
  if (claimed.length === 0) return 0;
  const context: BatchContext = { tx, now: input.now, zone: input.zone, decisions: [], scheduled: [], deliveries: [], engaged: [], unreachable: new Map() };
  const { visits, standings, ended } = await moveOn(context, claimed);
  await inTurn(tx, [...queueing(context), () => savingArrivals(visits.fresh), () => savingDepartures(visits.known), () => savingStandings(standings, input.now)]);
  if (ended.length > 0) await cancelEnded(tx, ended, context);
  await recordDecisions(tx, context.decisions, input.now);
  return claimed.length;
}

/**
 * Starts runs of people who passed the gates of entry and moves them as far as they get now, so that each run is written
 * once, as it stands. Needs the entry lock, which lets nobody else in meanwhile, and the running campaign locked.
 */
export async function startMoving(context: BatchContext, version: CampaignVersion, entering: readonly Candidate[]): Promise<void> {
  if (entering.length === 0) return;
  const { tx, now } = context;
  const runs = entering.map(({ personId, entry, past }): Run => ({
    id: newId(), personId, campaignId: version.campaignId, versionId: version.id, stepId: version.published.start, arrivedAt: null, waiting: false, entry, ...(past ? { past } : {}),
  }));
  const place = { id: version.id, campaignId: version.campaignId, start: version.published.start, byKey: isByKey(version) };
  // A page may come long after the launch began. Of those looked back for the gates of entry have asked.
  const over = await endingsOnTheWay(tx, version, runs.filter(({ past }) => !past), context);
  if (over.size > 0) {
    await beginRuns(tx, place, runs.filter(({ id }) => over.has(id)), now);
    await endByFound(tx, over, now);
  }
  const { visits, standings, ended } = await moveOn(context, runs.filter(({ id }) => !over.has(id)));
  await inTurn(tx, [
    ...queueing(context), () => insertingStanding(tx, place, { standings, entries: new Map(runs.map((run) => [run.id, run.entry])) }, now),
    () => savingArrivals(visits.fresh), () => savingDepartures(visits.known),
  ]);
  if (ended.length > 0) await cancelEnded(tx, ended, context);
}

/** Writes what steps queued and announces whom they engaged. */
const queueing = ({ tx, now, deliveries, engaged }: BatchContext): (() => Statement | null)[] => [() => announcing(engaged.splice(0), now), () => enqueuing(tx, deliveries.splice(0), now)];

/** Takes runs through step after step until each waits or is over. Writes what the steps write, but for what the last round queued; where runs stand is answered. */
async function moveOn(context: BatchContext, runs: readonly Run[]) {
  const journal = new Journal(context.now);
  const ended: string[] = [];
  const visited = await visitedBefore(context.tx, runs);
  for (let moving = runs; moving.length > 0; ) {
    const onward: Run[] = [];
    const groups = await groupByStep(context, moving);
    context.unreachable = await sharedReach(context, groups);
    for (const group of groups) {
      const { first: coming, again } = byFirstVisit(group, visited);
      const { first, over } = byTime(coming);
      for (const result of [...(first.runs.length > 0 ? await runStep(context, first) : []), ...passOver(context, over)]) {
        const next = settle(journal, result);
        if (next) onward.push(next);
        else if (result.kind === 'end') ended.push(result.run.id);
      }
      for (const result of await passBy(context, again, visited)) {
        const next = goOn(journal, result);
        if (next) onward.push(next);
      }
    }
    // Before the next steps, which may ask what a person was sent.
    if (onward.length > 0) await inTurn(context.tx, queueing(context));
    moving = onward;
  }
  const { visits, standings } = journal.result();
  return { visits: { ...visits, fresh: [...visits.fresh, ...context.scheduled] }, standings, ended };
}

/** What an ended run had queued at earlier steps goes with it, under the code of its end. */
async function cancelEnded(tx: Db, ended: readonly string[], context: BatchContext): Promise<void> {
  const codes = new Map(context.decisions.map((decision) => [decision.enrollmentId, decision.code]));
  for (const code of new Set(codes.values())) {
    const runs = ended.filter((id) => codes.get(id) === code);
    if (runs.length > 0) await cancelPending(tx, { enrollmentIds: runs }, code, context.now);
  }
}

async function groupByStep({ tx }: BatchContext, runs: readonly Run[]): Promise<StepGroup[]> {
  const groups: StepGroup[] = [];
  for (const standing of groupedBy(runs, (run) => `${run.versionId} ${run.stepId}`).values()) {
    const version = await loadVersion(tx, standing[0]!.versionId);
    groups.push({ version, step: version.published.steps[standing[0]!.stepId]!, runs: standing });
  }
  return groups;
}

async function runStep(context: BatchContext, group: StepGroup): Promise<StepResult[]> {
  const { step } = group;
  switch (step.type) {
    case 'message': return runMessageStep(context, { ...group, step });
    case 'wait': return runWaitStep(context, { ...group, step });
    case 'wait_until': return runWaitUntilStep(context, { ...group, step });
    case 'branch': return runBranchStep(context, { ...group, step });
    case 'split': return runSplitStep(context, { ...group, step });
    case 'action': return runActionStep(context, { ...group, step });
    case 'exit': return group.runs.map((run) => ({ run, kind: 'move', outcome: 'exit', next: null }));
  }
}

/** Notes a result; answers the run as it arrives at its next step, when it goes on at once. */
function settle(journal: Journal, result: StepResult): Run | null {
  const { run } = result;
  if (result.kind === 'stay') {
    // Who stands there already only waits until another moment.
    if (run.arrivedAt === null) journal.arrive(run);
    journal.stand(run, { state: 'active', exitCode: null, dueAt: result.dueAt, waiting: result.waiting });
    return null;
  }
  if (result.kind === 'hold') {
    journal.hold(run);
    return null;
  }
  if (result.kind === 'end') {
    journal.leave(run, result.code);
    journal.stand(run, { state: 'exited', exitCode: result.code, dueAt: null, waiting: false });
    return null;
  }
  journal.leave(run, result.outcome);
  return goOn(journal, result);
}

/** Takes a run from the step it is done with to the next one; over when there is none. */
function goOn(journal: Journal, result: StepResult): Run | null {
  const { run } = result;
  if (result.kind !== 'move') throw new Error(`a step that was passed by can not end in ${result.kind}`);
  if (result.next === null) {
    journal.stand(run, { state: 'completed', exitCode: null, dueAt: null, waiting: false });
    return null;
  }
  return { ...run, stepId: result.next, arrivedAt: null, waiting: false };
}
