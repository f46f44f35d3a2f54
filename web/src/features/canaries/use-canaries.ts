import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Api } from '../../lib/api.ts';

export type CanaryCheck = Api<'CanaryCheck'>;

/** Everybody who is marked; there are few. */
export const useCanaries = () => useQuery({ queryKey: ['canaries'], queryFn: () => answer(api.GET('/v1/canaries')), staleTime: 30_000 });

/** After a change: who is marked, what is known of them, and what home says. */
export function useCanariesChanged(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all([['canaries'], ['canary-checks'], ['home']].map((queryKey) => client.invalidateQueries({ queryKey })));
}

export const addCanary = (person: string) => answer(api.PUT('/v1/canaries/{person}', { params: { path: { person } } }));
export const removeCanary = (person: string) => answer(api.DELETE('/v1/canaries/{person}', { params: { path: { person } } }));
export const acknowledgeCanary = (id: string) => answer(api.POST('/v1/canary-notes/{id}/acknowledge', { params: { path: { id } } }));

/** How a canary is called in lists. */
export const canaryName = ({ name, email, externalId, personId }: Pick<CanaryCheck, 'name' | 'email' | 'externalId' | 'personId'>): string => name ?? email ?? externalId ?? personId;
