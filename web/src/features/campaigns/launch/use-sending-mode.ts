import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../lib/api.ts';

/** Whether e-mail leaves this installation: over a mail server of the workspace or the environment; otherwise the sandbox mailbox takes it. Undefined until known. */
export function useSendingMode(): 'real' | 'sandbox' | undefined {
  const relays = useQuery({ queryKey: ['relays', 'mode'], queryFn: () => answer(api.GET('/v1/relays')), staleTime: 5_000 });
  if (!relays.data) return undefined;
  const { items, fallback } = relays.data;
  return items.some(({ enabled }) => enabled) || fallback.id !== 'sandbox' ? 'real' : 'sandbox';
}
