import { Group, NumberInput, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { Bars } from '../../../ui/bars.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { Page } from '../../../ui/page.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Files } from '../files.tsx';
import { Days } from '../filters.tsx';
import { useZone } from '../../../lib/workspace.ts';
import { periodOf } from '../period.ts';
import { ReportLinks } from '../report-links.tsx';
import type { PeriodSearch } from '../results-search.ts';

const route = getRouteApi('/results/overlap');
const MORE = 5;
type Report = Api<'OverlapReport'>;

/** How many messages people got, from which campaigns together, and who got many. */
export function OverlapPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const query = { ...(zone ? periodOf(filter, zone) : {}), more: filter.more ?? MORE };
  const set = (change: PeriodSearch) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const found = useQuery({ queryKey: ['overlap', query], queryFn: () => answer(api.GET('/v1/reports/overlap', { params: { query } })), enabled: zone !== undefined, placeholderData: (before) => before });
  return (
    <Page title={t('reports.overlap.title')} note={<ReportLinks />} actions={<Files files={[{ key: 'overlap', label: t('reports.overlap.title'), path: '/v1/reports/overlap/export', query: { ...query, more: String(query.more) } }]} />}>
      <Group gap="sm" align="flex-end" component="search"><Days from={filter.from} to={filter.to} onChange={set} /><NumberInput label={t('reports.overlap.more')} w={170} min={0} max={10_000} allowDecimal={false} value={query.more} onChange={(value) => { if (typeof value === 'number') set({ more: value === MORE ? undefined : value }); }} /></Group>
      {found.isPending ? <Loading /> : found.data ? <Shown report={found.data} query={query} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
    </Page>
  );
}

function Shown({ report: { people, messages, campaigns, pairs, distribution, more }, query }: { report: Report; query: { from?: string; to?: string; more: number } }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (messages === 0) return <EmptyState title={t('reports.overlap.empty')} hint={t('reports.overlap.emptyHint')} />;
  const names = new Map(campaigns.map(({ campaignId, name }) => [campaignId, name]));
  const label = (count: number) => t(count === 50 ? 'reports.overlap.messagesOrMore' : 'reports.overlap.messages', { count });
  return (
    <>
      <Picture title={t('reports.overlap.distribution')} note={t('reports.overlap.note', { people, messages, than: more.than, many: more.people })} text={distribution.map((one) => t('reports.overlap.part', { messages: label(one.messages), people: one.people })).join(' ')}
        drawing={<Bars bars={distribution.map((one) => ({ key: String(one.messages), label: label(one.messages), value: one.people, text: `${format.number(one.people)} · ${format.percent(one.people, people)}` }))} />}
        table={<DataTable caption={t('reports.overlap.distribution')} items={distribution} keyOf={(one) => String(one.messages)} columns={[{ key: 'messages', label: t('reports.overlap.got'), cell: (one) => label(one.messages) }, { key: 'people', label: t('results.people'), numeric: true, cell: (one) => format.number(one.people) }]} />} />
      <DataTable caption={t('reports.overlap.campaigns')} items={campaigns} keyOf={({ campaignId }) => campaignId} columns={[
        { key: 'campaign', label: t('results.list.campaign'), cell: ({ campaignId, name }) => <TextLink to="/campaigns/$id/results" params={{ id: campaignId }}>{name}</TextLink> },
        { key: 'people', label: t('results.people'), numeric: true, cell: (one) => format.number(one.people) },
        { key: 'messages', label: t('reports.overlap.got'), numeric: true, cell: (one) => format.number(one.messages) },
        { key: 'alone', label: t('reports.overlap.alone'), numeric: true, cell: ({ alone }) => format.number(alone) },
      ]} />
      {pairs.length > 0 && <DataTable caption={t('reports.overlap.pairs')} items={pairs} keyOf={({ a, b }) => `${a} ${b}`} columns={[
        { key: 'pair', label: t('reports.overlap.pairs'), cell: ({ a, b }) => t('reports.overlap.pair', { a: names.get(a) ?? a, b: names.get(b) ?? b }) },
        { key: 'people', label: t('results.people'), numeric: true, cell: (pair) => <>{format.number(pair.people)} {pair.share !== null && <Text span size="xs" c="dimmed">{t('reports.overlap.ofSmaller', { share: format.percent(pair.share, 1) })}</Text>}</> },
      ]} />}
      <Crowded query={query} />
    </>
  );
}

function Crowded({ query }: { query: { from?: string; to?: string; more: number } }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['crowded', query], (after) => answer(api.GET('/v1/reports/overlap/people', { params: { query: { ...query, limit: 25, ...(after ? { after } : {}) } } })));
  const title = t('reports.overlap.crowded', { count: query.more });
  return (
    <Stack component="section" aria-label={title}>
      <Title order={2} size="h4">{title}</Title>
      <Listing caption={title} list={list} keyOf={({ personId }) => personId} empty={{ title: t('reports.overlap.nobody'), hint: '' }} columns={[
        { key: 'who', label: t('results.people'), cell: ({ personId }) => <TextLink to="/people/$id" params={{ id: personId }}>{personId}</TextLink> },
        { key: 'messages', label: t('reports.overlap.got'), numeric: true, cell: ({ messages }) => format.number(messages) },
        { key: 'campaigns', label: t('reports.overlap.from'), numeric: true, cell: ({ campaigns }) => format.number(campaigns) },
      ]} />
    </Stack>
  );
}
