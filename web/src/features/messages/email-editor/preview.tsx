import { ActionIcon, Alert, Group, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { IconChevronLeft, IconChevronRight } from '../../../ui/icons.ts';
import { PersonPicker } from '../../../ui/person-picker.tsx';
import { ErrorPanel } from '../../../ui/states.tsx';
import { Checks } from './checks.tsx';
import classes from './email-editor.module.css';
import type { Finding } from './findings.ts';
import { PlainText } from './plain-view.tsx';

/** How many people one can step through; others are found by name. */
const STEPS = 50;

/** Links lead nowhere from here: nothing may open out of the frame. Dark turns what an inbox would turn. */
const framed = (html: string, dark: boolean): string => html.replace('</head>', `<base target="_blank">${dark ? '<style>html{filter:invert(1) hue-rotate(180deg);background:#fff}img{filter:invert(1) hue-rotate(180deg)}</style>' : ''}</head>`);

interface Shown { preview: UseQueryResult<Api<'Preview'>>; findings: readonly Finding[]; person: string | undefined; onPerson(id: string | undefined): void; isEmpty: boolean }

/** The message as one person gets it, beside what the server says about it. */
export function Preview({ preview, findings, person, onPerson, isEmpty }: Shown) {
  const { t } = useTranslation();
  const format = useFormat();
  const [width, setWidth] = useState<'desktop' | 'phone' | 'text'>('desktop');
  const [dark, setDark] = useState(false);
  const email = preview.data?.email;
  return (
    <Stack gap="sm" component="section" aria-label={t('messages.preview.title')}>
      <Reader person={person} onPerson={onPerson} />
      <Group gap="sm" justify="space-between">
        <SegmentedControl size="xs" aria-label={t('messages.preview.as')} value={width} onChange={(value) => { setWidth(value as typeof width); }} data={(['desktop', 'phone', 'text'] as const).map((value) => ({ value, label: t(`messages.preview.${value}`) }))} />
        <Switch size="xs" label={t('messages.preview.dark')} checked={dark} onChange={(event) => { setDark(event.currentTarget.checked); }} />
      </Group>
      {isEmpty && <Text c="dimmed" ta="center" py="xl">{t('messages.preview.empty')}</Text>}
      {!isEmpty && email && (
        <>
          <div>
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{email.subject}</Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{[email.fromName, email.preheader].filter(Boolean).join(' · ')}</Text>
          </div>
          {width === 'text' ? <PlainText label={t('messages.preview.text')}>{email.text}</PlainText>
            : <iframe title={t('messages.preview.frame')} sandbox="" srcDoc={framed(email.html, dark)} className={`${classes.frame} ${width === 'phone' ? classes.phone : ''}`} />}
          <Text size="xs" c="dimmed">{t('messages.preview.size', { size: format.number(Math.ceil(email.bytes / 1000)) })}</Text>
        </>
      )}
      {!isEmpty && preview.data && !email && <Alert color="orange" role="status">{t('messages.preview.notMade')}</Alert>}
      {preview.isError && findings.length === 0 && <ErrorPanel error={preview.error} onRetry={() => { void preview.refetch(); }} />}
      <Checks findings={findings} />
    </Stack>
  );
}

/** Who reads it: the newest people one after another, or anybody by name. */
export function Reader({ person, onPerson }: { person: string | undefined; onPerson(id: string | undefined): void }) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['preview-people'], queryFn: () => answer(api.GET('/v1/people', { params: { query: { limit: STEPS } } })), staleTime: 60_000 });
  const people = data?.items ?? [];
  const first = people[0]?.id;
  useEffect(() => { if (person === undefined && first !== undefined) onPerson(first); }, [person, first, onPerson]);
  const at = people.findIndex(({ id }) => id === person);
  const step = (by: 1 | -1) => { if (people.length > 0) onPerson(people[(at + by + people.length) % people.length]!.id); };
  useHotkeys([['[', () => { step(-1); }], [']', () => { step(1); }]]);
  if (data && people.length === 0) return <Text size="sm" c="dimmed">{t('messages.preview.nobody')}</Text>;
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <ActionIcon variant="default" size="lg" aria-label={t('messages.preview.previous')} aria-keyshortcuts="[" onClick={() => { step(-1); }}><IconChevronLeft size={18} aria-hidden /></ActionIcon>
      <PersonPicker label={t('messages.preview.person')} value={person} onChange={onPerson} />
      <ActionIcon variant="default" size="lg" aria-label={t('messages.preview.next')} aria-keyshortcuts="]" onClick={() => { step(1); }}><IconChevronRight size={18} aria-hidden /></ActionIcon>
    </Group>
  );
}
