import { Button, Code, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { DataTabs } from './data-tabs.tsx';
import { Fields } from './fields.tsx';
import { LabelCell } from './label-form.tsx';

const route = getRouteApi('/data/events');
const LOOK_MS = 3_000;

/** What arrives: every name of an event with how often and when last, its properties, and what was refused. */
export function EventsPage() {
  const { t } = useTranslation();
  const [isPaused, setPaused] = useState(false);
  const { event } = route.useSearch();
  const names = useQuery({ queryKey: ['event-names'], queryFn: () => answer(api.GET('/v1/events/names')), refetchInterval: isPaused ? false : LOOK_MS });
  if (names.isPending) return <Loading />;
  if (!names.data) return <ErrorPanel error={names.error} onRetry={() => { void names.refetch(); }} />;
  return (
    <Page title={t('data.events')} note={<span role="status">{t(isPaused ? 'data.paused' : 'data.listening')}</span>} actions={<DataTabs />}>
      {names.data.items.length === 0 ? <FirstEvent /> : <Catalogue items={names.data.items} isPaused={isPaused} onPause={() => { setPaused(!isPaused); }} />}
      {event && <Properties event={event} />}
      <Refused isPaused={isPaused} />
    </Page>
  );
}

function Catalogue({ items, isPaused, onPause }: { items: { name: string; count: number; lastAt: string }[]; isPaused: boolean; onPause(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap="sm">
      <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} onClick={onPause}>{t(isPaused ? 'data.goOn' : 'data.pause')}</Button>
      <DataTable caption={t('data.events')} items={items} keyOf={({ name }) => name} columns={[
        { key: 'name', label: t('data.event'), cell: ({ name }) => <TextLink to="/data/events" search={{ event: name }} size="sm">{name}</TextLink> },
        { key: 'label', label: t('data.labelled'), cell: ({ name }) => <LabelCell kind="event" name={name} /> },
        { key: 'count', label: t('data.count'), numeric: true, cell: ({ count }) => format.number(count) },
        { key: 'last', label: t('data.last'), cell: ({ lastAt }) => <span title={format.exact(lastAt)}>{format.ago(lastAt)}</span> },
      ]} />
    </Stack>
  );
}

function Properties({ event }: { event: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['fields', event], queryFn: () => answer(api.GET('/v1/segments/fields', { params: { query: { event } } })) });
  const title = t('data.propertiesOf', { name: event });
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={2} size="h4">{title}</Title>
      {found.isPending ? <Loading rows={3} /> : !found.data ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : found.data.fields.length === 0 ? <Text c="dimmed">{t('data.noProperties')}</Text> : <Fields caption={title} found={found.data} />}
    </Stack>
  );
}

function Refused({ isPaused }: { isPaused: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['events-rejected'], (after) => answer(api.GET('/v1/events/rejected', { params: { query: { limit: 20, ...(after ? { after } : {}) } } })), () => (isPaused ? false : LOOK_MS));
  return (
    <Stack gap="sm" component="section" aria-label={t('data.refused')}>
      <Title order={2} size="h4">{t('data.refused')}</Title>
      <Listing caption={t('data.refused')} list={list} keyOf={({ id }) => id} empty={{ title: t('data.noneRefused'), hint: t('data.noneRefusedHint') }} columns={[
        { key: 'at', label: t('data.when'), cell: ({ at }) => format.exact(at) },
        { key: 'why', label: t('data.why'), cell: ({ code, message }) => <><Code>{code}</Code><Text size="sm">{message}</Text></> },
        { key: 'what', label: t('data.what'), cell: ({ payload }) => <details><summary>{t('data.show')}</summary><Code block style={{ whiteSpace: 'pre-wrap', maxWidth: 420, overflowWrap: 'anywhere' }}>{JSON.stringify(payload, null, 2)}</Code></details> },
      ]} />
    </Stack>
  );
}

/** The lines that send the first event, until it is there. */
function FirstEvent() {
  const { t } = useTranslation();
  const origin = location.origin;
  const lines = [
    { key: 'curl', code: `curl "${origin}/v1/track" -u "$DANBI_WRITE_KEY:" -H 'content-type: application/json' \\\n  -d '{"userId": "mina", "event": "Signed Up"}'` },
    { key: 'sdk', code: `<script async src="${origin}/sdk/danbi.js" data-key="$DANBI_WRITE_KEY"></script>` },
  ] as const;
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">{t('data.firstTitle')}</Title>
      <Text c="dimmed">{t('data.firstHint')}</Text>
      {lines.map(({ key, code }) => <Stack key={key} gap={4}><Text size="sm" fw={600}>{t(`data.lines.${key}`)}</Text><Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{code}</Code></Stack>)}
    </Stack>
  );
}
