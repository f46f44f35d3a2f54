import { Card, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { ExplainLazily } from '../../explain/lazy-panel.tsx';
import type { Campaign } from '../draft/draft-port.ts';
import { useFlowWords, type Step } from '../words/use-flow-words.ts';

type Told = Api<'Explanation'>;

/** A moment as it is where the person is. */
export function useTimeIn(zone: string): (iso: string) => string {
  const { i18n } = useTranslation();
  const written = new Intl.DateTimeFormat(i18n.language, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'short' });
  return (iso) => written.format(new Date(iso));
}

/** What became of this person (in a draft: what would), gate by gate, and the steps they have passed. */
export function WhySoFar({ campaign, person, zone }: { campaign: Campaign; person: string; zone: string }) {
  const { t } = useTranslation();
  const time = useTimeIn(zone);
  const found = useQuery({ queryKey: ['runs-in', campaign.id, person], queryFn: () => answer(api.GET('/v1/campaigns/{id}/explain', { params: { path: { id: campaign.id }, query: { personId: person } } })), refetchInterval: 5_000 });
  return (
    <Card withBorder component="section" aria-label={t('walk.why')}>
      <Stack gap="sm">
        <Title order={3} size="h5">{t('walk.why')}</Title>
        <ExplainLazily campaign={campaign.id} person={person} every={5_000} />
        {found.data && found.data.runs.length > 0 && <Passed run={found.data.runs[0]!} campaign={campaign} time={time} />}
      </Stack>
    </Card>
  );
}

/** The way of the last run, from version to version where it was moved. */
function Passed({ run, campaign, time }: { run: Told['runs'][number]; campaign: Campaign; time(iso: string): string }) {
  const { t } = useTranslation();
  const words = useFlowWords();
  const steps: Step[] = campaign.definition.type === 'series' ? campaign.definition.steps : [];
  const say = (stepId: string) => { const step = steps.find(({ id }) => id === stepId); return step ? words.step(step) : stepId; };
  const stepsPassed = run.steps.map(({ stepId, arrivedAt, leftAt }) => ({ at: arrivedAt, said: say(stepId) + (leftAt === null ? ` · ${run.dueAt ? t('walk.until', { when: time(run.dueAt) }) : t('walk.here')}` : '') }));
  const passed = [...stepsPassed, ...run.moves.map(({ at, from, to }) => ({ at, said: t('live.moved', { from, to }) }))].toSorted((a, b) => a.at.localeCompare(b.at));
  return (
    <Stack gap={4} component="section" aria-label={t('walk.passed')}>
      <Title order={4} size="h6" c="dimmed">{t('walk.passed')}</Title>
      {passed.map(({ at, said }, index) => <Text key={index} size="sm">{time(at)} · {said}</Text>)}
    </Stack>
  );
}
