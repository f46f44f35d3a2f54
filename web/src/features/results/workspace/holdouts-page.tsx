import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { IntervalBars } from '../../../ui/interval-bar.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Files } from '../files.tsx';
import { Days } from '../filters.tsx';
import { useZone } from '../../../lib/workspace.ts';
import { periodOf } from '../period.ts';
import { HoldoutDialog } from './holdout-form.tsx';
import { ReportLinks } from '../report-links.tsx';
import type { PeriodSearch } from '../results-search.ts';

const route = getRouteApi('/results/holdouts');
type Item = Api<'HoldoutReport'>['items'][number];

/** What messages caused: people kept back against those who were meant to get them, goal by goal. */
export function HoldoutsPage() {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  const [opened, setOpened] = useState(false);
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const query = zone ? periodOf(filter, zone) : {};
  const set = (change: PeriodSearch) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const found = useQuery({ queryKey: ['holdouts', query], queryFn: () => answer(api.GET('/v1/reports/holdouts', { params: { query } })), enabled: zone !== undefined, placeholderData: (before) => before });
  return (
    <Page title={t('reports.holdouts.title')} note={<ReportLinks />} actions={<Group gap="sm"><Files files={[{ key: 'holdouts', label: t('reports.holdouts.title'), path: '/v1/reports/holdouts/export', query }]} />{canEdit && <Button onClick={() => { setOpened(true); }}>{t('reports.holdouts.begin')}</Button>}</Group>}>
      <Group gap="sm" align="flex-end" component="search"><Days from={filter.from} to={filter.to} onChange={set} /></Group>
      {found.isPending ? <Loading /> : !found.data ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : (
        <>
          {found.data.items.length === 0 && <EmptyState title={t('reports.holdouts.empty')} hint={t('reports.holdouts.emptyHint')} />}
          {found.data.items.map((item) => <Effect key={item.holdout?.id ?? `${item.goal.name} ${item.goal.event ?? ''} ${item.goal.windowSeconds}`} item={item} />)}
        </>
      )}
      <HoldoutDialog opened={opened} onClose={() => { setOpened(false); }} />
    </Page>
  );
}

function Effect({ item: { holdout, goal, sentence, lift, kept, messaged, tests, missing, detectable } }: { item: Item }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const groups = [{ key: 'messaged' as const, ...messaged }, { key: 'kept' as const, ...kept }];
  const interval = lift && t('results.interval', { from: format.change(lift.lo), to: format.change(lift.hi) });
  return (
    <Card withBorder component="section" aria-label={holdout?.name ?? goal.name}>
      <Stack gap="md">
        <Title order={2} size="h5">{holdout?.name ?? goal.name}</Title>
        {holdout && <About holdout={holdout} goal={goal} />}
        <Text fw={600}>{i18n.language === 'ko' ? sentence.ko : sentence.en}</Text>
        {missing && <Text size="sm" c="dimmed">{t(`reports.holdouts.missing.${missing}`)}</Text>}
        {lift && <IntervalBars intervals={[{ key: 'lift', label: t('reports.holdouts.against'), text: interval!, lo: lift.lo, hi: lift.hi }]} zero={t('results.zero')} description={({ label, text }) => t('results.barLabel', { label, text })} />}
        {detectable && <Text size="sm"><Text span fw={600}>{t('reports.holdouts.findable')}:</Text> {i18n.language === 'ko' ? detectable.sentence.ko : detectable.sentence.en}</Text>}
        <DataTable caption={goal.name} items={groups} keyOf={({ key }) => key} columns={[
          { key: 'group', label: t('reports.holdouts.group'), cell: ({ key }) => t(`reports.holdouts.${key}`) },
          { key: 'people', label: t('results.matured'), numeric: true, cell: ({ people }) => format.number(people) },
          { key: 'converted', label: t('results.converted'), numeric: true, cell: ({ converted, people }) => <>{format.number(converted)} <Text span size="xs" c="dimmed">{people === 0 ? t('results.whyEmpty.collecting') : format.percent(converted, people)}</Text></> },
        ]} />
        {tests.length > 0 && <Text size="sm">{t('reports.holdouts.from')} {tests.map(({ campaignId, campaign, experimentId }, index) => <span key={experimentId}>{index > 0 && ', '}<TextLink to="/campaigns/$id/results" params={{ id: campaignId }} underline="always">{campaign}</TextLink></span>)}</Text>}
      </Stack>
    </Card>
  );
}

const DAY_SECONDS = 86_400;

/** What a holdout is, and the button that ends it. */
function About({ holdout: { id, name, percent, since, endedAt }, goal }: { holdout: NonNullable<Item['holdout']>; goal: Item['goal'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const end = async () => {
    await api.POST('/v1/holdouts/{id}/end', { params: { path: { id } } });
    await queries.invalidateQueries({ queryKey: ['holdouts'] });
  };
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="sm">
        <Badge variant="light" color={endedAt === null ? 'rain' : 'gray'}>{t('reports.holdouts.share', { percent: format.number(percent) })}</Badge>
        <Text size="sm" c="dimmed">{endedAt === null ? t('reports.holdouts.active', { date: format.day(since) }) : t('reports.holdouts.ended', { date: format.day(endedAt) })}</Text>
        <Text size="sm" c="dimmed">{t('reports.holdouts.goalIs', { event: goal.event ?? goal.name, count: Math.round(goal.windowSeconds / DAY_SECONDS) })}</Text>
      </Group>
      {canEdit && endedAt === null && <ConfirmButton title={t('reports.holdouts.endTitle', { name })} action={t('reports.holdouts.end')} typed={null} onConfirm={end}>{t('reports.holdouts.endText')}</ConfirmButton>}
    </Group>
  );
}
