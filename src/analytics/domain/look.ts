import type { ArmTotals } from './experiment-counts.js';
import type { VerdictPlan } from './verdict-plan.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An external experiment without a date is read out when nobody was added for so long: rows come in batches. */
const QUIET_MS = DAY_MS;
/** A look that found nothing new is followed by one after as long as nothing has been new, within these. */
const AGAIN = { least: HOUR_MS, most: DAY_MS, idle: 7 * DAY_MS, idleAfter: 30 * DAY_MS };

/** What a read-out waits for beside its date. */
export interface Waiting {
  /** People are still being taken in by a launch. */
  isLaunching: boolean;
  /** Something that happened before the read-out has not been worked off. */
  hasPending: boolean;
  /** Since when nobody was assigned, as far as looks can tell. */
  quietSince: Date;
}

type Dated = Pick<VerdictPlan, 'mode' | 'readoutAt' | 'goal'>;

/** When the test is read out: the date fixed before, else when everybody's window has passed; null before there is anybody. */
export function readoutDate({ mode, readoutAt, goal }: Dated, { lastAssigned }: Pick<ArmTotals, 'lastAssigned'>): Date | null {
  if (readoutAt !== null || mode !== 'single') return readoutAt;
  return lastAssigned && new Date(lastAssigned.getTime() + goal.windowMillis);
}

/** Whether everything a read-out at `now` has to count is there. */
export function isSettled({ mode, readoutAt }: Dated, total: Pick<ArmTotals, 'eligible' | 'matured'>, { isLaunching, hasPending, quietSince }: Waiting, now: Date): boolean {
  if (hasPending) return false;
  if (mode !== 'single') return true;
  return !isLaunching && total.eligible === total.matured && (readoutAt !== null || now.getTime() - quietSince.getTime() >= QUIET_MS);
}

/** The next look: hourly while something changes, then less often; at the read-out; null for an archived campaign. */
export function nextLook(plan: Dated, total: ArmTotals, { isReadOut, isSettled: settled, changedAt, quietSince, isArchived }: { isReadOut: boolean; isSettled: boolean; changedAt: Date; quietSince: Date; isArchived: boolean }, now: Date): Date | null {
  const still = now.getTime() - changedAt.getTime();
  const again = still > AGAIN.idleAfter ? AGAIN.idle : Math.min(AGAIN.most, Math.max(AGAIN.least, still));
  const readout = isReadOut ? null : readoutDate(plan, total);
  if (isArchived && readout === null) return null;
  const quiet = new Date(quietSince.getTime() + QUIET_MS);
  const dates = [new Date(now.getTime() + again), readout, total.maturesUntil, readout && plan.readoutAt === null ? quiet : null];
  // What is due and has to wait for something is looked at again soon.
  if (readout && readout <= now && !settled) dates.push(new Date(now.getTime() + AGAIN.least));
  return dates.filter((date) => date !== null && date > now).reduce((first, date) => (date! < first! ? date : first), new Date(now.getTime() + AGAIN.idle));
}
