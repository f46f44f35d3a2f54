import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat, type Format } from '../../lib/format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { ExperimentPanel } from './experiment-panel.tsx';

type Variant = Api<'VariantResult'>;

const primaryOf = (variant: Variant) => variant.goals.find(({ primary }) => primary) ?? variant.goals[0];
const share = (format: Format, part: number, whole: number) => <>{format.number(part)} <Text span size="xs" c="dimmed">{format.percent(part, whole)}</Text></>;

/** One message: each variant's way from assigned to converted, and whether all of it adds up. */
export function StepResults({ step, test }: { step: Api<'StepResult'>; test: Api<'ExperimentResult'> | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { reconciliation } = step;
  const columns: Column<Variant>[] = [
    { key: 'variant', label: t('results.variant'), cell: ({ key, isControl }) => <Group gap={6} wrap="nowrap"><Text fw={600}>{key}</Text>{isControl && <Badge variant="light" color="gray">{t('results.control')}</Badge>}</Group> },
    { key: 'assigned', label: t('results.assigned'), numeric: true, cell: ({ assigned }) => format.number(assigned) },
    { key: 'sent', label: t('results.sent'), numeric: true, cell: ({ sent }) => format.number(sent) },
    { key: 'delivered', label: t('results.delivered'), numeric: true, cell: ({ delivered, sent }) => share(format, delivered, sent) },
    { key: 'opened', label: t('results.opened'), numeric: true, cell: ({ opened }) => <>{opened.unknown === 0 ? format.number(opened.human) : t('results.range', { from: opened.human, to: opened.human + opened.unknown })}{opened.machine > 0 && <Text size="xs" c="dimmed">{t('results.machine', { count: opened.machine })}</Text>}</> },
    { key: 'clicked', label: t('results.clicked'), numeric: true, cell: ({ clicked, delivered }) => share(format, clicked.human, delivered) },
    { key: 'converted', label: t('results.converted'), numeric: true, cell: (variant) => { const goal = primaryOf(variant); return goal ? share(format, goal.converted, variant.assigned) : t('state.none'); } },
    { key: 'unsubscribed', label: t('results.unsubscribed'), numeric: true, cell: ({ unsubscribed }) => format.number(unsubscribed) },
    { key: 'bounced', label: t('results.bounced'), numeric: true, cell: ({ bounced }) => format.number(bounced) },
  ];
  const title = t('results.step', { step: step.stepId, version: step.version ?? '–' });
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={2} size="h4">{title}</Title>
      {test && <ExperimentPanel result={test} />}
      <DataTable caption={title} columns={columns} items={step.variants} keyOf={({ key }) => key} />
      {reconciliation.difference === 0
        ? <Text size="sm" c="dimmed">{t('results.reconciles', { count: reconciliation.eligible })}</Text>
        : <Text size="sm" c="error">{t('results.differs', { count: Math.abs(reconciliation.difference) })}</Text>}
      {step.refusals.length > 0 && <DataTable caption={t('results.refusals')} items={step.refusals} keyOf={({ code }) => code} columns={[{ key: 'code', label: t('results.reason'), cell: ({ code }) => code }, { key: 'count', label: t('results.people'), numeric: true, cell: ({ count }) => format.number(count) }]} />}
    </Stack>
  );
}
