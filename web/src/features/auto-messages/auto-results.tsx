import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Answers } from './answers.tsx';
import { Surveys } from './surveys.tsx';

const route = getRouteApi('/auto-messages/$id/results');
const AGAIN_MS = 15_000;
type Report = Api<'AutoMessageReport'>;
type Variant = Report['variants'][number];

/** What came of an auto message: displays and what was done with them, answers, and why it was not displayed. */
export function AutoResults() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const columns = useColumns();
  const report = useQuery({ queryKey: ['auto-report', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/auto-message', { params: { path: { id }, query: {} } })), refetchInterval: AGAIN_MS });
  if (report.isPending) return <Loading rows={8} />;
  if (!report.data) return <ErrorPanel error={report.error} onRetry={() => { void report.refetch(); }} />;
  const { variants, refusals, asOf } = report.data;
  if (variants.length === 0 && refusals.length === 0) return <EmptyState title={t('autoMessages.results.empty')} hint={t('autoMessages.results.emptyHint')} />;
  return (
    <>
      <Text size="sm" c="dimmed">{t('autoMessages.results.asOf', { when: format.instant(asOf) })} · <TextLink to="/campaigns/$id/results" params={{ id }} underline="always">{t('autoMessages.results.compare')}</TextLink></Text>
      <Totals variants={variants} />
      <Stack gap="sm" component="section" aria-label={t('autoMessages.results.variants')}>
        <Title order={2} size="h4">{t('autoMessages.results.variants')}</Title>
        <DataTable caption={t('autoMessages.results.variants')} items={variants} keyOf={({ version, variant, isControl }) => `${version}-${variant}-${isControl}`} columns={columns} />
      </Stack>
      <Surveys id={id} />
      <Answers id={id} />
      <Refusals refusals={refusals} />
    </>
  );
}

function Totals({ variants }: { variants: Variant[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const sum = (of: (one: Variant) => number) => variants.filter(({ isControl }) => !isControl).reduce((all, one) => all + of(one), 0);
  const shown = sum(({ impressions }) => impressions);
  const numbers = [['shown', shown], ['clicked', sum(({ clicked }) => clicked)], ['dismissed', sum(({ dismissed }) => dismissed)], ['replied', sum(({ replied }) => replied)]] as const;
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} component="section" aria-label={t('autoMessages.results.totals')}>
      {numbers.map(([key, value]) => <Card key={key} withBorder padding="sm"><Text size="sm" c="dimmed">{t(`autoMessages.results.${key}`)}</Text><Text size="xl" fw={700} style={{ fontVariantNumeric: 'tabular-nums' }}>{format.number(value)}</Text>{key !== 'shown' && <Text size="xs" c="dimmed">{format.percent(value, shown)}</Text>}</Card>)}
    </SimpleGrid>
  );
}

function useColumns(): Column<Variant>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const of = (key: 'clicked' | 'dismissed' | 'replied'): Column<Variant> => ({ key, label: t(`autoMessages.results.${key}`), numeric: true, cell: (one) => <>{format.number(one[key])} <Text span size="xs" c="dimmed">{format.percent(one[key], one.impressions)}</Text></> });
  return [
    { key: 'variant', label: t('autoMessages.results.variant'), cell: ({ variant, version, isControl }) => <><Text size="sm" fw={600}>{isControl ? t('autoMessages.results.control') : variant.toUpperCase()}</Text><Text size="xs" c="dimmed">{t('autoMessages.results.version', { version })}</Text></> },
    { key: 'granted', label: t('autoMessages.results.granted'), numeric: true, cell: ({ claims }) => format.number(claims.granted) },
    { key: 'shown', label: t('autoMessages.results.shown'), numeric: true, cell: ({ impressions }) => format.number(impressions) },
    { key: 'people', label: t('autoMessages.results.people'), numeric: true, cell: ({ people }) => format.number(people) },
    of('clicked'), of('dismissed'), of('replied'),
    { key: 'dwell', label: t('autoMessages.results.dwell'), numeric: true, cell: ({ dwell }) => (dwell.median === null ? t('state.none') : t('autoMessages.results.seconds', { seconds: format.number(Math.round(dwell.median / 100) / 10) })) },
  ];
}

function Refusals({ refusals }: { refusals: Report['refusals'] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (refusals.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label={t('autoMessages.results.refusals')}>
      <Title order={2} size="h4">{t('autoMessages.results.refusals')}</Title>
      <DataTable caption={t('autoMessages.results.refusals')} items={refusals} keyOf={({ code }) => code} columns={[
        { key: 'why', label: t('autoMessages.results.why'), cell: ({ words }) => (i18n.language === 'ko' ? words.ko : words.en) },
        { key: 'count', label: t('autoMessages.results.times'), numeric: true, cell: ({ count }) => format.number(count) },
      ]} />
    </Stack>
  );
}
