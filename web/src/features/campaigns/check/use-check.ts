import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../lib/api.ts';
import { useDraft } from '../draft/draft-context.tsx';

export const checkKey = (id: string, revision: number) => ['check', id, revision] as const;
export const askCheck = (id: string) => answer(api.POST('/v1/campaigns/{id}/check', { params: { path: { id } } }));

/** What the server says about the draft as it was saved last; until it has said so, what it said before. */
export function useCheck() {
  const { campaign: { id, revision } } = useDraft();
  return useQuery({ queryKey: checkKey(id, revision), queryFn: () => askCheck(id), placeholderData: keepPreviousData });
}
