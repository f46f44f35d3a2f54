import { Button, Checkbox, CloseButton, Group, MultiSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TimeField } from '../../../../ui/time-fields.tsx';
import { addArm } from '../edits.ts';
import { useSeries, useStepChange } from '../editor-context.tsx';
import type { BranchStep, SplitStep, WaitStep, WaitUntilStep } from '../model.js';
import { MOST_ARMS, MOST_BRANCHES } from '../new-step.ts';
import { useRemoval } from '../use-removal.tsx';
import { ConditionField } from './condition-field.tsx';
import { DateFields, DurationField, ShareField } from './fields.tsx';
import { AwaitedFields } from './run-event.tsx';
import { StepTest } from './step-test.tsx';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A length of time, a time of day, or both. */
export function WaitForm({ step }: { step: WaitStep }) {
  const { t } = useTranslation();
  const change = useStepChange<WaitStep>(step.id);
  const { until } = step;
  const put = (next: WaitStep['until'], field?: string) => { change(({ until: _before, ...rest }) => (next ? { ...rest, until: next } : rest), field); };
  const toDate = (isDate: boolean) => { change(({ for: _for, until: _until, date: _date, onMissed: _missed, ...rest }) => (isDate ? { ...rest, date: { attribute: '', days: 0, time: '09:00' }, onMissed: rest.next ?? null } : { ...rest, for: { days: 1 } })); };
  const kind = <SegmentedControl size="xs" aria-label={t('series.wait.kind')} value={step.date ? 'date' : 'length'} data={(['length', 'date'] as const).map((value) => ({ value, label: t(`series.wait.kinds.${value}`) }))} onChange={(next) => { toDate(next === 'date'); }} />;
  if (step.date) return <>{kind}<DateFields date={step.date} field="date" onChange={(date, field) => { change((now) => ({ ...now, date }), field && `date.${field}`); }} /><Text size="xs" c="dimmed">{t('series.wait.dateHint')}</Text></>;
  return (
    <>
      {kind}
      <DurationField label={t('series.wait.for')} value={step.for} field="for" onChange={(duration) => { change(({ for: _before, ...rest }) => (duration ? { ...rest, for: duration } : rest), 'for'); }} />
      <Checkbox label={t('series.wait.until')} checked={Boolean(until)} onChange={(event) => { put(event.currentTarget.checked ? { time: '09:00', weekdays: [] } : null); }} />
      {until && (
        <>
          <TimeField label={t('series.wait.time')} zone={t('series.theirZone')} value={until.time} data-field="until.time" onChange={(time) => { put({ ...until, time }, 'until.time'); }} />
          <MultiSelect label={t('series.wait.days')} placeholder={until.weekdays?.length ? undefined : t('series.wait.anyDay')} value={until.weekdays ?? []} data={DAYS.map((day) => ({ value: day, label: t(`segments.day.${day}`) }))} data-field="until.weekdays" onChange={(weekdays) => { put({ ...until, weekdays }, 'until.weekdays'); }} />
        </>
      )}
    </>
  );
}

export function WaitUntilForm({ step }: { step: WaitUntilStep }) {
  const { t } = useTranslation();
  const change = useStepChange<WaitUntilStep>(step.id);
  return (
    <>
      <Stack gap={4}><Text size="sm" fw={500}>{t('series.waitUntil.condition')}</Text><AwaitedFields value={step} field="" label={t('series.waitUntil.condition')} onChange={(awaited, field) => { change(({ condition: _condition, event: _event, ...rest }) => ({ ...rest, ...awaited }), field); }} /></Stack>
      <DurationField label={t('series.waitUntil.timeout')} value={step.timeout} field="timeout" onChange={(timeout) => { change((now) => ({ ...now, timeout }), 'timeout'); }} />
      <Text size="xs" c="dimmed">{t('series.waitUntil.hint')}</Text>
    </>
  );
}

/** The first branch whose condition holds is taken. */
export function BranchForm({ step }: { step: BranchStep }) {
  const { t } = useTranslation();
  const { change: changeSeries } = useSeries();
  const change = useStepChange<BranchStep>(step.id);
  const removal = useRemoval();
  const put = (index: number, next: BranchStep['branches'][number], field: string) => { change((now) => ({ ...now, branches: now.branches.with(index, next) }), `branches.${index}.${field}`); };
  return (
    <>
      <Text size="sm" c="dimmed">{t('series.branch.hint')}</Text>
      {step.branches.map((branch, index) => (
        // Branches have no name of their own that must differ, and stay in their order.
        <Stack key={index} gap="xs" component="section" aria-label={t('series.way.branch', { number: index + 1 })} data-field={`branches.${index}`}>
          <Group wrap="nowrap" align="flex-end"><TextInput size="sm" flex={1} label={t('series.branch.name', { number: index + 1 })} value={branch.name ?? ''} maxLength={200} onChange={(event) => { put(index, { ...branch, name: event.currentTarget.value }, 'name'); }} />{step.branches.length > 1 && <CloseButton aria-label={t('series.branch.remove', { number: index + 1 })} onClick={() => { removal.arm(step.id, index); }} />}</Group>
          <ConditionField value={branch.condition} field={`branches.${index}.condition`} onChange={(condition) => { put(index, { ...branch, condition }, 'condition'); }} />
        </Stack>
      ))}
      {step.branches.length < MOST_BRANCHES && <Button variant="light" size="xs" onClick={() => { changeSeries((now) => addArm(now, step.id)); }}>{t('series.branch.add')}</Button>}
    </>
  );
}

/** Different ways for different people, at random; each person always gets the same one. */
export function SplitForm({ step }: { step: SplitStep }) {
  const { t } = useTranslation();
  const { change: changeSeries } = useSeries();
  const change = useStepChange<SplitStep>(step.id);
  const removal = useRemoval();
  const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <>
      <Text size="sm" c="dimmed">{t('series.split.hint')}</Text>
      {step.arms.map((arm, index) => (
        <Group key={arm.key} wrap="nowrap" align="flex-end" gap="xs">
          <ShareField label={t('series.split.arm', { key: arm.key })} weight={arm.weight} total={total} field={`arms.${index}.weight`} onChange={(weight) => { change((now) => ({ ...now, arms: now.arms.with(index, { ...arm, weight }) }), `arms.${index}.weight`); }} />
          {step.arms.length > 2 && <CloseButton aria-label={t('series.split.remove', { key: arm.key })} onClick={() => { removal.arm(step.id, index); }} />}
        </Group>
      ))}
      {step.arms.length < MOST_ARMS && <Button variant="light" size="xs" onClick={() => { changeSeries((now) => addArm(now, step.id)); }}>{t('series.split.add')}</Button>}
      <StepTest step={step} arms={step.arms.map(({ key }) => key)} />
    </>
  );
}

export function ExitForm() {
  const { t } = useTranslation();
  return <Text size="sm">{t('series.exitStep')}</Text>;
}
