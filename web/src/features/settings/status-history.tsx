import { Group, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Picture } from '../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Section } from './kit/parts.tsx';
import { useMeasured } from './status-measured.ts';

const TimeChart = lazy(() => import('../results/reports/time-chart.tsx'));

type History = Api<'StatusHistory'>;
type Finding = Api<'OperationsStatus'>['findings'][number];
const HOURS = ['3', '24', '168'] as const;
const LEGS = ['eventToDecision', 'decisionToHandover', 'handoverToDelivered'] as const;
const AGAIN_MS = 60_000;
const MINUTE_MS = 60_000;
/** Each with a colour and dashes of its own, in the order of the lines. */
const LOOKS = [
  ['var(--mantine-color-rain-5)', '0'], ['var(--mantine-color-orange-6)', '6 2 2 2'], ['var(--mantine-color-teal-6)', '8 3'], ['var(--mantine-color-violet-5)', '2 3'],
  ['var(--mantine-color-green-6)', '12 4'], ['var(--mantine-color-red-6)', '1 4'], ['var(--mantine-color-grape-6)', '4 4'],
] as const;

interface Name { key: string; label: string }
interface Row { at: string; when: string; values: Record<string, number> | null }

/** What the status measured over the last hours. @param findings the checks of now, which name the lines */
export function StatusHistory({ findings }: { findings: Finding[] }) {
  const { t, i18n } = useTranslation();
  const [hours, setHours] = useState<(typeof HOURS)[number]>('3');
  const [leg, setLeg] = useState<(typeof LEGS)[number]>('eventToDecision');
  const found = useQuery({ queryKey: ['status-history', hours], queryFn: () => answer(api.GET('/v1/status/history', { params: { query: { hours } } })), refetchInterval: AGAIN_MS, placeholderData: (before) => before });
  const named = (keys: string[]): Name[] => findings.filter(({ check }) => keys.includes(check)).map(({ check, name }) => ({ key: check, label: i18n.language === 'ko' ? name.ko : name.en }));
  const ages = named(findings.filter(({ check, unit }) => unit === 'seconds' && check !== 'decisions').map(({ check }) => check));
  const ways = (['p50', 'p95', 'p99'] as const).map((quantile) => ({ key: `${leg}.${quantile}`, label: t(`status.history.${quantile}`) }));
  const span = <Select aria-label={t('status.history.span')} w={140} allowDeselect={false} value={hours} data={HOURS.map((value) => ({ value, label: t(`status.history.spans.${value}`) }))} onChange={(value) => { if (value) setHours(value); }} />;
  return (
    <Section bare title={t('status.history.title')} hint={t('status.history.note')} actions={span}>
      {found.isPending ? <Loading /> : !found.data ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : found.data.points.length < 2 ? <EmptyState title={t('status.history.few')} hint={t('status.history.fewHint')} /> : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
          <Drawing history={found.data} title={t('status.history.ages')} names={ages} unit="seconds" />
          <Stack gap="xs">
            <Drawing history={found.data} title={t('status.history.ways')} names={ways} unit="seconds" note={<Select size="xs" maw={280} aria-label={t('status.history.leg')} allowDeselect={false} value={leg} data={LEGS.map((value) => ({ value, label: t(`status.legs.${value}`) }))} onChange={(value) => { if (value) setLeg(value); }} />} />
          </Stack>
          <Drawing history={found.data} title={t('status.history.returns')} names={named(['bounces', 'complaints'])} unit="share" />
          <Drawing history={found.data} title={t('status.history.results')} names={named(['results'])} unit="people" />
        </SimpleGrid>
      )}
    </Section>
  );
}

function Drawing({ history, title, names, unit, note }: { history: History; title: string; names: Name[]; unit: Finding['unit']; note?: ReactNode }) {
  const { t, i18n } = useTranslation();
  const measured = useMeasured();
  const format = useFormat();
  const rows = rowsOf(history, i18n.language);
  // The heading says that they are people.
  const said = (value: number) => (unit === 'people' ? format.number(Math.round(value)) : measured(value, unit));
  const lines = names.map((name, at) => ({ ...name, color: LOOKS[at % LOOKS.length]![0], dash: LOOKS[at % LOOKS.length]![1] }));
  const text = names.flatMap(({ key, label }) => {
    const most = mostOf(rows, key);
    return most ? [t('status.history.part', { name: label, most: said(most.value), when: most.when })] : [];
  }).join(' ');
  const legend = (
    <Group gap="2px 16px">
      {lines.map(({ key, label, color, dash }) => <Group key={key} gap={6} wrap="nowrap"><svg aria-hidden width="26" height="8" style={{ flexShrink: 0 }}><line x1="0" x2="26" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} /></svg><Text size="xs">{label}</Text></Group>)}
    </Group>
  );
  return (
    <Picture
      title={title} text={text === '' ? t('status.history.none') : text} note={<Stack gap="xs">{note}{text === '' ? <span>{t('status.history.none')}</span> : lines.length > 1 && legend}</Stack>}
      drawing={text === '' ? null : <Suspense fallback={<Loading rows={4} />}><TimeChart height={200} say={said} lines={lines.map((line) => ({ ...line, key: flat(line.key) }))} rows={rows.map(({ when, values }) => ({ when, ...Object.fromEntries(names.map(({ key }) => [flat(key), values?.[key] ?? null])) }))} /></Suspense>}
      table={<DataTable caption={title} items={rows.filter(({ values }) => values !== null).toReversed()} keyOf={({ at }) => at} columns={[
        { key: 'when', label: t('status.history.when'), cell: ({ when }) => when },
        ...names.map(({ key, label }) => ({ key, label, numeric: true, cell: ({ values }: Row) => (values?.[key] === undefined ? t('state.none') : said(values[key])) })),
      ]} />}
    />
  );
}

/** Each step of the time asked for, also those of which nothing is known: there a line breaks off. */
function rowsOf({ from, to, minutes, points }: History, language: string): Row[] {
  const known = new Map(points.map(({ at, values }) => [Date.parse(at), values]));
  const format = new Intl.DateTimeFormat(language, minutes === 60 ? { month: 'short', day: 'numeric', hour: 'numeric' } : { hour: 'numeric', minute: '2-digit' });
  const rows: Row[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += minutes * MINUTE_MS) rows.push({ at: new Date(at).toISOString(), when: format.format(at), values: known.get(at) ?? null });
  return rows;
}

/** A point in a name would be read as a path into a row. */
const flat = (key: string): string => key.replaceAll('.', '_');

const mostOf = (rows: Row[], key: string): { value: number; when: string } | null => rows.reduce<{ value: number; when: string } | null>((best, { when, values }) => (values?.[key] !== undefined && (best === null || values[key] > best.value) ? { value: values[key], when } : best), null);
