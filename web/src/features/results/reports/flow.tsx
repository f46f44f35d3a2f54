import type { TFunction } from 'i18next';
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../../campaigns/words/use-campaign-words.ts';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat, type Format } from '../../../lib/format.ts';
import { useReason } from '../../../lib/reasons.ts';
import { Bars, type Bar } from '../../../ui/bars.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import type { ResultsFilter } from '../results-search.ts';

type Flow = Api<'StepFlowReport'>;
type Step = Flow['steps'][number];
type Words = TFunction;

/** Who came to each step, where they went, who is there now and where people left. All of it, whatever the days asked for. */
export function FlowSection({ id, filter }: { id: string; filter: ResultsFilter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const words = useCampaignWords(id);
  const flow = useQuery({ queryKey: ['step-flow', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/step-flow', { params: { path: { id } } })), placeholderData: (before) => before, refetchInterval: 30_000 });
  if (flow.isPending) return <Loading />;
  if (!flow.data) return <ErrorPanel error={flow.error} onRetry={() => { void flow.refetch(); }} />;
  const steps = flow.data.steps.filter(({ stepId }) => (filter.step ?? stepId) === stepId);
  if (steps.every(({ arrived }) => arrived === 0)) return <EmptyState title={t('reports.flow.empty')} hint={t('results.emptyHint')} />;
  const edges = ({ version, stepId }: Step) => flow.data.edges.filter((edge) => edge.version === version && edge.from === stepId);
  const dropped = (step: Step) => step.dropped.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...steps.map(({ arrived }) => arrived));
  const time = (seconds: number | null) => (seconds === null ? t('state.none') : duration(seconds, t, format));
  return (
    <Picture
      title={t('reports.flow.title')} note={(filter.from ?? filter.to) ? t('reports.flow.allDays') : undefined}
      text={steps.map((step) => t('reports.flow.text', { step: words.step(step.stepId), version: step.version, arrived: step.arrived, here: step.here, left: step.left, dropped: dropped(step) })).join(' ')}
      drawing={<Stack>{steps.map((step) => (
        <Stack key={`${step.version} ${step.stepId}`} gap={4}>
          <Text fw={600}>{t('results.step', { step: words.step(step.stepId), version: step.version })} <Text span size="xs" c="dimmed">{t('reports.flow.median', { time: time(step.medianSeconds) })}</Text></Text>
          <Bars whole={most} bars={[
            { key: 'arrived', label: t('reports.flow.arrived'), value: step.arrived, text: format.number(step.arrived) },
            ...(step.here > 0 ? [{ key: 'here', label: t('reports.flow.here'), value: step.here, text: format.number(step.here) }] : []),
            ...edges(step).map((edge): Bar => ({ key: `to ${edge.to} ${edge.outcome}`, label: edge.to === null ? t('reports.flow.done', { outcome: edge.outcome }) : t('reports.flow.to', { step: words.step(edge.to), outcome: edge.outcome }), value: edge.count, text: edge.rate === null ? format.number(edge.count) : `${format.number(edge.count)} · ${format.percent(edge.rate, 1)}` })),
            ...step.dropped.map(({ code, count }): Bar => ({ key: `out ${code}`, label: t('reports.flow.out', { reason: reason(code) }), value: count, text: format.number(count) })),
          ]} />
        </Stack>
      ))}</Stack>}
      table={<DataTable caption={t('reports.flow.title')} items={steps} keyOf={(step) => `${step.version} ${step.stepId}`} columns={[
        { key: 'step', label: t('reports.step'), cell: (step) => t('results.step', { step: words.step(step.stepId), version: step.version }) },
        { key: 'arrived', label: t('reports.flow.arrived'), numeric: true, cell: ({ arrived }) => format.number(arrived) },
        { key: 'here', label: t('reports.flow.here'), numeric: true, cell: ({ here, nextDueAt }) => <>{format.number(here)}{nextDueAt && <Text size="xs" c="dimmed">{t('reports.flow.due', { when: format.instant(nextDueAt) })}</Text>}</> },
        { key: 'left', label: t('reports.flow.left'), numeric: true, cell: ({ left }) => format.number(left) },
        { key: 'out', label: t('reports.flow.dropped'), numeric: true, cell: (step) => format.number(dropped(step)) },
        { key: 'median', label: t('reports.flow.time'), numeric: true, cell: ({ medianSeconds }) => time(medianSeconds) },
      ]} />}
    />
  );
}

const UNITS = [['days', 86_400], ['hours', 3_600], ['minutes', 60]] as const;
function duration(seconds: number, t: Words, format: Format): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? (['seconds', 1] as const);
  const value = seconds / length;
  return t(`reports.units.${unit}`, { value: format.number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)) });
}
