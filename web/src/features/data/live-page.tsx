import { Alert, Badge, Button, Code, Group, Select, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useLabels } from '../../lib/labels.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { DataTabs } from './data-tabs.tsx';
import { emptyFeed, fed, KEPT, type Feed, type LiveEvent } from './live-feed.ts';

const route = getRouteApi('/data/live');
const LOOK_MS = 2_000;

/** Asks again every two seconds while it runs, and adds what came to what was there. Another filter begins anew. */
function useFeed(name: string | undefined, person: string | undefined, isPaused: boolean) {
  const queries = useQueryClient();
  const queryKey = ['live-events', name, person];
  const found = useQuery({
    queryKey, enabled: !isPaused, refetchInterval: isPaused ? false : LOOK_MS, retry: false, gcTime: 0,
    queryFn: async () => {
      const before = queries.getQueryData<Feed>(queryKey) ?? emptyFeed;
      return fed(before, await answer(api.GET('/v1/events/live', { params: { query: { ...(before.at ? { since: before.at } : {}), ...(name ? { name } : {}), ...(person ? { person } : {}) } } })));
    },
  });
  return { feed: found.data ?? emptyFeed, found };
}

/** Single events as they come in: who, what, from where, stored or refused with the reason. */
export function LivePage() {
  const { t } = useTranslation();
  const { event, person } = route.useSearch();
  const navigate = route.useNavigate();
  const labels = useLabels();
  const [isPaused, setPaused] = useState(false);
  const names = useQuery({ queryKey: ['event-names'], queryFn: () => answer(api.GET('/v1/events/names')), staleTime: 60_000 });
  const options = [...new Set([...(event ? [event] : []), ...(names.data?.items ?? []).map(({ name }) => name)])].map((name) => ({ value: name, label: labels.said('event', name) }));
  return (
    <Page title={t('data.live.title')} note={<span role="status">{t(isPaused ? 'data.paused' : 'data.live.listening')}</span>} actions={<DataTabs />}>
      <Group align="flex-end">
        <Select label={t('data.event')} placeholder={t('data.live.anyEvent')} clearable searchable value={event ?? null} data={options} w={240} onChange={(next) => { void navigate({ search: (before) => ({ ...before, event: next ?? undefined }), replace: true }); }} />
        <PersonPicker label={t('data.live.person')} value={person} onChange={(next) => { void navigate({ search: (before) => ({ ...before, person: next }), replace: true }); }} />
        {person && <Button variant="default" onClick={() => { void navigate({ search: (before) => ({ ...before, person: undefined }), replace: true }); }}>{t('data.live.anybody')}</Button>}
        <Button variant="default" aria-pressed={isPaused} onClick={() => { setPaused(!isPaused); }}>{t(isPaused ? 'data.goOn' : 'data.pause')}</Button>
      </Group>
      <Stream key={`${event ?? ''} ${person ?? ''}`} name={event} person={person} isPaused={isPaused} />
    </Page>
  );
}

function Stream({ name, person, isPaused }: { name: string | undefined; person: string | undefined; isPaused: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { feed, found } = useFeed(name, person, isPaused);
  if (feed.at === null) return found.isError ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : isPaused ? <EmptyState title={t('data.paused')} hint="" /> : <Loading />;
  return (
    <>
      {found.isError && <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
      {feed.sampled && <Alert color="orange" variant="light">{t('data.live.sampled', { shown: format.number(feed.shown), came: format.number(feed.came) })}</Alert>}
      {feed.items.length === 0 ? <EmptyState title={t('data.live.none')} hint={t(name || person ? 'data.live.noneMatch' : 'data.live.noneHint')} /> : <DataTable caption={t('data.live.title')} items={feed.items} keyOf={({ id }) => id} columns={[
        { key: 'at', label: t('data.live.at'), cell: ({ at }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.exact(at)}</Text> },
        { key: 'outcome', label: t('data.live.outcome'), cell: (one) => <Outcome one={one} /> },
        { key: 'name', label: t('data.event'), cell: (one) => (one.name ? <Labelled kind="event" name={one.name} /> : one.type ?? t('state.none')) },
        { key: 'who', label: t('data.live.person'), cell: ({ personId, person: who }) => (personId ? <TextLink to="/people/$id" params={{ id: personId }} size="sm">{who ?? t('data.live.visitor')}</TextLink> : who ?? t('state.none')) },
        { key: 'properties', label: t('data.live.properties'), cell: (one) => <Properties one={one} /> },
        { key: 'source', label: t('data.live.source'), cell: ({ source, type }) => <Text size="sm">{source ?? t('state.none')} <Text span size="xs" c="dimmed">{type}</Text></Text> },
      ]} />}
      {feed.read > KEPT && <Text size="xs" c="dimmed">{t('data.live.kept', { shown: format.number(KEPT) })}</Text>}
    </>
  );
}

function Outcome({ one }: { one: LiveEvent }) {
  const { t } = useTranslation();
  if (one.outcome === 'accepted') return <Badge variant="light" color="green">{t('data.live.accepted')}</Badge>;
  return <><Badge variant="light" color="red">{t('data.live.refused')}</Badge><Text size="xs" maw={280}><Code>{one.code}</Code> {one.message}</Text></>;
}

function Properties({ one }: { one: LiveEvent }) {
  const { t } = useTranslation();
  if (one.properties === null) return <Text size="xs" c="dimmed">{t(one.outcome === 'accepted' ? 'data.live.long' : 'state.none')}</Text>;
  const text = JSON.stringify(one.properties);
  if (text === '{}') return <>{t('state.none')}</>;
  return text.length <= 80 ? <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code> : <details><summary>{t('data.show')}</summary><Code block style={{ whiteSpace: 'pre-wrap', maxWidth: 360, overflowWrap: 'anywhere' }}>{JSON.stringify(one.properties, null, 2)}</Code></details>;
}
