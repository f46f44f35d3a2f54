import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../lib/api.ts';

/** Lists that people can be put on, by name; asked for when a step names one. */
export function useLists(isWanted: boolean): { value: string; label: string }[] {
  const found = useQuery({ queryKey: ['list-choices'], queryFn: () => answer(api.GET('/v1/lists', { params: { query: { limit: 200 } } })), enabled: isWanted, staleTime: 30_000 });
  return (found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}
