import { Checkbox, Group, NumberInput, Select, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useZone } from '../../lib/workspace.ts';
import { MomentField, TimeField } from '../../ui/time-fields.tsx';
import { DurationSlot } from '../segments/builder/slots.tsx';
import type { At } from '../in-app/place.ts';
import type { Display, Schedule } from './auto-message.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DEFINED = <T extends object>(all: T): T => Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as T;

interface Given { display: Display; readOnly: boolean; at: At; onChange(display: Display): void }

/** How often, how long, and before which others. */
export function HowOften({ display, readOnly, at, onChange }: Given) {
  const { t } = useTranslation();
  const { frequency } = display;
  const times = (next: Partial<Display['frequency']>) => { onChange({ ...display, frequency: DEFINED({ ...frequency, ...next }) }); };
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select label={t('autoMessages.often.times')} w={220} allowDeselect={false} disabled={readOnly} value={frequency.times === null ? 'any' : frequency.times === 1 ? 'once' : 'some'} data={(['once', 'some', 'any'] as const).map((value) => ({ value, label: t(`autoMessages.often.${value}`) }))} onChange={(next) => { times({ times: next === 'any' ? null : next === 'once' ? 1 : 3 }); }} />
        {frequency.times !== null && frequency.times > 1 && <NumberInput label={t('autoMessages.often.most')} w={140} min={2} max={1_000} allowDecimal={false} readOnly={readOnly} value={frequency.times} error={at('frequency.times')} onChange={(next) => { if (typeof next === 'number') times({ times: next }); }} />}
      </Group>
      {frequency.times !== 1 && (
        <>
          <Group gap="sm"><Switch label={t('autoMessages.often.apart')} checked={frequency.every !== undefined} disabled={readOnly} onChange={(event) => { times({ every: event.currentTarget.checked ? { days: 1 } : undefined }); }} />{frequency.every && <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0 }}><DurationSlot value={frequency.every} onChange={(every) => { times({ every }); }} /></fieldset>}</Group>
          <Switch label={t('autoMessages.often.visit')} checked={frequency.oncePerVisit} disabled={readOnly} onChange={(event) => { times({ oncePerVisit: event.currentTarget.checked }); }} />
        </>
      )}
      {at('frequency') && <Text size="sm" c="red">{at('frequency')}</Text>}
      <When schedule={display.schedule} readOnly={readOnly} at={(path) => at(`schedule.${path}`)} onChange={(schedule) => { const { schedule: _before, ...rest } = display; onChange(schedule ? { ...rest, schedule } : rest); }} />
      <Group gap="sm" align="flex-start">
        <NumberInput label={t('autoMessages.often.cap')} description={t('autoMessages.often.capHint')} w={{ base: '100%', xs: 240 }} min={1} max={1_000_000_000} allowDecimal={false} thousandSeparator="," readOnly={readOnly} value={display.cap ?? ''} error={at('cap')} onChange={(next) => { const { cap: _before, ...rest } = display; onChange(typeof next === 'number' ? { ...rest, cap: next } : rest); }} />
        <NumberInput label={t('autoMessages.often.priority')} description={t('autoMessages.often.priorityHint')} w={{ base: '100%', xs: 240 }} min={0} max={100} allowDecimal={false} readOnly={readOnly} value={display.priority} error={at('priority')} onChange={(next) => { if (typeof next === 'number') onChange({ ...display, priority: next }); }} />
      </Group>
      <Switch label={t('autoMessages.often.essential')} description={t('autoMessages.often.essentialHint')} checked={display.class === 'essential'} disabled={readOnly} onChange={(event) => { onChange({ ...display, class: event.currentTarget.checked ? 'essential' : 'standard' }); }} />
    </Stack>
  );
}

/** Between two moments, on days and at hours of the visitor's own zone. */
function When({ schedule, readOnly, at, onChange }: { schedule: Schedule | undefined; readOnly: boolean; at: At; onChange(schedule: Schedule | undefined): void }) {
  const { t, i18n } = useTranslation();
  const zone = useZone();
  const given: Schedule = { weekdays: [], ...schedule };
  const nameOf = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' });
  const put = (change: Partial<Schedule>) => {
    const next = DEFINED({ ...given, ...change });
    onChange(Object.keys(next).length === 1 && next.weekdays.length === 0 ? undefined : next);
  };
  const moment = (name: 'from' | 'until') => zone && <MomentField label={t(`autoMessages.often.${name}`)} zone={zone} w={{ base: '100%', xs: 240 }} readOnly={readOnly} value={given[name]} error={at(name)} onChange={(next) => { put({ [name]: next }); }} />;
  const hour = (name: 'from' | 'to') => <TimeField label={t(`autoMessages.often.hour.${name}`)} w={140} readOnly={readOnly} value={given.hours?.[name]} error={at(`hours.${name}`)} onChange={(next) => { put({ hours: { from: '09:00', to: '18:00', ...given.hours, [name]: next } }); }} onEmpty={() => { put({ hours: undefined }); }} />;
  return (
    <>
      <Group gap="sm" align="flex-start">{moment('from')}{moment('until')}</Group>
      <Checkbox.Group label={t('autoMessages.often.weekdays')} description={t('autoMessages.often.weekdaysHint')} value={given.weekdays} onChange={(days) => { put({ weekdays: WEEKDAYS.filter((day) => days.includes(day)) }); }}>
        <Group gap="sm" mt={6}>{WEEKDAYS.map((day, index) => <Checkbox key={day} value={day} disabled={readOnly} label={nameOf.format(new Date(Date.UTC(2024, 0, 1 + index)))} />)}</Group>
      </Checkbox.Group>
      <Group gap="sm">{hour('from')}{hour('to')}</Group>
    </>
  );
}
