import type { TFunction } from 'i18next';
import { Alert, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { IntervalBars, type Interval } from '../../ui/interval-bar.tsx';
import { EntryWeeks, Secondary } from './experiment-context.tsx';

type Result = Api<'ExperimentResult'>;
type Arm = Result['arms'][number];
type Comparison = Result['comparisons'][number];
const COLORS: Record<Result['verdict']['state'], string> = { collecting: 'gray', traffic_problem: 'red', not_enough_data: 'gray', winner: 'green', practically_same: 'gray', no_clear_winner: 'gray' };

/** One test: the verdict in a sentence first, the promise behind it, the differences as bars, then what they were counted from. */
export function ExperimentPanel({ result }: { result: Result }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const say = (text: { en: string; ko: string }) => (i18n.language === 'ko' ? text.ko : text.en);
  const { plan, verdict } = result;
  const harm = result.guardrails.flatMap(({ sentence }) => (sentence ? [say(sentence)] : []));
  // A test whose whole budget went into its read-out has no interval of today: the one of the read-out stands.
  const comparisons = result.comparisons.some(({ lift }) => lift !== null) ? result.comparisons : (verdict.recorded?.comparisons ?? []);
  const intervals = comparisons.flatMap((comparison): Interval[] => toInterval(comparison, t, format));
  const title = t('results.test', { goal: plan.goal.name });
  return (
    <Card withBorder component="section" aria-label={`${t('results.verdict')}: ${title}`}>
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Title order={3} size="h5">{title}</Title>
          <Badge variant="light" color={COLORS[verdict.state]}>{t(`results.verdicts.${verdict.state}`)}</Badge>
        </Group>
        <Text size="lg" fw={600}>{say(result.sentence)}</Text>
        <Text size="sm" c="dimmed">{say(result.promise)}</Text>
        {harm.length > 0 && <Alert color="red" role="alert">{harm.map((sentence) => <Text key={sentence} size="sm">{sentence}</Text>)}</Alert>}
        {result.action && <Alert color="rain"><Text size="sm">{say(result.action.sentence)}</Text></Alert>}
        {intervals.length > 0 && <IntervalBars intervals={intervals} zero={t('results.zero')} description={({ label, text }) => t('results.barLabel', { label, text })} />}
        <DataTable caption={title} items={result.arms} keyOf={({ key }) => key} columns={armColumns(result, t, format)} />
        {result.holdout && <Text size="sm">{say(result.holdout.sentence)}</Text>}
        <Text size="xs" c="dimmed">{plan.readoutAt ? t('results.readout', { when: format.day(plan.readoutAt) }) : t('results.noReadout')}{plan.fixedSince && ` · ${t('results.fixed', { when: format.day(plan.fixedSince) })}`}</Text>
        <Secondary result={result} />
        <EntryWeeks result={result} />
      </Stack>
    </Card>
  );
}

type Words = TFunction;
type Format = ReturnType<typeof useFormat>;

function toInterval({ a, b, lift }: Comparison, t: Words, format: Format): Interval[] {
  if (!lift) return [];
  const label = t('results.against', { a, b });
  return [{ key: `${a}-${b}`, label, text: t('results.interval', { from: format.change(lift.lo), to: format.change(lift.hi) }), lo: lift.lo, hi: lift.hi }];
}

function armColumns({ plan }: Result, t: Words, format: Format): Column<Arm>[] {
  const isAmount = plan.measure === 'amount';
  return [
    { key: 'variant', label: t('results.variant'), cell: ({ key, isControl }) => <Group gap={6} wrap="nowrap"><Text fw={600}>{key}</Text>{isControl && <Badge variant="light" color="gray">{t('results.control')}</Badge>}</Group> },
    { key: 'assigned', label: t('results.assigned'), numeric: true, cell: ({ assigned }) => format.number(assigned) },
    { key: 'matured', label: t('results.matured'), numeric: true, cell: ({ matured }) => format.number(matured) },
    { key: 'converted', label: isAmount ? t('results.buyers') : t('results.converted'), numeric: true, cell: ({ converted }) => format.number(converted) },
    { key: 'mean', label: isAmount ? t('results.mean', { currency: plan.goal.currency ?? '' }) : t('results.rate'), numeric: true, cell: ({ mean, interval }) => (mean === null ? t('state.none') : isAmount ? format.decimal(mean) : <>{format.percent(mean, 1)}{interval && <Text size="xs" c="dimmed">{format.percent(interval.lo, 1)} – {format.percent(interval.hi, 1)}</Text>}</>) },
    { key: 'maturing', label: t('results.maturing'), numeric: true, cell: ({ maturing }) => (maturing.people === 0 ? '0' : <>{format.number(maturing.people)}{maturing.from && <Text size="xs" c="dimmed">{t('results.countsFrom', { when: format.day(maturing.from) })}</Text>}</>) },
  ];
}
