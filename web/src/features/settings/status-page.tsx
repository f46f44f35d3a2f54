import { Alert, Badge, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { Alarms } from './alarms.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { StatusHistory } from './status-history.tsx';
import { useMeasured } from './status-measured.ts';

type Status = Api<'OperationsStatus'>;
type Finding = Status['findings'][number];

const AGAIN_MS = 10_000;
const COLOURS = { ok: 'green', warn: 'yellow', bad: 'red' } as const;

/** How the installation is: a verdict for each thing that can fall behind, and what to do about it. Looks again by itself. */
export function StatusPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ queryKey: ['status'], queryFn: () => answer(api.GET('/v1/status')), refetchInterval: AGAIN_MS });
  if (found.isPending) return <Loading />;
  if (found.isError) return <Page title={t('settings.places.status')}><ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /></Page>;
  const { at, version, level, findings } = found.data;
  return (
    <Page title={t('settings.places.status')} note={<>{t('status.note', { at: format.exact(at), version })} · <TextLink to="/settings/release" underline="always">{t('settings.places.release')}</TextLink></>} actions={<Verdict level={level} />}>
      {level === 'ok' && <Alert color="green" title={t('status.well')}>{t('status.wellText')}</Alert>}
      <Findings findings={findings} />
      <StatusHistory findings={findings} />
      <Alarms />
      <Figures status={found.data} />
    </Page>
  );
}

function Verdict({ level }: { level: Finding['level'] }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLOURS[level]} styles={{ label: { color: 'var(--mantine-color-text)' } }}>{t(`status.levels.${level}`)}</Badge>;
}

function Findings({ findings }: { findings: Finding[] }) {
  const { t, i18n } = useTranslation();
  const measured = useMeasured();
  const said = (sentence: { en: string; ko: string }) => (i18n.language === 'ko' ? sentence.ko : sentence.en);
  return (
    <DataTable caption={t('status.checks')} items={findings} keyOf={({ check }) => check} columns={[
      { key: 'check', label: t('status.check'), cell: ({ name, whatToDo }) => <Stack gap={2}><Text size="sm">{said(name)}</Text>{whatToDo && <Text size="sm" fw={600}>{said(whatToDo)}</Text>}</Stack> },
      { key: 'level', label: t('status.verdict'), cell: ({ level }) => <Verdict level={level} /> },
      { key: 'value', label: t('status.now'), numeric: true, cell: ({ value, unit }) => (value === null ? t('status.few') : measured(value, unit)) },
      { key: 'warn', label: t('status.from'), numeric: true, cell: ({ warn, bad, unit }) => `${measured(warn, unit)} / ${measured(bad, unit)}` },
    ]} />
  );
}

function Figures({ status: { latencies, day, results, campaigns, connections, queues } }: { status: Status }) {
  const { t } = useTranslation();
  const format = useFormat();
  const measured = useMeasured();
  const seconds = (value: number | null) => (value === null ? t('state.none') : measured(value, 'seconds'));
  const legs = [['eventToDecision', latencies.eventToDecision], ['decisionToHandover', latencies.decisionToHandover], ['handoverToDelivered', latencies.handoverToDelivered]] as const;
  const waiting = queues.filter(({ due }) => due > 0).reduce((sum, { due }) => sum + due, 0);
  const facts = [
    ['sent', format.number(day.sent)], ['bounced', format.number(day.bounced)], ['complained', format.number(day.complained)], ['unsubscribed', format.number(day.unsubscribed)],
    ['waiting', format.number(waiting)], ['pending', format.number(results.pending)], ['active', format.number(campaigns.active)], ['connections', `${format.number(connections.used)} / ${format.number(connections.allowed)}`],
  ] as const;
  return (
    <>
      <Stack gap="xs">
        <Title order={2} size="h4">{t('status.latency')}</Title>
        <Text size="sm" c="dimmed">{t('status.latencyNote')}</Text>
        <DataTable caption={t('status.latency')} items={[...legs]} keyOf={([leg]) => leg} columns={[
          { key: 'leg', label: t('status.leg'), cell: ([leg]) => t(`status.legs.${leg}`) },
          { key: 'count', label: t('status.count'), numeric: true, cell: ([, { count }]) => format.number(count) },
          { key: 'p50', label: t('status.half'), numeric: true, cell: ([, { p50 }]) => seconds(p50) },
          { key: 'p95', label: t('status.most'), numeric: true, cell: ([, { p95 }]) => seconds(p95) },
          { key: 'p99', label: t('status.nearlyAll'), numeric: true, cell: ([, { p99 }]) => seconds(p99) },
        ]} />
      </Stack>
      <Stack gap="xs">
        <Title order={2} size="h4">{t('status.figures')}</Title>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          {facts.map(([key, value]) => <Card key={key} withBorder padding="sm"><Text size="sm" c="dimmed">{t(`status.facts.${key}`)}</Text><Group><Text fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>{value}</Text></Group></Card>)}
        </SimpleGrid>
      </Stack>
    </>
  );
}
