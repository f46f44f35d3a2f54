import { Alert, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useZone } from '../../../lib/workspace.ts';
import { useCheck } from '../check/use-check.ts';
import { useDraft } from '../draft/draft-context.tsx';

/** What Danbi would plan for a test, asked anew after each saving, once nothing stands against publishing. */
export function Planned({ stepId, onNewRound }: { stepId: string; onNewRound: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { campaign: { id, revision } } = useDraft();
  const check = useCheck();
  const isSound = check.data?.ok === true && !check.isPlaceholderData;
  const plans = useQuery({ queryKey: ['test-plan', id, revision], queryFn: () => answer(api.POST('/v1/campaigns/{id}/test-plan', { params: { path: { id }, query: { revision } } })), enabled: isSound, retry: false });
  const found = plans.data?.tests.find((one) => one.stepId === stepId);
  // What is fixed may be said even where the draft asks for something else.
  const isBegun = check.data?.findings.some(({ code }) => code === 'campaign.test-begun') ?? false;
  return (
    <div role="status">
      {found ? <Answer plan={found.plan} isFixed={found.fixed} /> : <Text size="xs" c="dimmed">{t(isBegun ? 'plan.begun' : isSound && plans.isPending ? 'plan.asking' : 'plan.later')}</Text>}
      {(found?.fixed || isBegun) && onNewRound && <Stack gap={2} mt={6}><Button size="compact-sm" variant="default" w="fit-content" onClick={onNewRound}>{t('plan.newRound')}</Button><Text size="xs" c="dimmed">{t('plan.newRoundHint')}</Text></Stack>}
    </div>
  );
}

function Answer({ plan, isFixed }: { plan: Api<'ExperimentPlan'>; isFixed: boolean }) {
  const { t } = useTranslation();
  const lines = useLines(plan);
  return <Alert variant="default" p="xs" title={t(isFixed ? 'plan.fixed' : 'plan.proposed')}><Stack gap={2}>{lines.map((line) => <Text key={line} size="xs">{line}</Text>)}</Stack></Alert>;
}

/** The plan in sentences: what decides, how many people, when, what can be seen, and on what it rests. */
function useLines({ goal, peoplePerArm, plannedPeople, readoutAt, detectable, baseline, volume, cap, minEffect }: Api<'ExperimentPlan'>): string[] {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const zone = useZone();
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short', ...(zone ? { timeZone: zone } : {}) });
  const percent = (share: number) => format.percent(share, 1);
  return [
    t('plan.by', { goal: goal.name }),
    peoplePerArm === null ? null : t('plan.people', { count: peoplePerArm }),
    plannedPeople === null ? null : t('plan.expected', { count: plannedPeople }),
    readoutAt && t('plan.on', { when: when.format(new Date(readoutAt)), zone: zone ?? '' }),
    detectable === null ? null : t('plan.detectable', { lift: format.change(detectable) }),
    t('plan.same', { effect: percent(minEffect) }),
    baseline.rate === null ? t('plan.noBaseline') : t(baseline.from === 'author' ? 'plan.baselineGiven' : 'plan.baselineKnown', { rate: percent(baseline.rate) }),
    volume.perDay ? t('plan.perDay', { count: Math.round(volume.perDay) }) : null,
    volume.atOnce > 0 ? t('plan.atOnce', { count: volume.atOnce }) : null,
    cap === null ? null : t('plan.capped', { cap: format.number(cap), currency: goal.currency ?? '' }),
  ].filter((line): line is string => Boolean(line));
}
