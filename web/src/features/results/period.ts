import { dayAfter, startOfDay } from '../../lib/zones.ts';

/** Whole days as the reports ask for them: [start of the first, end of the last). */
export function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }, zone: string): { from?: string; to?: string } {
  return { ...(from ? { from: startOfDay(from, zone) } : {}), ...(to ? { to: startOfDay(dayAfter(to), zone) } : {}) };
}
