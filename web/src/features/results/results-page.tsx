import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { ExperimentPanel } from './experiment-panel.tsx';
import { StepResults } from './step-results.tsx';

const route = getRouteApi('/campaigns/$id/results');

/** What came of one campaign: who came in, each message by variant, and what was held back. */
export function ResultsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const results = useQuery({ queryKey: ['results', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/results', { params: { path: { id } } })), refetchInterval: 15_000 });
  if (results.isPending) return <Loading rows={8} />;
  if (!results.data) return <ErrorPanel error={results.error} onRetry={() => { void results.refetch(); }} />;
  const { asOf, entry, steps, experiments, pending } = results.data;
  const shown = new Set(steps.map(({ experimentId }) => experimentId));
  return (
    <>
      <Text size="sm" c="dimmed">{t('results.asOf', { when: format.instant(asOf) })}{pending > 0 && ` · ${t('results.pending', { count: pending })}`}</Text>
      {entry.considered === 0 && steps.every(({ variants }) => variants.every(({ assigned }) => assigned === 0)) ? <EmptyState title={t('results.empty')} hint={t('results.emptyHint')} /> : <Entry entry={entry} />}
      {experiments.filter(({ experimentId }) => !shown.has(experimentId)).map((result) => <ExperimentPanel key={result.experimentId} result={result} />)}
      {steps.map((step) => <StepResults key={`${step.version}-${step.stepId}`} step={step} test={experiments.find(({ experimentId }) => experimentId === step.experimentId)} />)}
    </>
  );
}

function Entry({ entry }: { entry: Api<'CampaignResults'>['entry'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const numbers = [['considered', entry.considered], ['entered', entry.entered], ['active', entry.runs.active], ['completed', entry.runs.completed], ['exited', entry.runs.exited], ['cancelled', entry.runs.cancelled]] as const;
  return (
    <Stack gap="sm" component="section" aria-label={t('results.entry')}>
      <Title order={2} size="h4">{t('results.entry')}</Title>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }}>
        {numbers.map(([key, value]) => <Card key={key} withBorder padding="sm"><Text size="sm" c="dimmed">{t(`results.${key}`)}</Text><Text fz={24} fw={650} style={{ fontVariantNumeric: 'tabular-nums' }}>{format.number(value)}</Text></Card>)}
      </SimpleGrid>
      {entry.refusals.length > 0 && <DataTable caption={t('results.refusals')} items={entry.refusals} keyOf={({ code }) => code} columns={[{ key: 'code', label: t('results.reason'), cell: ({ code }) => code }, { key: 'count', label: t('results.people'), numeric: true, cell: ({ count }) => format.number(count) }]} />}
    </Stack>
  );
}
