import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../lib/api.ts';
import { dayAfter, startOfDay } from '../../lib/zones.ts';

/** The zone whose days are meant: that of the workspace. */
export const useZone = (): string | undefined => useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')), staleTime: 60_000 }).data?.timeZone;

/** Whole days as the reports ask for them: [start of the first, end of the last). */
export function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }, zone: string): { from?: string; to?: string } {
  return { ...(from ? { from: startOfDay(from, zone) } : {}), ...(to ? { to: startOfDay(dayAfter(to), zone) } : {}) };
}
