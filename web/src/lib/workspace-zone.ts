import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';

/** The zone whose days and times are meant: that of the workspace. Undefined until it is known. */
export const useZone = (): string | undefined => useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')), staleTime: 60_000 }).data?.timeZone;
