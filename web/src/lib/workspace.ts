import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';

/** The workspace's own settings, asked for once in a minute however many parts of a page want them. */
export const useWorkspace = () => useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')), staleTime: 60_000 });

/** The zone whose days and times are meant: that of the workspace. Undefined until it is known. */
export const useZone = (): string | undefined => useWorkspace().data?.timeZone;
