import { NumberInput, Select, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { decidingGoal } from '../goals/goal-edits.js';
import { percentOf, shareOf, USUAL } from './plan-edits.js';
import type { PlanPart } from './test-plan-fields.tsx';

/** What is right for most tests as it is. */
export function RareFields({ plan, goals, put, atOnce }: PlanPart & { atOnce: boolean }) {
  const { t } = useTranslation();
  const currency = decidingGoal(goals, plan.goal)?.value?.currency;
  return (
    <Stack gap="xs">
      {!atOnce && <Select size="sm" label={t('plan.mode')} description={t('plan.modeHint')} value={plan.mode === 'open' ? 'open' : 'planned'} allowDeselect={false} data={(['planned', 'open'] as const).map((value) => ({ value, label: t(`plan.modes.${value}`) }))} data-field="test.mode" onChange={(mode) => { put({ mode: mode === 'open' ? mode : undefined }); }} />}
      <Select size="sm" label={t('plan.direction')} value={plan.direction ?? USUAL.direction} allowDeselect={false} data={(['higher', 'lower'] as const).map((value) => ({ value, label: t(`plan.directions.${value}`) }))} data-field="test.direction" onChange={(direction) => { put({ direction: direction === 'lower' ? direction : undefined }); }} />
      <NumberInput size="sm" label={t('plan.minEffect')} description={t('plan.minEffectHint')} suffix=" %" value={percentOf(plan.minEffect ?? USUAL.minEffect)} min={0.1} max={100} decimalScale={1} data-field="test.minEffect" onChange={(next) => { const minEffect = shareOf(next, 0.1, 100); if (minEffect !== undefined) put({ minEffect }, true); }} />
      <NumberInput size="sm" label={t('plan.baseline')} description={t('plan.baselineHint')} suffix=" %" value={plan.baseline === undefined ? '' : percentOf(plan.baseline)} min={0.1} max={99.9} decimalScale={1} data-field="test.baseline" onChange={(next) => { const baseline = shareOf(next, 0.1, 99.9); if (baseline !== undefined || next === '') put({ baseline }, true); }} />
      {plan.measure === 'amount' && <NumberInput size="sm" label={t('plan.cap', { currency: currency ?? '' })} description={t('plan.capHint')} value={plan.cap ?? ''} min={0.01} max={1e12} decimalScale={2} thousandSeparator="," data-field="test.cap" onChange={(next) => { if (next === '') put({ cap: undefined }, true); else if (typeof next === 'number' && next > 0) put({ cap: next }, true); }} />}
      <NumberInput size="sm" label={t('plan.round')} description={t('plan.roundHint')} value={plan.round ?? USUAL.round} min={1} max={10_000} allowDecimal={false} data-field="test.round" onChange={(next) => { if (typeof next === 'number' && next >= 1) put({ round: next > 1 ? next : undefined }, true); }} />
    </Stack>
  );
}
