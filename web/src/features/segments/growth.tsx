import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

const EVERY = ['day', 'week', 'hour'] as const;
type Every = (typeof EVERY)[number];
const DAY_MS = 86_400_000;
const BACK: Record<Every, number> = { day: 30 * DAY_MS, week: 26 * 7 * DAY_MS, hour: 2 * DAY_MS };
const sum = (causes: Record<string, number>) => Object.values(causes).reduce((all, one) => all + one, 0);

/** How many people there were at the end of each day, and who came and went. */
export function Growth({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [every, setEvery] = useState<Every>('day');
  const [asOf] = useState(() => Date.now());
  const growth = useQuery({ queryKey: ['growth', id, every], queryFn: () => answer(api.GET('/v1/segments/{id}/growth', { params: { path: { id }, query: { every, from: new Date(asOf - BACK[every]).toISOString() } } })), placeholderData: keepPreviousData });
  if (growth.isPending) return <Loading />;
  if (!growth.data) return <ErrorPanel error={growth.error} onRetry={() => { void growth.refetch(); }} />;
  const { buckets, members, timeZone } = growth.data;
  const last = growth.data.every;
  const when = (from: string) => (last === 'hour' ? format.instant(from) : format.day(from));
  return (
    <Stack>
      <Group justify="space-between"><SegmentedControl aria-label={t('segments.growth.every')} value={every} data={EVERY.map((value) => ({ value, label: t(`segments.growth.${value}`) }))} onChange={(value) => { setEvery(value as Every); }} /><Text size="sm" c="dimmed">{t('segments.growth.zone', { zone: timeZone })}</Text></Group>
      <Line buckets={buckets} label={t('segments.growth.chart', { count: members, first: buckets[0]?.members ?? 0 })} />
      <DataTable caption={t('segments.tab.growth')} keyOf={(bucket) => bucket.from} items={buckets.toReversed()} columns={[
        { key: 'from', label: t('segments.growth.when'), cell: (bucket) => when(bucket.from) },
        { key: 'entered', label: t('segments.growth.entered'), numeric: true, cell: (bucket) => format.number(sum(bucket.entered)) },
        { key: 'left', label: t('segments.growth.left'), numeric: true, cell: (bucket) => format.number(sum(bucket.left)) },
        { key: 'members', label: t('segments.members'), numeric: true, cell: (bucket) => format.number(bucket.members) },
      ]} />
    </Stack>
  );
}

const WIDTH = 600;
const HEIGHT = 120;
function Line({ buckets, label }: { buckets: Api<'SegmentGrowth'>['buckets']; label: string }) {
  const most = Math.max(1, ...buckets.map(({ members }) => members));
  const points = buckets.map(({ members }, index) => `${((index / Math.max(1, buckets.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 4 - (members / most) * (HEIGHT - 8)).toFixed(1)}`).join(' ');
  return <figure style={{ margin: 0 }} aria-label={label}><svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none"><polyline points={points} fill="none" stroke="var(--mantine-color-anchor)" strokeWidth="2" vectorEffect="non-scaling-stroke" /></svg></figure>;
}
