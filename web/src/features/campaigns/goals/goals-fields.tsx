import { Button, Card, Checkbox, CloseButton, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PropertySlot } from '../../segments/builder/slots.tsx';
import { ConditionField } from '../series/inspector/condition-field.tsx';
import { DurationField } from '../series/inspector/fields.tsx';
import { RunEventFields } from '../series/inspector/run-event.tsx';
import type { Goal } from '../series/model.js';
import { changeGoal, MOST_GOALS, newGoal } from './goal-edits.js';

/** Changes the goals; `field` names what is typed in, so that its letters are one step of undo. */
type Change = (next: Goal[], field?: string) => void;
type Said = (path: string) => string | undefined;

/** What counts as success, in campaigns of every kind. One goal decides tests; in a series any may end the run of who reaches it. @param at what is wrong with a field, by its place in the goals */
export function GoalsFields({ goals, hasRuns, keyed = false, readOnly, at, onChange }: { goals: readonly Goal[]; hasRuns: boolean; /** The entry has a key, which tells runs apart. */ keyed?: boolean; readOnly: boolean; at?: Said; onChange: Change }) {
  const { t } = useTranslation();
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">{t('series.goal.hint')}</Text>
        {goals.map((goal, index) => (
          <GoalCard key={goal.key} goal={goal} index={index} only={goals.length === 1} hasRuns={hasRuns} keyed={keyed} {...(at ? { at } : {})} onRemove={() => { onChange(goals.toSpliced(index, 1)); }}
            onChange={(next, field) => { onChange(changeGoal(goals, index, next), field && `${index}.${field}`); }} />
        ))}
        {!readOnly && goals.length < MOST_GOALS && <Button variant="light" size="xs" w="fit-content" onClick={() => { onChange([...goals, newGoal(goals)]); }}>{t('series.goal.add')}</Button>}
      </Stack>
    </fieldset>
  );
}

interface One { goal: Goal; index: number; only: boolean; hasRuns: boolean; keyed: boolean; at?: Said; onChange(goal: Goal, field?: string): void; onRemove(): void }

function GoalCard({ goal, index, only, hasRuns, keyed, at, onChange, onRemove }: One) {
  const { t } = useTranslation();
  const by = goal.event ? 'event' : 'condition';
  const { event: _event, condition: _condition, value: _value, ...plain } = goal;
  const name = goal.name || t('series.goal.one', { number: index + 1 });
  return (
    <Card withBorder padding="xs" component="section" aria-label={name} data-field={String(index)}>
      <Stack gap="xs">
        <Group wrap="nowrap" align="flex-end"><TextInput size="sm" flex={1} label={t('series.goal.name')} value={goal.name} maxLength={200} error={at?.(`${index}.name`) ?? goal.name.trim() === ''} data-field={`${index}.name`} onChange={(event) => { onChange({ ...goal, name: event.currentTarget.value }, 'name'); }} /><CloseButton aria-label={t('series.goal.remove', { name })} onClick={onRemove} /></Group>
        <SegmentedControl size="xs" aria-label={t('series.goal.by')} value={by} data={(['event', 'condition'] as const).map((value) => ({ value, label: t(`series.goal.kinds.${value}`) }))} onChange={(next) => { onChange(next === 'event' ? { ...plain, event: { name: '', where: [] } } : { ...plain, condition: null }); }} />
        {goal.event
          ? <RunEventFields event={goal.event} keyed={keyed} field={`${index}.event`} onChange={(event) => { onChange({ ...goal, name: goal.name.trim() === '' || goal.name === goal.event?.name ? event.name : goal.name, event }, 'event'); }} />
          : <ConditionField value={goal.condition} field={`${index}.condition`} onChange={(condition) => { onChange({ ...goal, condition }, 'condition'); }} />}
        <DurationField label={t('series.goal.window')} value={goal.window} field={`${index}.window`} onChange={(window) => { onChange({ ...goal, window: window ?? { days: 7 } }, 'window'); }} />
        {!(only && goal.primary) && <Checkbox size="sm" label={t('series.goal.primary')} checked={goal.primary ?? false} data-field={`${index}.primary`} onChange={(event) => { onChange({ ...goal, primary: event.currentTarget.checked }); }} />}
        {hasRuns && <Checkbox size="sm" label={t('series.goal.exits')} checked={goal.exits ?? false} onChange={(event) => { onChange({ ...goal, exits: event.currentTarget.checked }); }} />}
        {goal.event && <Amount goal={goal} index={index} onChange={onChange} />}
      </Stack>
    </Card>
  );
}

/** The amount an event brings, where one of its properties holds it. */
function Amount({ goal, index, onChange }: Pick<One, 'goal' | 'index' | 'onChange'>) {
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
