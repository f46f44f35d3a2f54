import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TimeField } from '../../ui/time-fields.tsx';
import type { Hours } from './draft-pacing.js';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** On which days and between which hours something goes, in the zone of each person. @param field of the first finding that may stand here */
export function HoursFields({ value, field, onChange }: { value: Hours; field: string; onChange(hours: Hours, field?: string): void }) {
  const { t, i18n } = useTranslation();
  const { weekdays = [], from = '09:00', to = '18:00' } = value;
  const nameOf = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' });
  const put = (change: Hours, changed: string) => { onChange({ weekdays, from, to, ...change }, changed); };
  return (
    <Stack gap="xs" data-field={field}>
      <Checkbox.Group label={t('pacing.hours.days')} description={t('pacing.hours.daysHint')} value={[...weekdays]} onChange={(days) => { put({ weekdays: DAYS.filter((day) => days.includes(day)) }, 'weekdays'); }}>
        <Group gap="xs" mt={4}>{DAYS.map((day, index) => <Checkbox key={day} size="xs" value={day} label={nameOf.format(new Date(Date.UTC(2026, 0, 5 + index)))} />)}</Group>
      </Checkbox.Group>
      <Group gap="sm" align="flex-start">
        <TimeField w={150} label={t('pacing.hours.from')} value={from} data-field={`${field}.from`} onChange={(next) => { put({ from: next }, 'from'); }} />
        <TimeField w={150} label={t('pacing.hours.to')} value={to} data-field={`${field}.to`} onChange={(next) => { put({ to: next }, 'to'); }} />
      </Group>
      <Text size="xs" c="dimmed">{t(to > from ? 'pacing.hours.theirs' : 'pacing.hours.night')}</Text>
    </Stack>
  );
}
