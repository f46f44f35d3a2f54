import { Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TimeField } from '../../../../ui/time-fields.tsx';
import { AttributeSlot } from '../../../segments/builder/slots.tsx';
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

interface DayOf { attribute?: string; days?: number; time?: string }
/** A date of each person, some days before or after it, at a time of day in their zone. */
export function DateFields({ date, field, onChange }: { date: DayOf; field: string; onChange(date: DayOf, field?: string): void }) {
  const { t } = useTranslation();
  const { attribute = '', days = 0, time = '09:00' } = date;
  const side = days < 0 ? 'before' : 'after';
  const put = (change: DayOf, changed?: string) => { onChange({ attribute, days, time, ...change }, changed); };
  return (
    <>
      <div data-field={`${field}.attribute`}><AttributeSlot value={attribute} onChange={(next) => { put({ attribute: next }, 'attribute'); }} /></div>
      <NumberInput label={t('series.entry.days')} value={Math.abs(days)} min={0} max={3650} allowDecimal={false} data-field={`${field}.days`} onChange={(next) => { if (typeof next === 'number') put({ days: side === 'before' ? -next : next }, 'days'); }} />
      <Select label={t('series.entry.side')} value={side} data={(['before', 'after'] as const).map((value) => ({ value, label: t(`series.entry.sides.${value}`) }))} allowDeselect={false} onChange={(next) => { put({ days: next === 'before' ? -Math.max(1, Math.abs(days)) : Math.abs(days) }); }} />
      <TimeField label={t('series.entry.time')} zone={t('series.theirZone')} value={time} data-field={`${field}.time`} onChange={(next) => { put({ time: next }, 'time'); }} />
    </>
  );
}
