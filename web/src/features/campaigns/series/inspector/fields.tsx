import { Group, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Duration } from '../model.js';

const SHOWN = ['days', 'hours', 'minutes'] as const;
const LARGEST = { weeks: 520, days: 3650, hours: 87_600, minutes: 5_256_000, seconds: 315_360_000 } as const;

/** A length of time in its parts; empty is a gap. */
export function DurationField({ label, value, field, onChange }: { label: string; value: Duration | null | undefined; field: string; onChange(duration: Duration | null): void }) {
  const { t } = useTranslation();
  const units = (['weeks', 'days', 'hours', 'minutes', 'seconds'] as const).filter((unit) => SHOWN.some((one) => one === unit) || value?.[unit]);
  const set = (unit: keyof Duration, count: number) => {
    const { [unit]: _before, ...rest } = value ?? {};
    const next: Duration = count > 0 ? { ...rest, [unit]: count } : rest;
    onChange(Object.values(next).some((part) => (part ?? 0) > 0) ? next : null);
  };
  return (
    <Stack gap={2} data-field={field} role="group" aria-label={label}>
      <Text size="sm" fw={500}>{label}</Text>
      <Group gap="xs" grow wrap="nowrap">{units.map((unit) => <NumberInput key={unit} size="xs" label={t(`series.units.${unit}`)} value={value?.[unit] ?? ''} min={0} max={LARGEST[unit]} allowDecimal={false} hideControls onChange={(next) => { set(unit, typeof next === 'number' ? next : 0); }} />)}</Group>
    </Stack>
  );
}

/** Weights as shares of a whole: what is typed is the weight, what is read is its share. */
export function ShareField({ label, weight, total, field, onChange }: { label: string; weight: number; total: number; field: string; onChange(weight: number): void }) {
  const { t, i18n } = useTranslation();
  const share = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }).format(total > 0 ? weight / total : 0);
  return <NumberInput size="xs" w={110} label={label} description={t('series.share', { share })} value={weight} min={0.01} max={1_000_000} decimalScale={2} data-field={field} onChange={(next) => { if (typeof next === 'number' && next > 0) onChange(next); }} />;
}
