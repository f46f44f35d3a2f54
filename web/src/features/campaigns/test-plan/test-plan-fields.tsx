import { Button, Checkbox, Collapse, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useZone } from '../../../lib/workspace.ts';
import { instantAt, wallAt } from '../../../lib/zones.ts';
import { DayField } from '../../../ui/time-fields.tsx';
import { AttributeSlot } from '../../segments/builder/slots.tsx';
import { decidingGoal } from '../goals/goal-edits.js';
import type { Goal, TestPlan } from '../series/model.js';
import { hasRare, percentOf, planWith, RARE, shareOf, USUAL } from './plan-edits.js';
import { DraftOverrides } from './draft-overrides.tsx';
import { Planned } from './planned.tsx';
import { RareFields } from './rare-fields.tsx';
import { SendFirst } from './send-first.tsx';

interface Given {
  stepId: string;
  test: TestPlan | null | undefined;
  /** Keys of what is compared, the control included; without two there is no test. */
  arms: readonly string[];
  /** Versions that say something: of one alone none can lead. */
  versions: number;
  goals: readonly Goal[];
  /** A broadcast reaches everybody at one time. */
  atOnce?: boolean;
  readOnly: boolean;
  /** The field asked for, as `test.cap`. */
  wish?: string | null;
  /** `field` names what is typed in, so that its letters are one step of undo. */
  onChange(test: TestPlan | null, field?: string): void;
}
export interface PlanPart { plan: TestPlan; goals: readonly Goal[]; put(change: Partial<Record<keyof TestPlan, unknown>>, typed?: boolean): void }

/** How a test is judged: by which goal, when, and what happens then; beside it what Danbi makes of that. */
export function TestPlanFields({ stepId, test, arms, versions, goals, atOnce = false, readOnly, wish, onChange }: Given) {
  const { t } = useTranslation();
  const plan = test ?? {};
  const isWished = wish ? RARE.some((key) => wish.startsWith(`test.${key}`)) : false;
  const [open, setOpen] = useState(hasRare(plan));
  const [granted, setGranted] = useState<string | null>(null);
  if (isWished && wish !== granted) {
    setGranted(wish ?? null);
    setOpen(true);
  }
  if (arms.length < 2) return null;
  const put: PlanPart['put'] = (change, typed = false) => { onChange(planWith(plan, change, goals), typed ? `test.${Object.keys(change).join()}` : undefined); };
  const part = { plan, goals, put };
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }} aria-label={t('plan.title')} data-field="test">
      <Stack gap="xs">
        <Text size="sm" fw={600}>{t('plan.title')}</Text>
        <Decides {...part} />
        {plan.mode !== 'open' && <Readout {...part} />}
        <NumberInput size="sm" label={t('plan.lift')} description={t('plan.liftHint')} suffix=" %" value={percentOf(plan.lift ?? USUAL.lift)} min={0.1} max={plan.direction === 'lower' ? 99.9 : 1_000} decimalScale={1} data-field="test.lift" onChange={(next) => { const lift = shareOf(next, 0.1, 1_000); if (lift !== undefined) put({ lift }, true); }} />
        <Unit {...part} />
        {atOnce ? versions > 1 && <SendFirst {...part} /> : <AutoWinner {...part} />}
        <Button size="compact-xs" variant="subtle" w="fit-content" aria-expanded={open} onClick={() => { setOpen(!open); }}>{t(open ? 'plan.less' : 'plan.more')}</Button>
        <Collapse expanded={open} keepMounted={false}><RareFields {...part} atOnce={atOnce} /></Collapse>
        <Text size="xs" c="dimmed">{t('plan.guardrails')}</Text>
      </Stack>
      <Stack gap="xs" mt="xs">
        <Planned stepId={stepId} onNewRound={readOnly ? undefined : () => { put({ round: (plan.round ?? USUAL.round) + 1 }); }} />
        <DraftOverrides stepId={stepId} arms={arms} readOnly={readOnly} />
        {test && !readOnly && <Button size="compact-xs" variant="subtle" w="fit-content" onClick={() => { onChange(null); }}>{t('plan.defaults')}</Button>}
      </Stack>
    </fieldset>
  );
}

