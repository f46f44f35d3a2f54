import { Checkbox, Group, NumberInput, Select, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FIRST_RATE, type DraftRate } from './draft-safety.js';

/** How many messages may go in any minute or hour. */
export function RateFields({ value, onChange }: { value: DraftRate | undefined; onChange(next: DraftRate | undefined, field?: string): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} data-field="sendRate">
      <Checkbox label={t('safety.rate.on')} checked={value !== undefined} onChange={(event) => { onChange(event.currentTarget.checked ? FIRST_RATE : undefined); }} />
      {value && <RateInputs value={value} onChange={(next) => { onChange(next, 'sendRate'); }} />}
    </Stack>
  );
}

export function RateInputs({ value, onChange }: { value: DraftRate; onChange(next: DraftRate): void }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" align="flex-end">
      <NumberInput w={140} label={t('safety.rate.messages')} value={value.messages ?? ''} min={1} max={1_000_000} allowDecimal={false} thousandSeparator="," onChange={(next) => { onChange({ ...value, messages: typeof next === 'number' ? next : undefined } as DraftRate); }} />
      <Select w={120} label={t('safety.rate.per')} allowDeselect={false} value={value.per ?? 'minute'} data={(['minute', 'hour'] as const).map((per) => ({ value: per, label: t(`safety.rate.${per}`) }))} onChange={(per) => { if (per === 'minute' || per === 'hour') onChange({ ...value, per }); }} />
    </Group>
  );
}
