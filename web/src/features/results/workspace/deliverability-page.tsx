import { Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { Bars, type Bar } from '../../../ui/bars.tsx';
import { DataTable, type Column } from '../../../ui/data-table.tsx';
import { Page } from '../../../ui/page.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Files } from '../files.tsx';
import { Days } from '../filters.tsx';
import { useZone } from '../../../lib/workspace.ts';
import { periodOf } from '../period.ts';
import { ReportLinks } from '../report-links.tsx';
import type { PeriodSearch } from '../results-search.ts';

const route = getRouteApi('/results/deliverability');
type Report = Api<'DeliverabilityReport'>;
type Row = Report['items'][number];
const PARTS = ['delivered', 'hardBounced', 'softBounced', 'blocked', 'failed', 'uncertain', 'deferred'] as const;

/** What became of e-mail, by the domain it went to or the server that took it. */
export function DeliverabilityPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const by = filter.by ?? 'domain';
  const query = { ...(zone ? periodOf(filter, zone) : {}), by };
  const set = (change: PeriodSearch) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const found = useQuery({ queryKey: ['deliverability', query], queryFn: () => answer(api.GET('/v1/reports/deliverability', { params: { query } })), enabled: zone !== undefined, placeholderData: (before) => before });
  return (
    <Page title={t('reports.deliverability.title')} note={<ReportLinks />} actions={<Files files={[{ key: 'deliverability', label: t('reports.deliverability.title'), path: '/v1/reports/deliverability/export', query }]} />}>
      <Group gap="sm" align="flex-end" component="search"><Days from={filter.from} to={filter.to} onChange={set} /><Select label={t('reports.deliverability.by')} allowDeselect={false} value={by} data={(['domain', 'relay'] as const).map((value) => ({ value, label: t(`reports.deliverability.${value}`) }))} onChange={(value) => { set({ by: value === 'relay' ? 'relay' : undefined }); }} /></Group>
      {found.isPending ? <Loading /> : found.data ? <Shown report={found.data} by={by} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
    </Page>
  );
}

function Shown({ report: { total, items, period }, by }: { report: Report; by: 'domain' | 'relay' }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (total.tried === 0) return <EmptyState title={t('reports.deliverability.empty')} hint={t('reports.deliverability.emptyHint')} />;
  const bars = PARTS.map((key): Bar => ({ key, label: t(`reports.deliverability.${key}`), value: total[key], text: `${format.number(total[key])} · ${format.percent(total[key], total.tried)}` }));
  const part = (key: 'delivered' | 'hardBounced' | 'softBounced' | 'blocked' | 'complained'): Column<Row> => ({ key, label: t(`reports.deliverability.${key}`), numeric: true, cell: (row) => <>{format.number(row[key])} {row.rates[key] !== null && <Text span size="xs" c="dimmed">{format.percent(row.rates[key], 1)}</Text>}</> });
  const name = (row: Row) => (by === 'domain' ? (row.domain === 'other' ? t('reports.deliverability.other') : (row.domain ?? t('reports.deliverability.unknown'))) : (row.relay ?? t('reports.deliverability.unknown')));
  const table = <DataTable caption={t('reports.deliverability.title')} items={items} keyOf={(row) => `${row.domain ?? ''} ${row.relay ?? ''}`} columns={[
    { key: 'name', label: t(`reports.deliverability.${by}`), cell: name },
    { key: 'tried', label: t('reports.deliverability.tried'), numeric: true, cell: ({ tried }) => format.number(tried) },
    part('delivered'), part('hardBounced'), part('softBounced'), part('blocked'), part('complained'),
  ]} />;
  return (
    <>
      <Picture title={t('reports.deliverability.became')} note={t('reports.deliverability.note', { from: format.day(period.from), to: format.day(period.to), zone: period.zone })} text={`${t('reports.deliverability.tried')}: ${format.number(total.tried)}. ${bars.map(({ label, text }) => `${label}: ${text}.`).join(' ')}`} drawing={<Bars whole={total.tried} bars={bars} />}
        table={<DataTable caption={t('reports.deliverability.became')} items={bars} keyOf={({ key }) => key} columns={[{ key: 'what', label: t('reports.deliverability.became'), cell: ({ label }) => label }, { key: 'count', label: t('reports.count'), numeric: true, cell: ({ text }) => text }]} />} />
      {table}
    </>
  );
}
