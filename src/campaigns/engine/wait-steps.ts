import type { Step } from '../../contract/campaign-steps.js';
import { addDuration } from '../../kernel/local-time.js';
import { dateEntryAt, waitEnds } from '../domain/next-due.js';
import { LOCAL_TIME_STEP } from '../domain/published.js';
import { datesOf } from '../store/date-entry.store.js';
import type { Run } from '../store/enrollments.store.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';
import { whoMeets } from './conditions.js';
import { whenDid, whoDid } from './endings.js';
import { whenHeld } from './held-in-past.js';
import { lockWaits } from './locks.js';
import { zonesOf } from './people.js';

type WaitStep = Extract<Step, { type: 'wait' }>;
type WaitUntilStep = Extract<Step, { type: 'wait_until' }>;

/** For a duration, then until a local time in each person's zone. Whoever stands here already has waited it out. */
export async function runWaitStep(context: BatchContext, { step, runs, version }: StepGroup<WaitStep>): Promise<StepResult[]> {
  if (step.date) return runDateWait(context, { step, runs, version });
  const { tx, now, zone } = context;
  // Whoever launches at nine, to be read at nine, means the same nine, however much later a page of people is looked at.
  const from = step.id === LOCAL_TIME_STEP ? context.launchedAt ?? now : now;
  const ends = await endsByZone(tx, runs, { now: from, zone }, (start, own) => waitEnds(step, start, own));
  return runs.map((run) => {
    const dueAt = ends(run);
    return run.arrivedAt !== null || dueAt <= now ? { run: onClock(run, dueAt), kind: 'move', outcome: 'waited', next: step.next } : { run, kind: 'stay', dueAt, waiting: false };
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
    const since = run.arrivedAt ?? run.past?.at ?? null;
    const came = at && since !== null && at >= since;
    return { run: came ? onClock(run, at) : run, kind: 'move', outcome: came ? 'waited' : 'missed', next: came ? step.next : step.onMissed ?? null };
  });
}

/**
 * Until a condition is true or an event has come since the entry, or for a time at most. It is asked on arrival and once more at the timeout; in between, the
 * news of it wakes the run by clearing `waiting`.
 */
export async function runWaitUntilStep({ tx, now, zone }: BatchContext, { version, step, runs }: StepGroup<WaitUntilStep>): Promise<StepResult[]> {
  await lockWaits(tx, 'shared');
  const asking = runs.filter((run) => run.arrivedAt === null || run.waiting);
  const [behind, present] = [asking.filter(({ past }) => past), asking.filter(({ past }) => !past)];
  const met = step.event ? await whoDid(tx, step.event, version, present, zone) : null;
  const since = step.event ? await whenDid(tx, step.event, version, behind, zone) : null;
  const holding = step.condition ? await whoMeets(tx, step.condition, present.map((run) => run.personId), { now, zone }) : null;
  const timeouts = await endsByZone(tx, runs, { now, zone }, (from, own) => addDuration(from, step.timeout, own));
  const held = step.condition && behind.length > 0 ? await whenHeld(tx, step.condition, behind.map((run) => ({ id: run.id, personId: run.personId, from: run.past!.at, to: earlier(timeouts(run), now) }))) : null;
  return runs.map((run): StepResult => {
    if (run.past) return waitedInPast({ run, past: run.past, step }, { timeout: timeouts(run), did: since?.get(run.id) ?? null, held: held?.get(run.id) ?? null, now });
    const isWoken = run.arrivedAt !== null && !run.waiting;
    if (isWoken || met?.has(run.id) || holding?.has(run.personId)) return { run, kind: 'move', outcome: 'met', next: step.next };
    if (run.arrivedAt !== null) return { run, kind: 'move', outcome: 'timeout', next: step.onTimeout };
    return { run, kind: 'stay', dueAt: timeouts(run), waiting: true };
  });
}

/** A run that begins in the past has its next step then. */
const onClock = (run: Run, at: Date): Run => (run.past ? { ...run, past: { ...run.past, at } } : run);

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** `did`: when an event came; `held`: when the condition first held; null: not until now. */
interface InPast { timeout: Date; did: Date | null; held: Date | null; now: Date }

/**
 * A wait that began before the launch. An event counts when it came in time, a condition when it held in time, and what follows is timed from the earlier of them.
 */
export function waitedInPast<R extends { past?: { at: Date; since: Date } }>({ run, past, step }: { run: R; past: { at: Date; since: Date }; step: Pick<WaitUntilStep, 'next' | 'onTimeout'> }, { timeout, did, held, now }: InPast) {
  const after = (at: Date, outcome: 'met' | 'timeout') => ({ run: { ...run, past: { ...past, at } }, kind: 'move' as const, outcome, next: outcome === 'met' ? step.next : step.onTimeout });
  const met = did && held ? earlier(did, held) : did ?? held;
  if (met && met <= timeout) return after(met, 'met');
  return timeout <= now ? after(timeout, 'timeout') : { run, kind: 'stay' as const, dueAt: timeout, waiting: true };
}

/** When everybody's wait ends: all of a zone who come to it at one moment wait until the same one. */
async function endsByZone(tx: BatchContext['tx'], runs: readonly Run[], { now, zone: fallback }: Pick<BatchContext, 'now' | 'zone'>, end: (from: Date, zone: string) => Date): Promise<(run: Run) => Date> {
  const zones = await zonesOf(tx, runs.map((run) => run.personId), fallback);
  const ends = new Map<string, Date>();
  return (run) => {
    const zone = zones.get(run.personId) ?? fallback;
    if (run.past) return end(run.past.at, zone);
    let at = ends.get(zone);
    if (!at) ends.set(zone, (at = end(now, zone)));
    return at;
  };
}
