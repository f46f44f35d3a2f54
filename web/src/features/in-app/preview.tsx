import { Alert, Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { gapsOf, type InAppContent } from './content.ts';
import { useLanguageName } from './languages.tsx';
import type { Problem } from './place.ts';
import { PreviewFrame, type Device, type Scheme } from './preview-frame.tsx';

const PAUSE_MS = 250;

export interface PreviewOf {
  /** What would be displayed; what was displayed before while there is none. */
  display: Api<'DisplayMessage'> | null;
  /** What is wrong with what was written. */
  faults: Problem[];
  /** What is not written yet, or not right as a whole. */
  gaps: Problem[];
  warnings: Problem[];
  isOld: boolean;
  error: unknown;
}

type Answered = Pick<PreviewOf, 'display' | 'faults' | 'gaps' | 'warnings'>;

/** The message as the server would display it to this person, 250 ms after the last change. */
export function useInAppPreview({ content, topic, personId, language }: { content: InAppContent; topic: string; personId: string | undefined; language: string | undefined }): PreviewOf {
  const { t } = useTranslation();
  const open = gapsOf(content).map(({ path, gap }): Problem => ({ path, message: t(`inApp.gaps.${gap}`) }));
  const [text] = useDebouncedValue(JSON.stringify({ content, topic, personId, language }), PAUSE_MS);
  const asked = useQuery({
    queryKey: ['in-app-preview', text],
    queryFn: async ({ signal }): Promise<Answered> => {
      try {
        const { display: shown, problems: faults, warnings } = await answer(api.POST('/v1/messages/preview', { body: { channel: 'in_app', ...(JSON.parse(text) as { content: InAppContent; topic: string }) }, signal }));
        return { display: shown as Api<'DisplayMessage'> | null, faults, gaps: [], warnings };
      } catch (error) {
        // Parts that do not go together yet are no failure: they are said at their fields.
        if (!(error instanceof ApiProblem && error.status === 400)) throw error;
        return { display: null, warnings: [], faults: [], gaps: error.problems.map(({ path, message }) => ({ path: path.replace(/^content\./, ''), message })) };
      }
    },
    placeholderData: keepPreviousData, retry: false, staleTime: 30_000, enabled: open.length === 0 && gapsOf((JSON.parse(text) as { content: InAppContent }).content).length === 0,
  });
  const display = asked.data?.display ?? null;
  const [last, setLast] = useState(display);
  if (display !== null && display !== last) setLast(display);
  return { display: display ?? last, faults: asked.data?.faults ?? [], gaps: open.length > 0 ? open : (asked.data?.gaps ?? []), warnings: asked.data?.warnings ?? [], isOld: open.length > 0 || asked.isPlaceholderData || asked.isError || display === null, error: asked.error };
}

/** The message as visitors see it, drawn by the browser SDK itself: on a phone or a desktop, in light or dark, in each language, to anybody. */
export function InAppPreview({ content, preview, language, onLanguage, personId, onPerson }: { content: InAppContent; preview: PreviewOf; language: string | null; onLanguage(language: string | null): void; personId: string | undefined; onPerson(id: string | undefined): void }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const [device, setDevice] = useState<Device>('desktop');
  const [scheme, setScheme] = useState<Scheme>('light');
  const others = Object.keys(content.translations ?? {});
  const problems = [...preview.faults, ...preview.gaps];
  return (
    <Stack gap="sm" component="section" aria-label={t('inApp.preview.title')}>
      <Group gap="xs">
        <SegmentedControl size="xs" aria-label={t('inApp.preview.device')} value={device} data={(['desktop', 'phone'] as const).map((value) => ({ value, label: t(`inApp.preview.devices.${value}`) }))} onChange={(next) => { setDevice(next as Device); }} />
        <SegmentedControl size="xs" aria-label={t('inApp.preview.scheme')} value={scheme} data={(['light', 'dark'] as const).map((value) => ({ value, label: t(`app.${value}`) }))} onChange={(next) => { setScheme(next as Scheme); }} />
        {others.length > 0 && <Select size="xs" w={150} aria-label={t('inApp.preview.language')} allowDeselect={false} value={language ?? ''} data={[{ value: '', label: content.language ? nameOf(content.language) : t('inApp.onlyLanguage') }, ...others.map((one) => ({ value: one, label: nameOf(one) }))]} onChange={(next) => { onLanguage(next === '' ? null : next); }} />}
      </Group>
      <PreviewFrame display={preview.display} device={device} scheme={scheme} isOld={preview.isOld} />
      {problems.length > 0 && <Alert color="orange" role="status" title={t(preview.display ? 'inApp.preview.behind' : 'inApp.preview.notYet')}>{problems.map(({ path, message }) => <Text key={path + message} size="sm">{message}</Text>)}</Alert>}
      {preview.error instanceof Error && <Text size="sm" c="red" role="alert">{t('inApp.preview.failed', { message: preview.error.message })}</Text>}
      {preview.warnings.map(({ path, message }) => <Text key={path + message} size="sm" c="dimmed">{message}</Text>)}
      <Group gap="xs" align="flex-end">
        <div style={{ flex: 1, minWidth: 0 }}><PersonPicker label={t('inApp.preview.person')} value={personId} onChange={onPerson} /></div>
        {personId !== undefined && <Button variant="default" onClick={() => { onPerson(undefined); }}>{t('inApp.preview.nobody')}</Button>}
      </Group>
    </Stack>
  );
}
