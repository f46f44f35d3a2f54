import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useReason } from '../../../lib/reasons.ts';
import { Bars } from '../../../ui/bars.tsx';
import { DataTable, type Column } from '../../../ui/data-table.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { periodOf } from '../period.ts';
import type { ResultsFilter } from '../results-search.ts';

type Variant = Api<'AutoMessageReport'>['variants'][number];

/** Of a message on websites: permissions to display, displays, attention before them, and what people did. */
export function DisplaysSection({ id, filter, zone }: { id: string; filter: ResultsFilter; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const query = periodOf(filter, zone);
  const found = useQuery({ queryKey: ['auto-message', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/auto-message', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { variants, refusals } = found.data;
  if (variants.length === 0 && refusals.length === 0) return <EmptyState title={t('reports.displays.empty')} hint={t('reports.displays.emptyHint')} />;
  const seconds = (milliseconds: number | null) => (milliseconds === null ? t('reports.noTracking') : t('reports.units.seconds', { value: format.number(Math.round(milliseconds / 100) / 10) }));
  const number = (key: 'impressions' | 'people' | 'opened' | 'clicked' | 'dismissed' | 'replied'): Column<Variant> => ({ key, label: t(`reports.displays.${key}`), numeric: true, cell: (variant) => format.number(variant[key]) });
  const table = <DataTable caption={t('reports.displays.title')} items={variants} keyOf={({ version, variant }) => `${version} ${variant}`} columns={[
    { key: 'variant', label: t('results.variant'), cell: ({ variant, version, isControl }) => <>{variant} <Text span size="xs" c="dimmed">{t('reports.displays.version', { version })}{isControl && ` · ${t('results.control')}`}</Text></> },
    { key: 'granted', label: t('reports.displays.granted'), numeric: true, cell: ({ claims }) => format.number(claims.granted) },
    { key: 'lost', label: t('reports.displays.lost'), numeric: true, cell: ({ claims }) => format.number(claims.givenBack + claims.lapsed + claims.recalled) },
    number('impressions'), number('people'), number('clicked'), number('dismissed'), number('replied'),
    { key: 'dwell', label: t('reports.displays.dwell'), numeric: true, cell: ({ dwell }) => <>{seconds(dwell.median)}{dwell.median !== null && <Text size="xs" c="dimmed">{t('reports.displays.middle', { low: seconds(dwell.p10), high: seconds(dwell.p90) })}</Text>}</> },
  ]} />;
  const bars = (variant: Variant) => (['impressions', 'clicked', 'dismissed', 'replied'] as const).map((key) => ({ key, label: t(`reports.displays.${key}`), value: variant[key], text: key === 'impressions' || variant.impressions === 0 ? format.number(variant[key]) : `${format.number(variant[key])} · ${format.percent(variant[key], variant.impressions)}` }));
  const shown = variants.filter(({ isControl }) => !isControl);
  return (
    <Stack>
      <Picture title={t('reports.displays.title')} table={table} text={shown.map((variant) => `${variant.variant}: ${bars(variant).map(({ label, text }) => `${label} ${text}`).join(', ')}.`).join(' ')}
        drawing={<Stack>{shown.map((variant) => <Stack key={`${variant.version} ${variant.variant}`} gap={4}><Text fw={600}>{variant.variant} <Text span size="xs" c="dimmed">{t('reports.displays.version', { version: variant.version })}</Text></Text><Bars bars={bars(variant)} /></Stack>)}</Stack>} />
      {refusals.length > 0 && <DataTable caption={t('reports.displays.refused')} items={refusals} keyOf={({ code }) => code} columns={[{ key: 'code', label: t('results.reason'), cell: ({ code }) => reason(code) }, { key: 'count', label: t('reports.count'), numeric: true, cell: ({ count }) => format.number(count) }]} />}
    </Stack>
  );
}
