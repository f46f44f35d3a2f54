import { Accordion, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';

type Result = Api<'ExperimentResult'>;

/** Other numbers of the arms: for context, never a verdict. */
export function Secondary({ result }: { result: Result }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (result.secondary.length === 0) return null;
  const rows = result.secondary.flatMap((metric) => metric.arms.map((arm) => ({ ...arm, id: `${metric.measure}-${arm.key}`, label: i18n.language === 'ko' ? metric.label.ko : metric.label.en })));
  return (
    <Folded title={t('results.context')}>
      <DataTable caption={t('results.context')} items={rows} keyOf={({ id }) => id} columns={[
        { key: 'metric', label: t('results.metric'), cell: ({ label }) => label },
        { key: 'variant', label: t('results.variant'), cell: ({ key }) => key },
        { key: 'people', label: t('results.people'), numeric: true, cell: ({ people }) => format.number(people) },
        { key: 'count', label: t('results.count'), numeric: true, cell: ({ count, machine }) => <>{format.number(count)}{machine !== null && machine > 0 && <Text size="xs" c="dimmed">{t('results.machine', { count: machine })}</Text>}</> },
        { key: 'rate', label: t('results.rate'), numeric: true, cell: ({ count, people }) => format.percent(count, people) },
      ]} />
    </Folded>
  );
}

/** Does the effect wear off? Shown by the week of entry, and not tested. */
export function EntryWeeks({ result }: { result: Result }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (result.entryWeeks.length === 0) return null;
  const rows = result.entryWeeks.flatMap(({ week, arms }) => arms.map((arm) => ({ ...arm, week, id: `${week}-${arm.key}` })));
  return (
    <Folded title={t('results.weeks')}>
      <DataTable caption={t('results.weeks')} items={rows} keyOf={({ id }) => id} columns={[
        { key: 'week', label: t('results.week'), cell: ({ week }) => format.day(week) },
        { key: 'variant', label: t('results.variant'), cell: ({ key }) => key },
        { key: 'matured', label: t('results.matured'), numeric: true, cell: ({ matured }) => format.number(matured) },
        { key: 'converted', label: t('results.converted'), numeric: true, cell: ({ converted, matured }) => <>{format.number(converted)} <Text span size="xs" c="dimmed">{format.percent(converted, matured)}</Text></> },
      ]} />
    </Folded>
  );
}

function Folded({ title, children }: { title: string; children: React.ReactNode }) {
  return <Accordion variant="contained"><Accordion.Item value="only"><Accordion.Control>{title}</Accordion.Control><Accordion.Panel><Stack gap="sm">{children}</Stack></Accordion.Panel></Accordion.Item></Accordion>;
}
