import { Badge, Card, Code, Group, Select, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useReason } from '../../lib/reasons.ts';
import { IconCheck, IconCircle, IconX } from '../../ui/icons.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

/** Why somebody got the messages of a campaign or did not: one sentence, then every gate in the published order with what it saw. */
export function Why({ person, campaign, onCampaign }: { person: string; campaign: string | undefined; onCampaign(campaign: string | undefined): void }) {
  const { t } = useTranslation();
  const campaigns = useQuery({ queryKey: ['campaign-choices'], queryFn: async () => (await answer(api.GET('/v1/campaigns', { params: { query: { limit: 200 } } }))).items.map(({ id, name }) => ({ value: id, label: name })), staleTime: 60_000 });
  const found = useQuery({ queryKey: ['explain', campaign, person], queryFn: () => answer(api.GET('/v1/campaigns/{id}/explain', { params: { path: { id: campaign! }, query: { personId: person } } })), enabled: campaign !== undefined });
  const isDraft = found.error instanceof ApiProblem && found.error.code === 'campaign.not-published';
  return (
    <Stack gap="sm">
      <Select label={t('people.why.campaign')} placeholder={t('people.why.choose')} data={campaigns.data ?? []} value={campaign ?? null} searchable clearable maw={420} nothingFoundMessage={t('campaigns.noMatch')} onChange={(next) => { onCampaign(next ?? undefined); }} />
      {campaign !== undefined && (found.isPending ? <Loading rows={4} /> : found.data ? <Answer found={found.data} /> : isDraft ? <Text c="dimmed">{t('people.why.draft')}</Text> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />)}
    </Stack>
  );
}

function Answer({ found }: { found: Api<'Explanation'> }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Text fw={600}>{i18n.language === 'ko' ? found.answer.ko : found.answer.en}</Text>
        <Text size="sm" c="dimmed">{t(`people.why.${found.basis}`)}{found.nextPossibleAt && ` · ${t('people.why.next', { when: format.instant(found.nextPossibleAt) })}`}</Text>
        <ol style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label={t('people.why.gates')}>{found.gates.map((gate) => <Gate key={gate.gate} gate={gate} />)}</ol>
      </Stack>
    </Card>
  );
}

type GateAsked = Api<'Explanation'>['gates'][number];
const MARKS = { passed: <IconCheck size={16} color="var(--mantine-color-green-light-color)" aria-hidden />, refused: <IconX size={16} color="var(--mantine-color-error)" aria-hidden />, open: <IconCircle size={16} color="var(--mantine-color-dimmed)" aria-hidden /> };

function Gate({ gate }: { gate: GateAsked }) {
  const { t } = useTranslation();
  const reason = useReason();
  const state = gate.passed === null ? 'open' : gate.passed ? 'passed' : 'refused';
  const facts = Object.entries(gate.facts).filter(([, value]) => value !== null && value !== undefined);
  return (
    <li style={{ padding: '4px 0' }}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        {MARKS[state]}
        <div style={{ minWidth: 0 }}>
          <Group gap={8}><Text size="sm" fw={state === 'refused' ? 600 : 400}>{t(`reasons.gates.${gate.gate}`)}<VisuallyHidden>: {t(`people.why.${state}`)}</VisuallyHidden></Text>{gate.code && <Badge variant="light" color={state === 'refused' ? 'red' : 'gray'}>{reason(gate.code)}</Badge>}</Group>
          {facts.length > 0 && <Text size="xs" c="dimmed" component="div">{facts.map(([key, value]) => <span key={key}>{key} <Code>{JSON.stringify(value).slice(0, 160)}</Code> </span>)}</Text>}
        </div>
      </Group>
    </li>
  );
}
