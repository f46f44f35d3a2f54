import { Button, Card, Checkbox, CloseButton, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PropertySlot } from '../../../segments/builder/slots.tsx';
import { useSeries } from '../editor-context.tsx';
import type { Goal } from '../model.js';
import { ConditionField } from './condition-field.tsx';
import { EventFields } from './entry-form.tsx';
import { DurationField } from './fields.tsx';

const MOST = 10;
const newGoal = (goals: readonly Goal[]): Goal => {
  const taken = new Set(goals.map(({ key }) => key));
  const number = Array.from({ length: MOST + 1 }, (_, index) => index + 1).find((one) => !taken.has(`goal-${one}`))!;
  return { key: `goal-${number}`, name: '', primary: goals.every(({ primary }) => !primary), exits: false, window: { days: 7 }, event: { name: '', where: [] } };
};

/** What counts as success. One goal decides tests; any may end the run of who reaches it. */
export function GoalsForm() {
  const { t } = useTranslation();
  const { series, change } = useSeries();
  const goals = series.goals ?? [];
  const put = (next: Goal[], field?: string) => { change((now) => ({ ...now, goals: next }), field && `goals.${field}`); };
  return (
    <>
      <Text size="sm" c="dimmed">{t('series.goal.hint')}</Text>
      {goals.map((goal, index) => (
        <GoalCard key={goal.key} goal={goal} index={index} onRemove={() => { put(goals.toSpliced(index, 1)); }}
          onChange={(next, field) => { put(next.primary && !goal.primary ? goals.map((other, place) => (place === index ? next : { ...other, primary: false })) : goals.with(index, next), field && `${index}.${field}`); }} />
      ))}
      {goals.length < MOST && <Button variant="light" size="xs" onClick={() => { put([...goals, newGoal(goals)]); }}>{t('series.goal.add')}</Button>}
    </>
  );
}

function GoalCard({ goal, index, onChange, onRemove }: { goal: Goal; index: number; onChange(goal: Goal, field?: string): void; onRemove(): void }) {
  const { t } = useTranslation();
  const by = goal.event ? 'event' : 'condition';
  const { event: _event, condition: _condition, value: _value, ...plain } = goal;
  return (
    <Card withBorder padding="xs" component="section" aria-label={goal.name || t('series.goal.one', { number: index + 1 })} data-field={String(index)}>
      <Stack gap="xs">
        <Group wrap="nowrap" align="flex-end"><TextInput size="sm" flex={1} label={t('series.goal.name')} value={goal.name} maxLength={200} error={goal.name.trim() === ''} data-field={`${index}.name`} onChange={(event) => { onChange({ ...goal, name: event.currentTarget.value }, 'name'); }} /><CloseButton aria-label={t('series.goal.remove')} onClick={onRemove} /></Group>
        <SegmentedControl size="xs" aria-label={t('series.goal.by')} value={by} data={(['event', 'condition'] as const).map((value) => ({ value, label: t(`series.goal.kinds.${value}`) }))} onChange={(next) => { onChange(next === 'event' ? { ...plain, event: { name: '', where: [] } } : { ...plain, condition: null }); }} />
        {goal.event
          ? <EventFields event={goal.event.name} where={goal.event.where ?? []} field={`${index}.event`} onChange={(name, where) => { onChange({ ...goal, name: goal.name.trim() === '' || goal.name === goal.event?.name ? name : goal.name, event: { name, where } }, 'event'); }} />
          : <ConditionField value={goal.condition} field={`${index}.condition`} onChange={(condition) => { onChange({ ...goal, condition }, 'condition'); }} />}
        <DurationField label={t('series.goal.window')} value={goal.window} field={`${index}.window`} onChange={(window) => { onChange({ ...goal, window: window ?? { days: 7 } }, 'window'); }} />
        <Checkbox size="sm" label={t('series.goal.primary')} checked={goal.primary ?? false} data-field={`${index}.primary`} onChange={(event) => { onChange({ ...goal, primary: event.currentTarget.checked }); }} />
        <Checkbox size="sm" label={t('series.goal.exits')} checked={goal.exits ?? false} onChange={(event) => { onChange({ ...goal, exits: event.currentTarget.checked }); }} />
        {goal.event && <Amount goal={goal} index={index} onChange={onChange} />}
      </Stack>
    </Card>
  );
}

/** The amount an event brings, where one of its properties holds it. */
function Amount({ goal, index, onChange }: { goal: Goal; index: number; onChange(goal: Goal, field?: string): void }) {
  const { t } = useTranslation();
  const { value } = goal;
  const { value: _before, ...without } = goal;
  return (
    <Stack gap={6} data-field={`${index}.value`}>
      <Checkbox size="sm" label={t('series.goal.amount')} checked={Boolean(value)} onChange={(event) => { onChange(event.currentTarget.checked ? { ...goal, value: { property: '', currency: 'KRW' } } : without); }} />
      {value && <Group gap="xs" align="flex-end"><PropertySlot event={goal.event?.name ?? ''} value={value.property} onChange={(property) => { onChange({ ...goal, value: { ...value, property } }, 'value'); }} /><TextInput size="xs" w={80} label={t('series.goal.currency')} value={value.currency} maxLength={3} onChange={(event) => { onChange({ ...goal, value: { ...value, currency: event.currentTarget.value.toUpperCase() } }, 'currency'); }} /></Group>}
    </Stack>
  );
}
