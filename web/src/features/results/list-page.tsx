import { Badge, Button, Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { ReportLinks } from './report-links.tsx';
import { LISTS, OF, TEST_STATES, type ListSearch } from './results-search.ts';
import { VERDICT_COLORS } from './verdict-colors.ts';

const route = getRouteApi('/results/');
type Test = Api<'ExperimentList'>['items'][number];
type Goal = Api<'GoalList'>['items'][number];

/** Every test and goal that runs, or ran: where it stands, in a sentence. */
export function ResultsListPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = filter.list ?? 'tests';
  const set = (change: ListSearch) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  return (
    <Page title={t('results.list.title')} note={<ReportLinks />}>
      <Group gap="sm" component="search">
        <Group gap={6} role="group" aria-label={t('results.list.what')}>{LISTS.map((one) => <Button key={one} size="sm" variant={one === list ? 'filled' : 'default'} aria-pressed={one === list} onClick={() => { set({ list: one === 'tests' ? undefined : one, state: undefined }); }}>{t(`results.list.${one}`)}</Button>)}</Group>
        <SearchField label={t('results.list.search')} value={filter.q ?? ''} onChange={(q) => { set({ q: q || undefined }); }} />
        <Select aria-label={t('results.list.of')} allowDeselect={false} value={filter.of ?? 'running'} data={OF.map((value) => ({ value, label: t(`results.list.${value}`) }))} onChange={(of) => { set({ of: of === 'running' || of === null ? undefined : of }); }} w={190} />
        {list === 'tests' && <Select aria-label={t('results.verdict')} placeholder={t('results.verdict')} clearable value={filter.state ?? null} data={TEST_STATES.map((value) => ({ value, label: t(`results.verdicts.${value}`) }))} onChange={(state) => { set({ state: state ?? undefined }); }} w={200} />}
      </Group>
      {list === 'tests' ? <Tests filter={filter} onClear={() => { void navigate({ search: {}, replace: true }); }} /> : <Goals filter={filter} onClear={() => { void navigate({ search: { list: 'goals' }, replace: true }); }} />}
    </Page>
  );
}

const isFiltered = ({ q, of, state }: ListSearch) => Boolean(q ?? of ?? state);
const asked = ({ q, of }: ListSearch) => ({ limit: 50, ...(q ? { q } : {}), ...(of ? { of } : {}) });

function Tests({ filter, onClear }: { filter: ListSearch; onClear(): void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const list = useList(['experiments', filter.q, filter.of, filter.state], (after) => answer(api.GET('/v1/experiments', { params: { query: { ...asked(filter), ...(after ? { after } : {}), ...(filter.state ? { state: filter.state } : {}) } } })));
  const columns: Column<Test>[] = [
    { key: 'campaign', label: t('results.list.campaign'), cell: ({ campaignId, campaign, stepId, goal }) => <><TextLink to="/campaigns/$id/results" params={{ id: campaignId }} fw={600}>{campaign}</TextLink><Text size="xs" c="dimmed">{stepId} · {goal.name}</Text></> },
    { key: 'state', label: t('results.verdict'), cell: ({ state, sentence, choice }) => <><Badge variant="light" color={VERDICT_COLORS[state]}>{t(`results.verdicts.${state}`)}</Badge><Text size="sm" maw={460}>{sentence ? (i18n.language === 'ko' ? sentence.ko : sentence.en) : t('results.list.notLooked')}</Text>{choice !== null && <Text size="xs" c="dimmed">{t('results.list.choice', { variant: choice })}</Text>}</> },
    { key: 'readout', label: t('results.list.readout'), cell: ({ readoutAt }) => (readoutAt ? format.day(readoutAt) : <Text size="sm" c="dimmed">{t('results.list.noReadout')}</Text>) },
    { key: 'people', label: t('results.people'), numeric: true, cell: ({ people }) => (people === null ? <Text size="xs" c="dimmed">{t('results.list.notLooked')}</Text> : format.number(people)) },
  ];
  return <Listing caption={t('results.list.tests')} list={list} columns={columns} keyOf={({ experimentId }) => experimentId} empty={{ title: t('results.list.noTests'), hint: t('results.list.noTestsHint') }} noMatch={isFiltered(filter) ? { title: t('results.noneMatch'), hint: t('results.noneMatchHint') } : undefined} onClear={onClear} />;
}

function Goals({ filter, onClear }: { filter: ListSearch; onClear(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['goals', filter.q, filter.of], (after) => answer(api.GET('/v1/goals', { params: { query: { ...asked(filter), ...(after ? { after } : {}) } } })));
  const lines = (goal: Goal, of: (message: Goal['messages'][number]) => string) => goal.messages.map((message) => <div key={message.stepId}>{of(message)}</div>);
  const columns: Column<Goal>[] = [
    { key: 'goal', label: t('results.list.goal'), cell: ({ campaignId, campaign, goal }) => <><TextLink to="/campaigns/$id/results" params={{ id: campaignId }} fw={600}>{goal.name}</TextLink><Text size="xs" c="dimmed">{campaign}</Text></> },
    { key: 'step', label: t('results.list.message'), cell: (goal) => lines(goal, ({ stepId }) => stepId) },
    { key: 'people', label: t('results.assigned'), numeric: true, cell: (goal) => lines(goal, ({ people }) => format.number(people)) },
    { key: 'converted', label: t('results.converted'), numeric: true, cell: (goal) => lines(goal, ({ converted }) => format.number(converted)) },
    { key: 'rate', label: t('results.rate'), numeric: true, cell: (goal) => lines(goal, ({ people, converted }) => (people === 0 ? t('results.whyEmpty.collecting') : format.percent(converted, people))) },
  ];
  return <Listing caption={t('results.list.goals')} list={list} columns={columns} keyOf={({ campaignId }) => campaignId} empty={{ title: t('results.list.noGoals'), hint: t('results.list.noGoalsHint') }} noMatch={isFiltered(filter) ? { title: t('results.noneMatch'), hint: t('results.noneMatchHint') } : undefined} onClear={onClear} />;
}
