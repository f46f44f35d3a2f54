import { Badge, Card, Code, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useReason } from '../../../lib/reasons.ts';
import { IconCheck, IconCircle, IconX } from '../../../ui/icons.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import type { Campaign } from '../draft/draft-port.ts';
import { useFlowWords, type Step } from '../words/use-flow-words.ts';

type Told = Api<'Explanation'>;

/** A moment as it is where the person is. */
export function useTimeIn(zone: string): (iso: string) => string {
  const { i18n } = useTranslation();
  const written = new Intl.DateTimeFormat(i18n.language, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'short' });
  return (iso) => written.format(new Date(iso));
}

/** What became of this person in the live version, gate by gate, and the steps they have passed. */
export function WhySoFar({ campaign, person, zone }: { campaign: Campaign; person: string; zone: string }) {
  const { t, i18n } = useTranslation();
  const time = useTimeIn(zone);
  const found = useQuery({ queryKey: ['explain', campaign.id, person], queryFn: () => answer(api.GET('/v1/campaigns/{id}/explain', { params: { path: { id: campaign.id }, query: { personId: person } } })), refetchInterval: 5_000 });
  if (found.isPending) return <Loading rows={3} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { answer: said, basis, nextPossibleAt, gates, runs } = found.data;
  return (
    <Card withBorder component="section" aria-label={t('walk.why')}>
      <Stack gap="sm">
        <Title order={3} size="h5">{t('walk.why')}</Title>
        <Text fw={600}>{i18n.language === 'ko' ? said.ko : said.en}</Text>
        <Text size="sm" c="dimmed">{t(`walk.basis.${basis}`)}{nextPossibleAt && ` · ${t('walk.nextAt', { when: time(nextPossibleAt) })}`}</Text>
        <ol style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label={t('walk.gates')}>{gates.map((gate) => <Gate key={gate.gate} gate={gate} time={time} />)}</ol>
        {runs.length > 0 && <Passed run={runs[0]!} campaign={campaign} time={time} />}
      </Stack>
    </Card>
  );
}

const MARKS = { passed: <IconCheck size={16} color="var(--mantine-color-green-light-color)" aria-hidden />, refused: <IconX size={16} color="var(--mantine-color-error)" aria-hidden />, open: <IconCircle size={16} color="var(--mantine-color-dimmed)" aria-hidden /> };

function Gate({ gate, time }: { gate: Told['gates'][number]; time(iso: string): string }) {
  const { t } = useTranslation();
  const reason = useReason();
  const state = gate.passed === null ? 'open' : gate.passed ? 'passed' : 'refused';
  const facts = Object.entries(gate.facts).filter(([key, value]) => value !== null && value !== undefined && key !== 'explained' && typeof value !== 'object');
  return (
    <li style={{ padding: '3px 0' }}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        {MARKS[state]}
        <div style={{ minWidth: 0 }}>
          <Group gap={8}>
            <Text size="sm" fw={state === 'refused' ? 600 : 400}>{t(`reasons.gates.${gate.gate}`)}<VisuallyHidden>: {t(`walk.gate.${state}`)}</VisuallyHidden></Text>
            {gate.code && <Badge variant="light" color={state === 'refused' ? 'red' : 'gray'}>{reason(gate.code)}</Badge>}
            {gate.nextCheckAt && <Text size="xs" c="dimmed">{t('walk.nextAt', { when: time(gate.nextCheckAt) })}</Text>}
          </Group>
          {state === 'refused' && facts.length > 0 && <Text size="xs" c="dimmed" component="div">{facts.map(([key, value]) => <span key={key}>{key} <Code>{String(value).slice(0, 120)}</Code> </span>)}</Text>}
        </div>
      </Group>
    </li>
  );
}

/** The way of the last run. */
function Passed({ run, campaign, time }: { run: Told['runs'][number]; campaign: Campaign; time(iso: string): string }) {
  const { t } = useTranslation();
  const words = useFlowWords();
  const steps: Step[] = campaign.definition.type === 'series' ? campaign.definition.steps : [];
  const say = (stepId: string) => { const step = steps.find(({ id }) => id === stepId); return step ? words.step(step) : stepId; };
  return (
    <Stack gap={4} component="section" aria-label={t('walk.passed')}>
      <Title order={4} size="h6" c="dimmed">{t('walk.passed')}</Title>
      {run.steps.map(({ stepId, arrivedAt, leftAt }, index) => <Text key={index} size="sm">{time(arrivedAt)} · {say(stepId)}{leftAt === null && ` · ${run.dueAt ? t('walk.until', { when: time(run.dueAt) }) : t('walk.here')}`}</Text>)}
    </Stack>
  );
}
