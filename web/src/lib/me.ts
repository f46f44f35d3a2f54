import { useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from './api.ts';

/** Who is signed in; undefined until that is known. */
export const useMe = (): Api<'Me'> | undefined => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/v1/me')), staleTime: Infinity }).data;

/** What they may do. Undefined until it is known: nothing is offered before that. */
export const roleOf = (me: Api<'Me'> | undefined) => (me?.kind === 'user' ? me.user.role : me?.role);
/** Whether what only owners may see and change is offered. */
export const isOwner = (me: Api<'Me'> | undefined): boolean => roleOf(me) === 'owner';
/** Whether buttons that change something would be obeyed. */
export const mayEdit = (me: Api<'Me'> | undefined): boolean => ['owner', 'marketer'].includes(roleOf(me) ?? '');
