import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import type { Api } from '../../lib/api.ts';
import { useFormat, type Format } from '../../lib/format.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { useReason } from '../../lib/reasons.ts';
import { PeopleOf } from './people-of.tsx';

type Variant = Api<'VariantResult'>;

const primaryOf = (variant: Variant) => variant.goals.find(({ primary }) => primary) ?? variant.goals[0];
const share = (format: Format, part: number, whole: number) => (whole === 0 ? null : <Text span size="xs" c="dimmed">{format.percent(part, whole)}</Text>);
/** Channels from which nothing comes back but that they were delivered. */
const SILENT = ['webhook', 'chat'];

/** One message: each variant's way from assigned to converted, and whether all of it adds up. */
export function StepResults({ campaignId, step }: { campaignId: string; step: Api<'StepResult'> }) {
  const words = useCampaignWords(campaignId);
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const { reconciliation, stepId } = step;
  const at = { step: stepId, ...(step.version === null ? {} : { version: step.version }) };
  const reasonOf = ({ isControl }: Variant, silent: boolean) => {
    const why = isControl ? 'control' as const : step.external ? 'external' as const : silent && SILENT.includes(step.channel ?? '') ? 'tracking' as const : null;
    return why && <Text size="xs" c="dimmed">{t(`results.whyEmpty.${why}`)}</Text>;
  };
  /** A number with its people, or why there can be none; `silent`: nothing is heard of it from some channels. */
  const number = (key: 'sent' | 'delivered' | 'clicked' | 'unsubscribed' | 'bounced', value: (variant: Variant) => number, { silent = false, part, of = {} }: { silent?: boolean; part?: (variant: Variant) => number; of?: { evidence?: 'human' } } = {}): Column<Variant> => ({
    key, label: t(`results.${key}`), numeric: true,
    cell: (variant) => reasonOf(variant, silent) ?? <><PeopleOf value={value(variant)} number={key} of={{ ...at, variant: variant.key, ...of }} /> {part && share(format, value(variant), part(variant))}</>,
  });
  const columns: Column<Variant>[] = [
    { key: 'variant', label: t('results.variant'), cell: ({ key, isControl }) => <Group gap={6} wrap="nowrap"><Text fw={600} style={{ whiteSpace: 'nowrap' }}>{key}</Text>{isControl && <Badge variant="light" color="gray" style={{ flexShrink: 0 }}>{t('results.control')}</Badge>}</Group> },
    { key: 'assigned', label: t('results.assigned'), numeric: true, cell: ({ key, assigned, chosen }) => <><PeopleOf value={assigned} number="assigned" of={{ ...at, variant: key }} />{chosen > 0 && <Text size="xs"><PeopleOf value={chosen} number="chosen" of={{ ...at, variant: key }} text={t('results.chosen', { count: chosen })} /></Text>}</> },
    number('sent', ({ sent }) => sent),
    number('delivered', ({ delivered }) => delivered, { part: ({ sent }) => sent }),
    { key: 'opened', label: t('results.opened'), numeric: true, cell: (variant) => reasonOf(variant, true) ?? <Opened variant={variant} at={at} /> },
    number('clicked', ({ clicked }) => clicked.human, { silent: true, part: ({ delivered }) => delivered, of: { evidence: 'human' } }),
    { key: 'converted', label: t('results.converted'), numeric: true, cell: (variant) => { const goal = primaryOf(variant); return goal ? <><PeopleOf value={goal.converted} number="converted" of={{ ...at, variant: variant.key, goal: goal.key }} /> {share(format, goal.converted, variant.assigned)}</> : <Text size="xs" c="dimmed">{t('results.whyEmpty.goal')}</Text>; } },
    number('unsubscribed', ({ unsubscribed }) => unsubscribed, { silent: true }),
    number('bounced', ({ bounced }) => bounced),
  ];
  const title = t('results.step', { step: words.step(step.stepId), version: step.version ?? '–' });
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={2} size="h4">{title}</Title>
      <DataTable caption={title} columns={columns} items={step.variants} keyOf={({ key }) => key} />
      {reconciliation.difference === 0
        ? <Text size="sm" c="dimmed">{t('results.reconciles', { count: reconciliation.eligible })}</Text>
        : <Text size="sm" c="error">{t('results.differs', { count: Math.abs(reconciliation.difference) })}</Text>}
      {step.refusals.length > 0 && <DataTable caption={t('results.refusals')} items={step.refusals} keyOf={({ code }) => code} columns={[{ key: 'code', label: t('results.reason'), cell: ({ code }) => reason(code) }, { key: 'count', label: t('results.people'), numeric: true, cell: ({ code, count }) => <PeopleOf value={count} number="refused" of={{ ...at, code }} /> }]} />}
    </Stack>
  );
}

/** What people certainly opened; what may have been a person, and what machines loaded, is said apart. */
function Opened({ variant: { key, opened }, at }: { variant: Variant; at: { step: string; version?: number } }) {
  const { t } = useTranslation();
  return (
    <>
      <PeopleOf value={opened.human} number="opened" of={{ ...at, variant: key, evidence: 'human' }} />
      {(['unknown', 'machine'] as const).map((evidence) => opened[evidence] > 0 && <Text key={evidence} size="xs"><PeopleOf value={opened[evidence]} number="opened" of={{ ...at, variant: key, evidence }} text={t(`results.${evidence}`, { count: opened[evidence] })} /></Text>)}
    </>
  );
}
