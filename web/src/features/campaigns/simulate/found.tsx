import { List, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useReason } from '../../../lib/reasons.ts';
import { DataTable, type Column } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { Loading } from '../../../ui/states.tsx';
import { useCampaignWords } from '../words/use-campaign-words.ts';
import { SamplePeople } from './sample-people.tsx';

const TimeChart = lazy(() => import('../../results/reports/time-chart.tsx'));

type Result = NonNullable<Api<'Simulation'>['result']>;
type Side = Result['subject'];
type Total = keyof Side['totals'];
const TOTALS: readonly Total[] = ['triggered', 'entered', 'people', 'messaged', 'sent', 'ghosts', 'deferred', 'refused', 'cancelled', 'completed', 'exited', 'underWay', 'waiting'];
const LINES = [{ key: 'entered', color: 'var(--mantine-color-text)', dash: '0' }, { key: 'sent', color: 'var(--mantine-color-rain-5)', dash: '8 3' }] as const;

/** Everything that one simulation found. */
export function Found({ id, run, result }: { id: string; run: string; result: Result }) {
  const { t } = useTranslation();
  const words = useCampaignWords(id);
  const { subject, running } = result;
  return (
    <Stack gap="xl">
      <Unknown unknown={result.unknown} />
      <Totals result={result} />
      <Days side={subject} />
      <Part title={t('simulate.messages')} none={t('simulate.noMessages')} rows={byStep(subject)} columns={useMessageColumns(words.step)} />
      <Refusals side={subject} step={words.step} />
      <Collisions result={result} />
      <Part title={t('simulate.exits')} none={t('simulate.noExits')} rows={subject.exits} columns={useExitColumns(words.step)} />
      <SamplePeople id={id} run={run} outcomes={{ subject: subject.outcomes, running: running?.outcomes ?? null }} campaigns={result.campaigns} />
    </Stack>
  );
}

function Unknown({ unknown }: { unknown: Result['unknown'] }) {
  const { t, i18n } = useTranslation();
  return (
    <Stack gap="xs" component="section" aria-label={t('simulate.unknown')}>
      <Title order={2} size="h4">{t('simulate.unknown')}</Title>
      <List size="sm" spacing={4}>{unknown.map(({ code, en, ko, count }) => <List.Item key={code}>{i18n.language === 'ko' ? ko : en}{count !== null && ` (${t('simulate.count', { count })})`}</List.Item>)}</List>
    </Stack>
  );
}

/** The numbers, beside those of the running version where it was taken through as well. */
function Totals({ result: { subject, running, considered } }: { result: Result }) {
  const { t } = useTranslation();
  const format = useFormat();
  const signed = (value: number) => (value > 0 ? `+${format.number(value)}` : format.number(value));
  const columns: Column<Total>[] = [
    { key: 'measure', label: t('simulate.measure'), cell: (key) => t(`simulate.total.${key}`) },
    { key: 'subject', label: t('simulate.thisOne'), numeric: true, cell: (key) => format.number(subject.totals[key]) },
    ...(running ? [
      { key: 'running', label: t('simulate.runningVersion'), numeric: true, cell: (key: Total) => format.number(running.totals[key]) },
      { key: 'difference', label: t('simulate.difference'), numeric: true, cell: (key: Total) => signed(subject.totals[key] - running.totals[key]) },
    ] : []),
  ];
  return (
    <Stack gap="sm" component="section" aria-label={t('simulate.numbers')}>
      <Title order={2} size="h4">{t('simulate.numbers')}</Title>
      <Text size="sm" c="dimmed">{t('simulate.considered', { count: considered })}</Text>
      <DataTable caption={t('simulate.numbers')} items={[...TOTALS]} keyOf={(key) => key} columns={columns} />
    </Stack>
  );
}

function Days({ side: { days, totals } }: { side: Side }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (days.length === 0) return null;
  const most = days.reduce((best, day) => (day.sent > best.sent ? day : best));
  return (
    <Picture
      title={t('simulate.perDay')}
      text={t('simulate.chart', { from: format.local(days[0]!.day), to: format.local(days.at(-1)!.day), entered: totals.entered, sent: totals.sent, most: format.local(most.day), count: most.sent })}
      drawing={<Suspense fallback={<Loading rows={6} />}><TimeChart lines={LINES.map((line) => ({ ...line, label: t(`simulate.${line.key}`) }))} rows={days.map(({ day, entered, sent }) => ({ when: format.local(day), entered, sent }))} /></Suspense>}
      table={<DataTable caption={t('simulate.perDay')} items={days} keyOf={({ day }) => day} columns={[
        { key: 'day', label: t('simulate.day'), cell: ({ day }) => format.local(day) },
        ...(['entered', 'sent'] as const).map((key) => ({ key, label: t(`simulate.${key}`), numeric: true, cell: (one: Side['days'][number]) => format.number(one[key]) })),
        { key: 'deferred', label: t('simulate.deferredDay'), numeric: true, cell: ({ deferred }) => format.number(deferred) },
        { key: 'ended', label: t('simulate.ended'), numeric: true, cell: ({ ended }) => format.number(ended) },
      ]} />}
    />
  );
}

