import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../lib/api.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { WaitingList } from './person-pace.tsx';

/** What waits for one person at this moment, with until when and for whose message. */
export function PersonWaiting({ id }: { id: string }) {
  const found = useQuery({ queryKey: ['person-pacing', id], queryFn: () => answer(api.GET('/v1/people/{id}/pacing', { params: { path: { id } } })) });
  if (found.isPending) return <Loading rows={1} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return <WaitingList pace={found.data} />;
}
