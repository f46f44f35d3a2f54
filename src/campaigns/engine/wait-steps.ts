import type { Step } from '../../contract/campaign-steps.js';
import { addDuration } from '../../kernel/local-time.js';
import { dateEntryAt, waitEnds } from '../domain/next-due.js';
import { datesOf } from '../store/date-entry.store.js';
import type { Run } from '../store/enrollments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { whoMeets } from './conditions.js';
import { whoDid } from './endings.js';
import { lockWaits } from './locks.js';
import { zonesOf } from './people.js';

type WaitStep = Extract<Step, { type: 'wait' }>;
type WaitUntilStep = Extract<Step, { type: 'wait_until' }>;

/** For a duration, then until a local time in each person's zone. Whoever stands here already has waited it out. */
export async function runWaitStep(context: BatchContext, { step, runs, version }: StepGroup<WaitStep>): Promise<StepResult[]> {
  if (step.date) return runDateWait(context, { step, runs, version });
  const { tx, now, zone } = context;
  const ends = await endsByZone(tx, runs, zone, (own) => waitEnds(step, now, own));
  return runs.map((run) => {
    const dueAt = ends(run);
    return run.arrivedAt !== null || dueAt <= now ? { run, kind: 'move', outcome: 'waited', next: step.next } : { run, kind: 'stay', dueAt, waiting: false };
  });
}

/**
 * Until a moment by a date of the person's own. It is read on arrival and whenever it may have changed: one that moved is
 * followed; who has none, or came after its moment, goes the other way.
 */
async function runDateWait({ tx, now, zone }: BatchContext, { step, runs }: StepGroup<WaitStep>): Promise<StepResult[]> {
  await lockWaits(tx, 'shared');
  const rule = step.date!;
  const personIds = runs.map((run) => run.personId);
  const zones = await zonesOf(tx, personIds, zone);
  const dates = await datesOf(tx, rule.attribute, personIds);
  return runs.map((run): StepResult => {
    const date = dates.get(run.personId);
    const at = date && dateEntryAt(date, rule, zones.get(run.personId) ?? zone);
    if (at && at > now) return { run, kind: 'stay', dueAt: at, waiting: false };
    const came = at && run.arrivedAt !== null && at >= run.arrivedAt;
    return { run, kind: 'move', outcome: came ? 'waited' : 'missed', next: came ? step.next : step.onMissed ?? null };
  });
}

/**
 * Until a condition is true or an event has come since the entry, or for a time at most. It is asked on arrival and once more at the timeout; in between, the
 * news of it wakes the run by clearing `waiting`.
 */
export async function runWaitUntilStep({ tx, now, zone }: BatchContext, { version, step, runs }: StepGroup<WaitUntilStep>): Promise<StepResult[]> {
  await lockWaits(tx, 'shared');
  const asking = runs.filter((run) => run.arrivedAt === null || run.waiting);
  const met = step.event ? await whoDid(tx, step.event, version, asking, zone) : null;
  const holding = step.condition ? await whoMeets(tx, step.condition, asking.map((run) => run.personId), { now, zone }) : null;
  const timeouts = await endsByZone(tx, runs, zone, (own) => addDuration(now, step.timeout, own));
  return runs.map((run) => {
    const isWoken = run.arrivedAt !== null && !run.waiting;
    if (isWoken || met?.has(run.id) || holding?.has(run.personId)) return { run, kind: 'move', outcome: 'met', next: step.next };
    if (run.arrivedAt !== null) return { run, kind: 'move', outcome: 'timeout', next: step.onTimeout };
    return { run, kind: 'stay', dueAt: timeouts(run), waiting: true };
  });
}

/** All wait from the same moment, so everybody of a zone waits until the same one. */
async function endsByZone(tx: BatchContext['tx'], runs: readonly Run[], fallback: string, end: (zone: string) => Date): Promise<(run: Run) => Date> {
  const zones = await zonesOf(tx, runs.map((run) => run.personId), fallback);
  const ends = new Map<string, Date>();
  return (run) => {
    const zone = zones.get(run.personId) ?? fallback;
    let at = ends.get(zone);
    if (!at) ends.set(zone, (at = end(zone)));
    return at;
  };
}
