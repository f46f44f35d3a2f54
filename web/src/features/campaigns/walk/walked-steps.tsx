import { Alert, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import type { Campaign } from '../draft/draft-port.ts';
import { MessageName, messagesOf } from '../launch/sends.tsx';
import { useFlowWords, type MessageStep, type Step } from '../words/use-flow-words.ts';
import { Rendered } from './rendered.tsx';

type Shown = Api<'CampaignPreview'>['items'][number];

/** Every step in its order; messages as this person would get them, made by the renderer that sends. */
export function WalkedSteps({ campaign, person }: { campaign: Campaign; person: string }) {
  const { t } = useTranslation();
  const { id, revision, definition } = campaign;
  const shown = useQuery({ queryKey: ['walk-preview', id, revision, person], queryFn: async () => (await answer(api.POST('/v1/campaigns/{id}/preview', { params: { path: { id } }, body: { personId: person } }))) as Api<'CampaignPreview'>, retry: false });
  if (shown.isPending) return <Loading rows={6} />;
  if (!shown.data) return shown.error instanceof ApiProblem && shown.error.code === 'campaign.invalid' ? <Alert color="orange">{t('walk.gaps')}</Alert> : <ErrorPanel error={shown.error} onRetry={() => { void shown.refetch(); }} />;
  const steps: Step[] = definition.type === 'series' ? inOrder(definition.start, definition.steps) : messagesOf(definition);
  return (
    <Stack gap="md" component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('walk.steps')}>
      {steps.map((step) => <li key={step.id}>{step.type === 'message' ? <Message step={step} shown={shown.data.items.filter((item) => item.stepId === step.id || item.stepId.startsWith(`${step.id}~`))} /> : <OtherStep step={step} />}</li>)}
    </Stack>
  );
}

/** As one comes to them from the start; what is not on any way comes last. */
function inOrder(start: string, steps: readonly Step[]): Step[] {
  const known = new Map(steps.map((step) => [step.id, step]));
  const found = new Set<Step>();
  const walk = (id: string | null | undefined) => {
    const step = id ? known.get(id) : undefined;
    if (!step || found.has(step)) return;
    found.add(step);
    if (step.type === 'branch') { for (const branch of step.branches) walk(branch.next); walk(step.otherwise); }
    else if (step.type === 'split') { for (const arm of step.arms) walk(arm.next); }
    else if (step.type !== 'exit') { walk(step.next); if (step.type === 'wait_until') walk(step.onTimeout); if (step.type === 'wait') walk(step.onMissed); }
  };
  walk(start);
  return [...found, ...steps.filter((step) => !found.has(step))];
}

function OtherStep({ step }: { step: Step }) {
  const words = useFlowWords();
  return <Card withBorder padding="xs"><Text size="sm">{words.step(step)}</Text></Card>;
}

function Message({ step, shown }: { step: MessageStep; shown: Shown[] }) {
  const { t } = useTranslation();
  const words = useFlowWords();
  return (
    <Card withBorder component="section" aria-label={words.step(step)}>
      <Stack gap="sm">
        <Title order={3} size="h5"><MessageName message={step} /></Title>
        {step.variants.length > 1 && <Text size="sm" c="dimmed">{t('walk.variants', { count: step.variants.length })}</Text>}
        <div style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 320px), 1fr))' }}>
          {shown.map((item) => (
            <Stack key={`${item.stepId} ${item.variant}`} gap="xs" miw={0}>
              <Group gap="xs">{step.variants.length > 1 && <Badge variant="light">{t('walk.variant', { key: item.variant })}</Badge>}{item.stepId !== step.id && <Badge variant="light" color="gray">{t('walk.rung', { number: Number(item.stepId.split('~')[1]) || 2 })}</Badge>}{item.language && <Badge variant="light" color="gray">{item.language}</Badge>}</Group>
              <Rendered item={item} />
            </Stack>
          ))}
        </div>
      </Stack>
    </Card>
  );
}
