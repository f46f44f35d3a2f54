import { Chip, Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { periodOf } from '../period.ts';
import type { ResultsFilter } from '../results-search.ts';

const TimeChart = lazy(() => import('./time-chart.tsx'));

type Item = Api<'TimeSeriesReport'>['items'][number];
/** Each with a colour and dashes of its own. */
const LINES = [
  { key: 'entered', color: 'var(--mantine-color-text)', dash: '0' }, { key: 'sent', color: 'var(--mantine-color-rain-5)', dash: '0' }, { key: 'delivered', color: 'var(--mantine-color-teal-6)', dash: '8 3' },
  { key: 'openedHuman', color: 'var(--mantine-color-violet-5)', dash: '2 3' }, { key: 'clicked', color: 'var(--mantine-color-orange-6)', dash: '6 2 2 2' }, { key: 'converted', color: 'var(--mantine-color-green-6)', dash: '12 4' },
  { key: 'unsubscribed', color: 'var(--mantine-color-red-6)', dash: '1 4' }, { key: 'bounced', color: 'var(--mantine-color-grape-6)', dash: '4 4' }, { key: 'refused', color: 'var(--mantine-color-gray-6)', dash: '10 2 2 2 2 2' },
] as const;
type Key = (typeof LINES)[number]['key'];
const FIRST: Key[] = ['sent', 'clicked', 'converted'];

/** What happened day by day or hour by hour. */
export function TimeSection({ id, filter, zone }: { id: string; filter: ResultsFilter; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [by, setBy] = useState<'day' | 'hour'>('day');
  const [keys, setKeys] = useState<string[]>(FIRST);
  const query = { ...periodOf(filter, zone), by };
  const series = useQuery({ queryKey: ['time-series', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/time-series', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (series.isPending) return <Loading />;
  if (!series.data) return <ErrorPanel error={series.error} onRetry={() => { void series.refetch(); }} />;
  const { items, period } = series.data;
  const known = LINES.filter(({ key }) => items.some((item) => item[key] !== null));
  const shown = known.filter(({ key }) => keys.includes(key));
  const total = (key: Key) => items.reduce((sum, item) => sum + (item[key] ?? 0), 0);
  const chosen = items.reduce((sum, { sentChosen }) => sum + sentChosen, 0);
  const isEmpty = known.every(({ key }) => total(key) === 0);
  const text = t('reports.time.text', { from: format.local(items[0]!.local), to: format.local(items.at(-1)!.local), zone: period.zone, parts: shown.map(({ key }) => t('reports.time.part', { name: t(`reports.time.${key}`), sum: total(key), most: most(items, key).count, when: format.local(most(items, key).local) })).join(' ') });
  if (isEmpty) return <EmptyState title={t('reports.time.empty')} hint={t('reports.time.emptyHint')} />;
  return (
    <Stack>
      <Group gap="sm">
        <Select aria-label={t('reports.time.by')} value={by} allowDeselect={false} w={140} data={(['day', 'hour'] as const).map((value) => ({ value, label: t(`reports.time.${value}`) }))} onChange={(value) => { if (value) setBy(value); }} />
        <Chip.Group multiple value={keys} onChange={setKeys}><Group gap={6} role="group" aria-label={t('reports.time.lines')}>{known.map(({ key, color, dash }) => <Chip key={key} value={key} size="xs" variant="light">{t(`reports.time.${key}`)} <svg aria-hidden width="26" height="8" style={{ marginInlineStart: 6 }}><line x1="0" x2="26" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} /></svg></Chip>)}</Group></Chip.Group>
      </Group>
      <Picture
        title={t('reports.time.title')} text={text}
        note={<>{t('reports.time.note', { zone: period.zone })}{chosen > 0 && ` ${t('reports.time.chosen', { count: chosen, converted: items.reduce((sum, { convertedChosen }) => sum + (convertedChosen ?? 0), 0) })}`}</>}
        drawing={<Suspense fallback={<Loading rows={6} />}><TimeChart lines={shown.map(({ key, color, dash }) => ({ key, label: t(`reports.time.${key}`), color, dash }))} rows={items.map((item) => ({ when: format.local(item.local), ...Object.fromEntries(shown.map(({ key }) => [key, item[key] ?? 0])) }))} /></Suspense>}
        table={<DataTable caption={t('reports.time.title')} items={items.toReversed()} keyOf={({ start }) => start} columns={[
          { key: 'when', label: t('reports.time.when'), cell: ({ local }) => format.local(local) },
          ...known.map(({ key }) => ({ key, label: t(`reports.time.${key}`), numeric: true, cell: (item: Item) => format.number(item[key] ?? 0) })),
        ]} />}
      />
    </Stack>
  );
}

const most = (items: Item[], key: Key): { count: number; local: string } => items.reduce((best, item) => ((item[key] ?? 0) > best.count ? { count: item[key] ?? 0, local: item.local } : best), { count: items[0]![key] ?? 0, local: items[0]!.local });
