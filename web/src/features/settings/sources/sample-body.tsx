import { Select, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { EXAMPLES } from './examples.ts';

type Source = Api<'Source'>;
const LAST = 20;

/** A body to try the mapping with. @property id of the delivery it came with; null: an example, or typed in */
export interface Sample { key: string; id: string | null; topic: string; headers: Record<string, string>; text: string }

/** What a text is as JSON; undefined: it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The delivery that was asked for, else the last one, else an example of this kind of source. */
export function useSample({ id, kind }: Source, wanted: string | undefined) {
  return useQuery({
    queryKey: ['source-sample', id, wanted], staleTime: Infinity,
    queryFn: async (): Promise<Sample> => {
      const last = wanted ?? (await answer(api.GET('/v1/sources/{id}/deliveries', { params: { path: { id }, query: { limit: 1 } } }))).items[0]?.id;
      if (last === undefined) return { key: 'example', id: null, topic: EXAMPLES[kind].topic, headers: {}, text: JSON.stringify(EXAMPLES[kind].body, null, 2) };
      const one = await answer(api.GET('/v1/sources/{id}/deliveries/{deliveryId}', { params: { path: { id, deliveryId: last } } }));
      return { key: one.id, id: one.id, topic: one.topic, headers: one.headers, text: JSON.stringify(one.body, null, 2) };
    },
  });
}

/** The body on the left: one that came, or any that is pasted. */
export function SampleBody({ source: { id }, sample, onChange }: { source: Source; sample: Sample; onChange(sample: Sample): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const last = useQuery({ queryKey: ['source-deliveries', id, 'samples'], queryFn: () => answer(api.GET('/v1/sources/{id}/deliveries', { params: { path: { id }, query: { limit: LAST } } })) });
  const came = (last.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.topic === '' ? '' : `${one.topic} · `}${format.instant(one.receivedAt)}` }));
  return (
    <Stack gap="sm" component="section" aria-label={t('sources.sample')}>
      <Title order={2} size="h4">{t('sources.sample')}</Title>
      {came.length > 0 && <Select label={t('sources.sampleOf')} placeholder={t('sources.sampleTyped')} data={came} value={sample.id} onChange={(value) => { if (value) void navigate({ to: '/settings/sources/$id', params: { id }, search: { tab: 'mapping', sample: value }, replace: true }); }} />}
      <TextInput label={t('sources.topic')} description={t('sources.topicHint')} maxLength={200} value={sample.topic} onChange={(event) => { onChange({ ...sample, topic: event.currentTarget.value }); }} />
      <Textarea label={t('sources.body')} description={sample.id === null && sample.key === 'example' ? t('sources.exampleHint') : t('sources.pasteHint')} error={parsed(sample.text) === undefined ? t('sources.notJson') : undefined} autosize minRows={10} maxRows={28} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }} value={sample.text} onChange={(event) => { onChange({ ...sample, id: null, text: event.currentTarget.value }); }} />
    </Stack>
  );
}
