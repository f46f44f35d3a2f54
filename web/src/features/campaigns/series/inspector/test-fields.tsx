import { Alert, Button, Checkbox, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../../lib/api.ts';
import { useFormat } from '../../../../lib/format.ts';
import { useDraft } from '../../draft/draft-context.tsx';
import { useSeries } from '../editor-context.tsx';
import type { TestPlan } from '../model.js';
import { useCheck } from '../readiness.tsx';

const KEEP = 0.1;

/** How a test of at least two arms is judged: by which goal, when, and what happens then. */
export function TestFields({ stepId, test, arms, onChange }: { stepId: string; test: TestPlan | null | undefined; arms: number; onChange(test: TestPlan | null, field?: string): void }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  if (arms < 2) return null;
  const goals = series.goals ?? [];
  const plan = test ?? {};
  const put = (next: TestPlan, field?: string) => { onChange(next, field && `test.${field}`); };
  const without = (key: keyof TestPlan): TestPlan => { const { [key]: _before, ...rest } = plan; return rest; };
  const decides = goals.find(({ key }) => key === plan.goal);
  return (
    <Stack gap="xs" component="section" aria-label={t('series.test.title')} data-field="test">
      <Text size="sm" fw={600}>{t('series.test.title')}</Text>
      <Select size="sm" label={t('series.test.goal')} placeholder={goals.find(({ primary }) => primary)?.name ?? goals[0]?.name ?? t('series.noGoals')} clearable value={decides?.key ?? null} data={goals.map(({ key, name }) => ({ value: key, label: name || key }))} data-field="test.goal" onChange={(goal) => { put(goal ? { ...plan, goal } : without('goal')); }} />
      <Select size="sm" label={t('series.test.mode')} value={plan.mode ?? 'planned'} allowDeselect={false} data={(['planned', 'open'] as const).map((value) => ({ value, label: t(`series.test.modes.${value}`) }))} data-field="test.mode" onChange={(mode) => { put(mode === 'open' ? { ...without('readoutAt'), mode } : { ...plan, mode: 'planned' }); }} />
      {(plan.mode ?? 'planned') === 'planned' && <TextInput size="sm" type="date" label={t('series.test.readout')} description={t('series.test.readoutHint')} value={plan.readoutAt?.slice(0, 10) ?? ''} data-field="test.readoutAt" onChange={(event) => { const day = event.currentTarget.value; put(day ? { ...plan, readoutAt: `${day}T00:00:00Z` } : without('readoutAt'), 'readoutAt'); }} />}
      <NumberInput size="sm" label={t('series.test.lift')} description={t('series.test.liftHint')} suffix="%" value={Math.round((plan.lift ?? 0.2) * 100)} min={1} max={1000} allowDecimal={false} data-field="test.lift" onChange={(next) => { if (typeof next === 'number' && next > 0) put({ ...plan, lift: next / 100 }, 'lift'); }} />
      <Checkbox size="sm" label={t('series.test.autoWinner')} checked={Boolean(plan.autoWinner)} onChange={(event) => { put(event.currentTarget.checked ? { ...plan, autoWinner: { keep: KEEP } } : without('autoWinner')); }} />
      <Text size="xs" c="dimmed">{t('series.test.guardrails')}</Text>
      <Proposed stepId={stepId} />
      {test && <Button size="compact-xs" variant="subtle" w="fit-content" onClick={() => { onChange(null); }}>{t('series.test.defaults')}</Button>}
    </Stack>
  );
}

/** What the server would plan for it, once nothing stands against publishing. */
function Proposed({ stepId }: { stepId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { campaign } = useDraft();
  const check = useCheck();
  const { id, revision } = campaign;
  const plans = useQuery({ queryKey: ['test-plan', id, revision], queryFn: () => answer(api.POST('/v1/campaigns/{id}/test-plan', { params: { path: { id } } })), enabled: check?.ok === true, retry: false });
  const found = plans.data?.tests.find((one) => one.stepId === stepId);
  if (!found) return <Text size="xs" c="dimmed">{t('series.test.later')}</Text>;
  const { plan, fixed } = found;
  return (
    <Alert variant="default" p="xs" title={t(fixed ? 'series.test.fixed' : 'series.test.proposed')}>
      <Stack gap={2}>
        <Text size="xs">{t('series.test.by', { goal: plan.goal.name })}</Text>
        {plan.peoplePerArm !== null && <Text size="xs">{t('series.test.people', { count: plan.peoplePerArm })}</Text>}
        {plan.readoutAt && <Text size="xs">{t('series.test.on', { when: format.instant(plan.readoutAt) })}</Text>}
        {plan.detectable !== null && <Text size="xs">{t('series.test.detectable', { lift: format.change(plan.detectable) })}</Text>}
      </Stack>
    </Alert>
  );
}
