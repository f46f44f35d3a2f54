import type { TFunction } from 'i18next';
import { Alert, Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { IntervalBars, type Interval } from '../../ui/interval-bar.tsx';
import { Act } from './act.tsx';
import { EntryWeeks, Secondary } from './experiment-context.tsx';
import { Gates } from './gates.tsx';
import { Overrides } from './overrides.tsx';
import { PeopleOf } from './people-of.tsx';
import { VERDICT_COLORS } from './verdict-colors.ts';

type Result = Api<'ExperimentResult'>;
type Arm = Result['arms'][number];
type Comparison = Result['comparisons'][number];

/** One test: the verdict in a sentence first, the promise behind it, the differences as bars, then what they were counted from. */
export function ExperimentPanel({ result, campaign }: { result: Result; campaign: { state: string; type: string } }) {
  const words = useCampaignWords(result.campaignId);
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
          <div><Title order={2} size="h5">{title}</Title><Text size="xs" c="dimmed">{words.step(result.stepId)}</Text></div>
          <Badge variant="light" color={VERDICT_COLORS[verdict.state]}>{t(`results.verdicts.${verdict.state}`)}</Badge>
        </Group>
        <Text size="lg" fw={600}>{say(result.sentence)}</Text>
        <Text size="sm" c="dimmed">{say(result.promise)}</Text>
        <ByAccount result={result} />
        {harm.length > 0 && <Alert color="red" role="alert">{harm.map((sentence) => <Text key={sentence} size="sm">{sentence}</Text>)}</Alert>}
        {result.action && <Alert color="rain"><Text size="sm">{say(result.action.sentence)}</Text></Alert>}
        <Gates gates={verdict.gates} />
        {intervals.length > 0 && <IntervalBars intervals={intervals} zero={t('results.zero')} description={({ label, text }) => t('results.barLabel', { label, text })} />}
        <DataTable caption={title} items={result.arms} keyOf={({ key }) => key} columns={armColumns(result, t, format)} />
        {result.holdout && <Text size="sm">{say(result.holdout.sentence)}</Text>}
        <Text size="xs" c="dimmed">{plan.readoutAt ? t('results.readout', { when: format.day(plan.readoutAt) }) : t('results.noReadout')}{plan.fixedSince && ` · ${t('results.fixed', { when: format.day(plan.fixedSince) })}`}</Text>
        <Act result={result} campaign={campaign} />
        {!result.external && <Overrides result={result} />}
        <Secondary result={result} />
        <EntryWeeks result={result} />
      </Stack>
    </Card>
  );
}

/** Where arms were drawn for accounts: by what, how many people that makes one, and what can be told apart with it. */
function ByAccount({ result: { accounts } }: { result: Result }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!accounts) return null;
  const { attribute, designEffect, detectable } = accounts;
  return (
    <Text size="sm">
      {t('results.byAccount.drawn')}: <Code>{attribute}</Code>.{' '}
      {designEffect !== null && t('results.byAccount.effect', { effect: format.number(Math.round(designEffect * 10) / 10) })}{' '}
      {detectable !== null && t('results.byAccount.detectable', { lift: format.percent(detectable, 1) })}
    </Text>
  );
}

type Words = TFunction;
type Format = ReturnType<typeof useFormat>;

function toInterval({ a, b, lift }: Comparison, t: Words, format: Format): Interval[] {
  if (!lift) return [];
  const label = t('results.against', { a, b });
  return [{ key: `${a}-${b}`, label, text: t('results.interval', { from: format.change(lift.lo), to: format.change(lift.hi) }), lo: lift.lo, hi: lift.hi }];
}

function armColumns({ plan, experimentId, accounts }: Result, t: Words, format: Format): Column<Arm>[] {
  const isAmount = plan.measure === 'amount';
  const of = (variant: string) => ({ experiment: experimentId, variant });
  return [
    { key: 'variant', label: t('results.variant'), cell: ({ key, isControl }) => <Group gap={6} wrap="nowrap"><Text fw={600} style={{ whiteSpace: 'nowrap' }}>{key}</Text>{isControl && <Badge variant="light" color="gray" style={{ flexShrink: 0 }}>{t('results.control')}</Badge>}</Group> },
    { key: 'assigned', label: t('results.assigned'), numeric: true, cell: ({ key, assigned }) => <PeopleOf value={assigned} number="test_assigned" of={of(key)} /> },
    ...(accounts ? [{ key: 'accounts', label: t('results.byAccount.accounts'), numeric: true, cell: ({ accounts: counted }: Arm) => counted && <>{format.number(counted.assigned)}<Text size="xs" c="dimmed">{t('results.byAccount.matured', { count: counted.matured, even: format.number(counted.even) })}</Text></> }] : []),
    { key: 'matured', label: t('results.matured'), numeric: true, cell: ({ key, matured }) => <PeopleOf value={matured} number="test_matured" of={of(key)} /> },
    { key: 'converted', label: isAmount ? t('results.buyers') : t('results.converted'), numeric: true, cell: ({ key, converted }) => <PeopleOf value={converted} number="test_converted" of={of(key)} /> },
    { key: 'mean', label: isAmount ? t('results.mean', { currency: plan.goal.currency ?? '' }) : t('results.rate'), numeric: true, cell: ({ mean, interval }) => (mean === null ? <Text size="xs" c="dimmed">{t('results.whyEmpty.collecting')}</Text> : isAmount ? format.decimal(mean) : <>{format.percent(mean, 1)}{interval && <Text size="xs" c="dimmed">{format.percent(interval.lo, 1)} – {format.percent(interval.hi, 1)}</Text>}</>) },
    { key: 'maturing', label: t('results.maturing'), numeric: true, cell: ({ key, maturing }) => (maturing.people === 0 ? format.number(0) : <><PeopleOf value={maturing.people} number="test_maturing" of={of(key)} />{maturing.from && <Text size="xs" c="dimmed">{t('results.countsFrom', { when: format.day(maturing.from) })}</Text>}</>) },
  ];
}
