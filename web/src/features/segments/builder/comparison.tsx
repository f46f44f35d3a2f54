import { MultiSelect, Select, TagsInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useZone } from '../../../lib/workspace.ts';
import { DayField, MomentField } from '../../../ui/time-fields.tsx';
import { useOperators, type Operators } from './catalogue.ts';
import { DurationSlot, Num, Typed } from './slots.tsx';

export interface Compared { op: string; value?: unknown }
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const GROUPS = ['text', 'number', 'boolean', 'list', 'date', 'any'] as const;
const GROUP_OF: Record<string, string> = { string: 'text', number: 'number', boolean: 'boolean', array: 'list', date: 'date' };

/** What a new operator of this kind begins with; the value before stays where it fits. */
function firstValue(kind: string, before: unknown): unknown {
  switch (kind) {
    case 'none': return undefined;
    case 'number': case 'day_offset': case 'day_count': return typeof before === 'number' ? before : Number(before) || 0;
    case 'number_pair': return [0, 10];
    case 'hours': return [9, 18];
    case 'text_list': return typeof before === 'string' && before !== '' ? [before] : Array.isArray(before) ? before : [];
    case 'weekdays': return [];
    case 'duration': return { days: 7 };
    case 'day': case 'moment': return typeof before === 'string' && /^\d{4}-\d\d-\d\d$/.test(before) ? before : '';
    default: return typeof before === 'string' || typeof before === 'number' ? String(before) : '';
  }
}

/** The operator and what it compares with, both as the server's table of operators says. Those for the type of the field come first. */
export function useComparison({ op, value, types, samples, onlyDates, onChange }: Compared & { types: string[]; samples: string[]; onlyDates?: boolean; onChange(next: Compared): void }) {
  const { t, i18n } = useTranslation();
  const operators: Operators = useOperators().data?.items ?? [];
  const mine = GROUP_OF[types[0] ?? ''] ?? 'text';
  const order = onlyDates ? ['date'] : [mine, ...GROUPS.filter((group) => group !== mine)];
  const data = order.map((group) => ({ group: t(`segments.group.${group as 'text'}`), items: operators.filter((one) => one.group === group).map(({ key, label }) => ({ value: key, label: i18n.language === 'ko' ? label.ko : label.en })) }));
  const kind = operators.find(({ key }) => key === op)?.value ?? 'text';
  const change = (next: string | null) => {
    const found = operators.find(({ key }) => key === next);
    if (!found) return;
    const first = firstValue(found.value, value);
    onChange(first === undefined ? { op: found.key } : { op: found.key, value: first });
  };
  return {
    op: <Select size="xs" w={170} aria-label={t('segments.slot.op')} value={op} data={data} allowDeselect={false} searchable onChange={change} comboboxProps={{ width: 'max-content', position: 'bottom-start' }} maxDropdownHeight={320} />,
    value: <ValueSlot kind={kind} value={value} samples={samples} onChange={(next) => { onChange({ op, value: next }); }} />,
  };
}

function ValueSlot({ kind, value, samples, onChange }: { kind: string; value: unknown; samples: string[]; onChange(value: unknown): void }) {
  const { t } = useTranslation();
  const label = t('segments.slot.value');
  const [from = 0, to = 0] = Array.isArray(value) ? (value as number[]) : [];
  switch (kind) {
    case 'none': return null;
    case 'number': case 'day_offset': case 'day_count': return <Num label={label} value={Number(value)} min={kind === 'day_count' ? 0 : -1e12} decimals={kind === 'number'} onChange={onChange} />;
    case 'number_pair': case 'hours': return <><Num label={label} value={from} min={kind === 'hours' ? 0 : -1e12} decimals={kind !== 'hours'} onChange={(next) => { onChange([next, to]); }} /><Num label={t('segments.slot.upTo')} value={to} min={kind === 'hours' ? 0 : -1e12} decimals={kind !== 'hours'} onChange={(next) => { onChange([from, next]); }} /></>;
    case 'text_list': return <TagsInput size="xs" miw={220} maw="100%" aria-label={label} placeholder={t('segments.build.several')} value={((value ?? []) as unknown[]).map(String)} data={samples} error={!Array.isArray(value) || value.length === 0} onChange={onChange} />;
    case 'weekdays': return <MultiSelect size="xs" miw={220} aria-label={label} value={(value ?? []) as string[]} data={WEEKDAYS.map((day) => ({ value: day, label: t(`segments.day.${day}`) }))} error={!Array.isArray(value) || value.length === 0} onChange={onChange} />;
    case 'duration': return <DurationSlot value={value} onChange={onChange} />;
    case 'day': case 'moment': return <DateSlot label={label} value={String(value ?? '')} onChange={onChange} />;
    default: return <Typed label={label} width={180} value={value === undefined ? '' : String(value)} hints={samples.map((sample) => ({ value: sample, note: '' }))} onChange={onChange} />;
  }
}

/** A day; a moment where the definition has one. */
function DateSlot({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const zone = useZone() ?? 'UTC';
  if (value.length > 10) return <MomentField size="xs" w={200} aria-label={label} value={value} zone={zone} onChange={(next) => { onChange(next ?? ''); }} />;
  return <DayField size="xs" w={150} aria-label={label} value={value} error={value === ''} onChange={(next) => { onChange(next ?? ''); }} />;
}
