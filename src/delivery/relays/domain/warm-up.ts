/** How the volume of a new relay or sending domain grows. */
export interface WarmUpPlan {
  /** Local date of the first day, `2026-03-02`. */
  startedOn: string;
  /** Messages of the first and of the last day. */
  firstDay: number;
  lastDay: number;
  /** How many days until the last day's volume; after them there is no limit. */
  days: number;
}

/** Ghost's curve: 200 on the first day to 200,000 on the 42nd (5-email.md, sections 3.1 and 7.7). */
export const DEFAULT_WARM_UP = { firstDay: 200, lastDay: 200_000, days: 42 };

const DAY_MS = 86_400_000;

/** Messages allowed on a local date; null after the last day. Before the first day none are. */
export function allowanceOn(plan: WarmUpPlan, date: string): number | null {
  const day = Math.round((Date.parse(date) - Date.parse(plan.startedOn)) / DAY_MS);
  if (day < 0) return 0;
  if (day >= plan.days) return null;
  return Math.round(plan.firstDay * (plan.lastDay / plan.firstDay) ** (day / (plan.days - 1)));
}

/** The local date after this one. */
export const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
