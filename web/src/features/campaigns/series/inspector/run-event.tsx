import { Checkbox, SegmentedControl, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSeries } from '../editor-context.tsx';
import type { Condition, RunEvent, Series } from '../model.js';
import { ConditionField } from './condition-field.tsx';
import { EventFields } from './event-fields.tsx';

/** Whether the entry has a key, which tells runs apart. */
export const hasKey = ({ entry }: Series): boolean => (entry?.type === 'event' || entry?.type === 'api') && entry.key !== undefined;

/** An event of a run, and whether it must have the key of the entry. @param keyed the entry has one */
export function RunEventFields({ event, keyed, field, onChange }: { event: RunEvent; keyed: boolean; field: string; onChange(event: RunEvent): void }) {
  const { t } = useTranslation();
  const { sameKey, ...rest } = event;
  return (
    <Stack gap={6}>
      <EventFields event={event.name} where={event.where ?? []} field={field} onChange={(name, where) => { onChange({ ...event, name, where }); }} />
      {(keyed || sameKey) && <Checkbox size="sm" label={t('series.sameKey')} checked={sameKey ?? false} data-field={`${field}.sameKey`} onChange={(change) => { onChange(change.currentTarget.checked ? { ...rest, sameKey: true } : rest); }} />}
    </Stack>
  );
}

interface Awaited { condition?: Condition | null; event?: RunEvent | null }
/** Something that becomes true of a person, or something they do. */
export function AwaitedFields({ value, field, label, onChange }: { value: Awaited; field: string; label: string; onChange(value: Awaited, field?: string): void }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  const at = field === '' ? '' : `${field}.`;
  return (
    <Stack gap={6}>
      <SegmentedControl size="xs" aria-label={label} value={value.event ? 'event' : 'condition'} data={(['condition', 'event'] as const).map((kind) => ({ value: kind, label: t(`series.goal.kinds.${kind}`) }))} onChange={(kind) => { onChange(kind === 'event' ? { event: { name: '', where: [] } } : { condition: null }); }} />
      {value.event
        ? <RunEventFields event={value.event} keyed={hasKey(series)} field={`${at}event`} onChange={(event) => { onChange({ event }, 'event'); }} />
        : <ConditionField value={value.condition} field={`${at}condition`} onChange={(condition) => { onChange({ condition }, 'condition'); }} />}
    </Stack>
  );
}
