import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useEventSample } from '../email-editor/tags.ts';
import { shownContent, type Chat, type Webhook } from './content.ts';

const PAUSE_MS = 250;

/** What the endpoint would get for this person, made by what sends it; not asked while something is not written. */
export function usePayload(message: { channel: 'chat'; content: Chat } | { channel: 'webhook'; content: Webhook }, person: string | undefined, isWhole: boolean): UseQueryResult<Api<'Preview'>> {
  const sample = useEventSample();
  const asked = JSON.stringify({ channel: message.channel, content: shownContent<Chat | Webhook>(message.content), ...(person ? { personId: person } : {}), ...(sample ? { sample } : {}) });
  const [key] = useDebouncedValue(asked, PAUSE_MS);
  return useQuery({ queryKey: ['preview', key], queryFn: () => answer(api.POST('/v1/messages/preview', { body: JSON.parse(key) as Api<'PreviewRequest'> })), placeholderData: keepPreviousData, retry: false, staleTime: 10_000, gcTime: 30_000, enabled: isWhole && key === asked && person !== undefined });
}