interface Messages { stepId: string; variant: string; language: string | null; sent: number; ghosts: number }

function byStep({ messages }: Side): Messages[] {
  const rows = new Map<string, Messages>();
  for (const { stepId, variant, language, kind, count } of messages) {
    const key = JSON.stringify([stepId, variant, language]);
    const row = rows.get(key) ?? { stepId, variant, language, sent: 0, ghosts: 0 };
    rows.set(key, { ...row, [kind === 'sent' ? 'sent' : 'ghosts']: row[kind === 'sent' ? 'sent' : 'ghosts'] + count });
  }
  return [...rows.values()].toSorted((one, other) => other.sent + other.ghosts - one.sent - one.ghosts);
}

function useMessageColumns(step: (id: string) => string): Column<Messages>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    { key: 'step', label: t('simulate.step'), cell: ({ stepId }) => step(stepId) },
    { key: 'variant', label: t('simulate.variant'), cell: ({ variant }) => variant },
    { key: 'language', label: t('simulate.language'), cell: ({ language }) => language ?? t('simulate.noLanguage') },
    { key: 'sent', label: t('simulate.messageCount'), numeric: true, cell: ({ sent }) => format.number(sent) },
    { key: 'ghosts', label: t('simulate.controls'), numeric: true, cell: ({ ghosts }) => format.number(ghosts) },
  ];
}

function useExitColumns(step: (id: string) => string): Column<Side['exits'][number]>[] {
  const { t } = useTranslation();
  const reason = useReason();
  return [
    { key: 'reason', label: t('simulate.reason'), cell: ({ code }) => (code === null ? t('simulate.completed') : reason(code)) },
    { key: 'step', label: t('simulate.step'), cell: ({ stepId }) => step(stepId) },
    { key: 'count', label: t('simulate.people'), numeric: true, cell: ({ count }) => t('simulate.count', { count }) },
  ];
}

function Refusals({ side, step }: { side: Side; step(id: string): string }) {
  const { t, i18n } = useTranslation();
  const reason = useReason();
  type Row = { stepId: string | null; code: string; count: number; rule?: string };
  const columns = (withRule: boolean): Column<Row>[] => [
    { key: 'reason', label: t('simulate.reason'), cell: ({ code }) => reason(code) },
    ...(withRule ? [{ key: 'rule', label: t('simulate.rule'), cell: ({ rule = '' }: Row) => (i18n.exists(`simulate.rules.${rule}`) ? t(`simulate.rules.${rule as 'fallback'}`) : t('simulate.cap', { key: rule })) }] : []),
    { key: 'step', label: t('simulate.step'), cell: ({ stepId }) => (stepId === null ? t('simulate.atEntry') : step(stepId)) },
    { key: 'count', label: t('simulate.people'), numeric: true, cell: ({ count }) => t('simulate.count', { count }) },
  ];
  return (
    <>
      <Part title={t('simulate.refusals')} none={t('simulate.noRefusals')} rows={side.refusals as Row[]} columns={columns(false)} />
      <Part title={t('simulate.deferrals')} none={t('simulate.noDeferrals')} rows={side.deferrals as Row[]} columns={columns(true)} />
      {side.stopped.length > 0 && <Part title={t('simulate.stopped')} none="" rows={side.stopped as Row[]} columns={columns(false)} />}
    </>
  );
}

function Collisions({ result: { subject, campaigns } }: { result: Result }) {
  const { t } = useTranslation();
  return (
    <Part title={t('simulate.collisions')} none={t('simulate.noCollisions')} rows={subject.collisions} columns={[
      { key: 'campaign', label: t('simulate.campaign'), cell: ({ campaignId }) => (campaigns[campaignId] === undefined ? t('simulate.gone') : <TextLink to="/campaigns/$id" params={{ id: campaignId }}>{campaigns[campaignId]}</TextLink>) },
      { key: 'place', label: t('simulate.place'), cell: ({ kept }) => t(kept ? 'simulate.kept' : 'simulate.taken') },
      { key: 'count', label: t('simulate.people'), numeric: true, cell: ({ count }) => t('simulate.count', { count }) },
    ]} />
  );
}

function Part<R>({ title, none, rows, columns }: { title: string; none: string; rows: R[]; columns: Column<R>[] }) {
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={2} size="h4">{title}</Title>
      {rows.length === 0 ? <Text size="sm" c="dimmed">{none}</Text> : <DataTable caption={title} items={rows} keyOf={(row) => JSON.stringify(row)} columns={columns} />}
    </Stack>
  );
}
