import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Entry } from './entry.tsx';
import { ExperimentPanel } from './experiment-panel.tsx';
import { Files } from './files.tsx';
import { Filters, useSeen } from './filters.tsx';
import { FunnelSection } from './funnel.tsx';
import { Counted } from './people-of.tsx';
import { useZone } from '../../lib/workspace.ts';
import { periodOf } from './period.ts';
import { CreditSection } from './reports/credit.tsx';
import { DisplaysSection } from './reports/displays.tsx';
import { FlowSection } from './reports/flow.tsx';
import { RefusalsSection } from './reports/refusals.tsx';
import { SurveysSection } from './reports/surveys.tsx';
import { TimeSection } from './reports/time.tsx';
import { atEntry, type ResultsFilter, type View } from './results-search.ts';
import { StepResults } from './step-results.tsx';

const route = getRouteApi('/campaigns/$id/results');
const FILES = ['funnel', 'time-series', 'step-flow', 'attribution', 'refusals', 'surveys', 'auto-message'] as const;

/** What came of one campaign: the verdict and each message by variant first, then what happened over time, on the way and after. */
export function ResultsPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const words = useCampaignWords(id);
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const set = (change: ResultsFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const asked = { ...atEntry(filter), ...(filter.step ? { step: filter.step } : {}) };
  const results = useQuery({ queryKey: ['results', id, asked], queryFn: () => answer(api.GET('/v1/campaigns/{id}/results', { params: { path: { id }, query: asked } })), refetchInterval: 15_000, placeholderData: (before) => before });
  const counted = useMemo(() => ({ id, filter: { from: filter.from, to: filter.to, language: filter.language } }), [id, filter.from, filter.to, filter.language]);
  const steps = useSeen(results.data?.steps.map(({ stepId }) => stepId) ?? []);
  const languages = useSeen(results.data?.byLanguage.flatMap(({ language }) => language || []) ?? []);
  if (results.isPending) return <Loading rows={8} />;
  if (!results.data) return <ErrorPanel error={results.error} onRetry={() => { void results.refetch(); }} />;
  const views = viewsOf(results.data);
  const view = views.find((one) => one === filter.view) ?? 'verdict';
  const files = [...FILES.map((report) => ({ key: report, label: t(`results.fileOf.${report}`), path: `/v1/campaigns/${id}/reports/${report}/export`, ...(zone && PERIODIC.includes(report) ? { query: periodOf(filter, zone) } : {}) })), ...(['deliveries', 'people'] as const).map((rows) => ({ key: rows, label: t(`results.fileOf.${rows}`), path: `/v1/campaigns/${id}/exports/${rows}` }))];
  return (
    <Counted.Provider value={counted}>
      <Group justify="space-between" align="flex-end" gap="sm"><Filters nameOf={words.step} value={filter} steps={steps} languages={languages} onChange={set} /><Files files={files} /></Group>
      {views.length > 1 && <Group gap={6} component="nav" aria-label={t('results.views.label')}>{views.map((one) => <Button key={one} size="xs" variant={one === view ? 'filled' : 'default'} aria-current={one === view ? 'page' : undefined} onClick={() => { set({ view: one === 'verdict' ? undefined : one }); }}>{t(`results.views.${one}`)}</Button>)}</Group>}
      {view === 'verdict' && <VerdictView results={results.data} filter={filter} />}
      {view === 'time' && zone && <><TimeSection id={id} filter={filter} zone={zone} /><RefusalsSection id={id} filter={filter} zone={zone} /></>}
      {view === 'flow' && <FlowSection id={id} filter={filter} />}
      {view === 'credit' && zone && <CreditSection id={id} filter={filter} zone={zone} />}
      {view === 'answers' && zone && <SurveysSection id={id} filter={filter} zone={zone} />}
      {view === 'displays' && zone && <DisplaysSection id={id} filter={filter} zone={zone} />}
    </Counted.Provider>
  );
}

const PERIODIC: readonly string[] = ['time-series', 'attribution', 'refusals', 'surveys', 'auto-message'];

/** What there is to see of this kind of campaign. */
function viewsOf({ type, steps }: Api<'CampaignResults'>): View[] {
  const isOutside = steps.every(({ external }) => external);
  const isInApp = steps.some(({ channel }) => channel === 'in_app');
  return ['verdict', ...(isOutside && steps.length > 0 ? [] : ['time' as const]), ...(type === 'series' ? ['flow' as const] : []), ...(isOutside && steps.length > 0 ? [] : ['credit' as const]), ...(isInApp ? ['answers' as const] : []), ...(type === 'auto_message' ? ['displays' as const] : [])];
}

function VerdictView({ results, filter }: { results: Api<'CampaignResults'>; filter: ResultsFilter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { campaignId, asOf, pending, entry, steps, experiments } = results;
  const campaign = { state: results.state, type: results.type };
  const isEmpty = entry.considered === 0 && steps.every(({ variants }) => variants.every(({ assigned, chosen }) => assigned + chosen === 0));
  const isFiltered = Boolean(filter.from ?? filter.to ?? filter.language ?? filter.step);
  return (
    <>
      <Text size="sm" c="dimmed">{t('results.asOf', { when: format.instant(asOf) })}{pending > 0 && ` · ${t('results.pending', { count: pending })}`}{isFiltered && ` · ${t('results.filtered')}`}</Text>
      {experiments.map((result) => <ExperimentPanel key={result.experimentId} result={result} campaign={campaign} />)}
      {isEmpty ? (isFiltered ? <EmptyState title={t('results.noneMatch')} hint={t('results.noneMatchHint')} /> : <EmptyState title={t('results.empty')} hint={t('results.emptyHint')} />) : <Entry entry={entry} />}
      {steps.map((step) => <StepResults key={`${step.version}-${step.stepId}`} campaignId={campaignId} step={step} />)}
      {!isEmpty && <FunnelSection id={campaignId} filter={filter} />}
    </>
  );
}
