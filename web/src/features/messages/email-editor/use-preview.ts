import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import type { EmailContent } from './content.ts';
import { useEventSample } from './tags.ts';

const PAUSE_MS = 250;

/** As whom a message is looked at: somebody, or nobody in particular. */
export interface Reader { person: string | undefined; language: string | undefined; topic: string | undefined }

/** Made by the server with what makes the messages that are sent; asked for when typing pauses. */
export function usePreview(content: EmailContent, { person, language, topic }: Reader): UseQueryResult<Api<'Preview'>> {
  const { t } = useTranslation();
  const sample = useEventSample();
  const asked = { channel: 'email' as const, content: content.subject.trim() === '' ? { ...content, subject: t('messages.preview.noSubject') } : content, ...(person ? { personId: person } : {}), ...(language ? { language } : {}), ...(topic ? { topic } : {}), ...(sample ? { sample } : {}) };
  const [body] = useDebouncedValue(asked, PAUSE_MS);
  const key = JSON.stringify(body);
  return useQuery({ queryKey: ['preview', key], queryFn: () => answer(api.POST('/v1/messages/preview', { body })), placeholderData: keepPreviousData, retry: false, staleTime: 10_000, gcTime: 30_000, enabled: body.content.body.trim() !== '' });
}