/** The goal, and whether people or amounts are compared. */
function Decides({ plan, goals, put }: PlanPart) {
  const { t } = useTranslation();
  const nameOf = ({ name, key }: Goal) => name || key;
  const usual = decidingGoal(goals, undefined);
  const decides = decidingGoal(goals, plan.goal);
  return (
    <>
      <Select size="sm" label={t('plan.goal')} description={t('plan.goalHint')} placeholder={usual ? nameOf(usual) : t('plan.noGoals')} clearable value={goals.some(({ key }) => key === plan.goal) ? plan.goal! : null} data={goals.map((goal) => ({ value: goal.key, label: nameOf(goal) }))} data-field="test.goal" onChange={(goal) => { put({ goal: goal ?? undefined }); }} />
      <Select size="sm" label={t('plan.measure')} description={decides?.value ? undefined : t('plan.measureHint')} value={plan.measure ?? USUAL.measure} allowDeselect={false} data={(['rate', 'amount'] as const).map((value) => ({ value, label: t(`plan.measures.${value}`), disabled: value === 'amount' && !decides?.value }))} data-field="test.measure" onChange={(measure) => { put({ measure: measure === 'amount' ? measure : undefined }); }} />
    </>
  );
}

/** The day of the read-out as the workspace has it; planned by Danbi where none is given. */
function Readout({ plan, put }: PlanPart) {
  const { t } = useTranslation();
  const zone = useZone();
  if (!zone) return null;
  return <DayField size="sm" label={t('plan.readout')} hint={t('plan.readoutHint')} value={plan.readoutAt && wallAt(plan.readoutAt, zone).slice(0, 10)} zone={plan.readoutAt && zone} data-field="test.readoutAt" onChange={(day) => { put({ readoutAt: day && instantAt(`${day}T00:00`, zone) }, true); }} />;
}

/** For what arms are drawn. */
function Unit({ plan, put }: PlanPart) {
  const { t } = useTranslation();
  const unit = plan.unit ?? 'person';
  return (
    <Stack gap={6}>
      <Select size="sm" label={t('plan.unit')} description={unit === 'account' ? t('plan.unitHint') : undefined} value={unit} allowDeselect={false} data={(['person', 'account'] as const).map((value) => ({ value, label: t(`plan.units.${value}`) }))} data-field="test.unit" onChange={(next) => { put(next === 'account' ? { unit: 'account', account: plan.account ?? '' } : { unit: undefined, account: undefined }); }} />
      {unit === 'account' && <div data-field="test.account"><AttributeSlot value={plan.account ?? ''} onChange={(account) => { put({ account }, true); }} /></div>}
    </Stack>
  );
}

/** The winner for new people by itself, and the share of them who go on being split. */
function AutoWinner({ plan, put }: PlanPart) {
  const { t } = useTranslation();
  const { autoWinner } = plan;
  return (
    <Stack gap={6} data-field="test.autoWinner">
      <Checkbox size="sm" label={t('plan.autoWinner')} description={t('plan.autoWinnerHint')} checked={Boolean(autoWinner)} onChange={(event) => { put({ autoWinner: event.currentTarget.checked ? { keep: USUAL.keep } : undefined }); }} />
      {autoWinner && <NumberInput size="sm" w={200} label={t('plan.keep')} suffix=" %" value={percentOf(autoWinner.keep ?? USUAL.keep)} min={0} max={50} decimalScale={1} onChange={(next) => { const keep = shareOf(next, 0, 50); if (keep !== undefined) put({ autoWinner: { keep } }, true); }} />}
    </Stack>
  );
}
