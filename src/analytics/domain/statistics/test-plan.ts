import { pairCount } from './multipliers.js';
import { type Baseline, type Design, detectableLift, peopleNeeded } from './planning.js';

const DAY = 86_400_000;
/** Bounds of the default read-out, counted from the first entry, before the window is added (section 6). */
export const READOUT_DAYS = { least: 7, most: 56 } as const;

/** Error budgets of the three modes of the one rule: with a read-out, everybody at once, and without an end. */
export const BUDGETS = {
  planned: { alphaEarly: 0.01, alphaFinal: 0.04 },
  single: { alphaEarly: 0, alphaFinal: 0.05 },
  open: { alphaEarly: 0.05, alphaFinal: 0 },
} as const;
export type TestMode = keyof typeof BUDGETS;

/** How people come: so many a day from the start on (and `atOnce` of them with the first), or all of them at the start. */
export type Arrivals = { perDay: number; atOnce?: number } | { total: number };

export interface PlanRequest {
  mode: TestMode;
  weights: readonly number[];
  baseline: Baseline;
  /** The smallest lift worth finding; negative where lower is better. */
  lift: number;
  arrivals: Arrivals;
  /** First entry. */
  start: Date;
  /** Attribution window in milliseconds. */
  window: number;
  /** A read-out chosen by hand; else the first whole day at which enough people have matured, within the bounds. */
  readoutAt?: Date | undefined;
  power?: number | undefined;
  /** Of arms drawn for accounts; 1 when not given. */
  designEffect?: number | undefined;
}

export interface PlannedTest {
  alphaEarly: number;
  alphaFinal: number;
  pairs: number;
  /** People needed, all arms and per arm of equal shares, rounded up; null when no number is enough. */
  needed: number | null;
  perArm: number | null;
  /** Null without a read-out. */
  readoutAt: Date | null;
  /** People of all arms expected to have matured at the read-out: what the rule keeps as `plannedPeople`. Null when nobody is expected. */
  plannedPeople: number | null;
  /** The smallest lift these people find; null when none. */
  detectable: number | null;
  /** Whether the wanted lift is among what they find; false must be said before launch. */
  isEnough: boolean;
  /** Which bound moved the read-out away from the day the people needed are there. */
  bound: 'least' | 'most' | null;
}

/** Plans a test before launch: how many people, until when, and what can be told apart by then. */
export function planTest(request: PlanRequest): PlannedTest {
  const { mode, weights, baseline, lift, power, designEffect } = request;
  const design: Design = { weights, ...BUDGETS[mode], power, designEffect };
  const exact = peopleNeeded(design, baseline, lift);
  const needed = exact === null ? null : Math.ceil(exact);
  const { readoutAt, bound } = readout(request, needed);
  const people = maturedAt(request, readoutAt);
  const detectable = detectableLift(design, baseline, people ?? needed ?? 0, lift < 0 ? 'lower' : 'higher');
  return {
    ...BUDGETS[mode],
    pairs: pairCount(weights.length),
    needed,
    perArm: exact === null ? null : Math.ceil(exact / weights.length),
    readoutAt,
    plannedPeople: (people ?? needed) || null,
    detectable,
    isEnough: needed !== null && (people ?? Infinity) >= needed,
    bound,
  };
}

/** People whose window has passed at a moment; null where the test has no end and therefore no such moment. */
function maturedAt({ arrivals, start, window }: PlanRequest, at: Date | null): number | null {
  if ('total' in arrivals) return Math.max(0, Math.floor(arrivals.total));
  if (at === null) return null;
  const days = (at.getTime() - start.getTime() - window) / DAY;
  return days < 0 ? 0 : Math.floor((arrivals.atOnce ?? 0) + arrivals.perDay * days);
}

function readout({ mode, arrivals, start, window, readoutAt }: PlanRequest, needed: number | null): Pick<PlannedTest, 'readoutAt' | 'bound'> {
  if (mode === 'open') return { readoutAt: null, bound: null };
  const after = (days: number) => new Date(start.getTime() + days * DAY + window);
  if (readoutAt) return { readoutAt, bound: null };
  if ('total' in arrivals) return { readoutAt: after(0), bound: null };
  const missing = needed === null ? Infinity : Math.max(0, needed - (arrivals.atOnce ?? 0));
  const days = missing === 0 ? 0 : arrivals.perDay > 0 ? Math.ceil(missing / arrivals.perDay) : Infinity;
  if (days > READOUT_DAYS.most) return { readoutAt: after(READOUT_DAYS.most), bound: 'most' };
  return days < READOUT_DAYS.least ? { readoutAt: after(READOUT_DAYS.least), bound: 'least' } : { readoutAt: after(days), bound: null };
}
