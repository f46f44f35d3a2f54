import { Autocomplete, Group, NumberInput, Select, Text, type ComboboxParsedItem, type OptionsFilter } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../lib/format.ts';
import { useLabels } from '../../../lib/labels.ts';
import { marks, Sentence } from '../../../ui/sentence.tsx';
import { useAttributes, useEventNames, useProperties, type Choice } from './catalogue.ts';
import { oneUnit, UNITS, type Unit } from './draft.ts';

/** A sentence that was just begun is gone on with at its first open slot. */
function useFocusWhenFresh(fresh: boolean | undefined) {
  const field = useRef<HTMLInputElement>(null);
  const [first] = useState(fresh === true);
  useEffect(() => { if (first) field.current?.focus(); }, [first]);
  return field;
}

const WIDE = { base: '100%', xs: 220 };

/** One of a few things to say. */
export function Pick<T extends string>({ label, value, of, onChange, width = 150 }: { label: string; value: T | null; of: { value: T; label: string }[] | readonly Choice[]; onChange(value: T): void; width?: number | object }) {
  return <Select size="xs" w={width} aria-label={label} value={value} data={of as Choice[]} allowDeselect={false} searchable={of.length > 12} onChange={(next) => { if (next !== null) onChange(next as T); }} comboboxProps={{ width: 'max-content', position: 'bottom-start' }} />;
}

/** Something of a list that can be long, by its name; empty at first. */
export function PickOne({ label, value, of, onChange, fresh }: { label: string; value: string; of: Choice[] | undefined; onChange(value: string): void; fresh?: boolean }) {
  const { t } = useTranslation();
  return <Select size="xs" w={WIDE} aria-label={label} placeholder={label} value={value === '' ? null : value} data={of ?? []} searchable nothingFoundMessage={t('segments.build.nothing')} error={value === ''} ref={useFocusWhenFresh(fresh)} onChange={(next) => { onChange(next ?? ''); }} />;
}

export function Num({ label, value, onChange, min = 0, decimals = false }: { label: string; value: number; onChange(value: number): void; min?: number; decimals?: boolean }) {
  return <NumberInput size="xs" w={88} aria-label={label} value={value} min={min} allowDecimal={decimals} onChange={(next) => { if (typeof next === 'number') onChange(next); }} />;
}

interface Hint { value: string; note: string; label?: string | null }
/**
 * A name that is typed or taken from those there are, each with a note of what is known of it. What has a label is said by it, found by it, and
 * shown with the name it has in code; while it is typed, that name stands there.
 */
export function Typed({ label, value, hints, onChange, fresh, width = WIDE }: { label: string; value: string; hints: Hint[]; onChange(value: string): void; fresh?: boolean; width?: number | object }) {
  const known = new Map(hints.map((hint) => [hint.value, hint]));
  const [typing, setTyping] = useState(false);
  const said = known.get(value)?.label ?? null;
  return (
    <Autocomplete
      size="xs" w={width} aria-label={label} placeholder={label} value={typing || said === null ? value : said} data={[...known.keys()]} limit={50} error={value === ''} onChange={(next) => { onChange(next.normalize('NFC')); }} ref={useFocusWhenFresh(fresh)} openOnFocus onFocus={() => { setTyping(true); }} onBlur={() => { setTyping(false); }}
      description={said !== null ? <Text span size="xs" ff="monospace">{value}</Text> : undefined} inputWrapperOrder={['label', 'input', 'description', 'error']} filter={byNameOrLabel(known)}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }} maxDropdownHeight={280}
      renderOption={({ option }) => <Group gap="md" justify="space-between" w="100%" wrap="nowrap"><Text size="sm">{known.get(option.value)?.label ?? option.value}{known.get(option.value)?.label && <Text span size="xs" c="dimmed" ff="monospace"> {option.value}</Text>}</Text><Text size="xs" c="dimmed" maw={260} truncate>{known.get(option.value)?.note}</Text></Group>}
    />
  );
}

/** What is typed may be a part of the name in code or of the label. */
const byNameOrLabel = (known: ReadonlyMap<string, Hint>): OptionsFilter => ({ options, search, limit }) => {
  const wanted = search.normalize('NFC').trim().toLowerCase();
  const matches = (option: ComboboxParsedItem) => 'value' in option && [option.value, known.get(option.value)?.label ?? ''].some((text) => text.toLowerCase().includes(wanted));
  return options.filter(matches).slice(0, limit);
};

export function EventSlot({ value, onChange, fresh }: { value: string; onChange(value: string): void; fresh?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useEventNames().data?.items ?? [];
  const labels = useLabels();
  return <Typed label={t('segments.slot.event')} value={value} onChange={onChange} fresh={fresh} hints={names.map(({ name, count, lastAt }) => ({ value: name, label: labels.labelOf('event', name), note: t('segments.build.times', { count, last: format.ago(lastAt) }) }))} />;
}

/** What is known of a field: how many have it, and a few of its values. */
function useFieldHints(found: { looked: number; fields: { key: string; having: number; samples: string[] }[] } | undefined): Hint[] {
  const { t } = useTranslation();
  const format = useFormat();
  return (found?.fields ?? []).map(({ key, having, samples }) => ({ value: key, note: t('segments.build.share', { share: format.percent(having, found!.looked), samples: samples.slice(0, 3).join(', ') }) }));
}

const BUILT_IN = ['$email', '$external_id', '$kind', '$time_zone', '$language', '$signed_up_at', '$first_seen_at', '$last_seen_at'] as const;
export function AttributeSlot({ value, onChange, fresh }: { value: string; onChange(value: string): void; fresh?: boolean }) {
  const { t } = useTranslation();
  const labels = useLabels();
  const hints = useFieldHints(useAttributes().data).map((hint) => ({ ...hint, label: labels.labelOf('attribute', hint.value) }));
  return <Typed label={t('segments.slot.attribute')} value={value} onChange={onChange} fresh={fresh} hints={[...hints, ...BUILT_IN.map((key) => ({ value: key, note: t(`segments.builtIn.${key}`) }))]} />;
}

export function PropertySlot({ event, value, onChange }: { event: string; value: string; onChange(value: string): void }) {
  const { t } = useTranslation();
  return <Typed label={t('segments.slot.property')} value={value} onChange={onChange} hints={useFieldHints(useProperties(event).data)} width={160} />;
}

type Duration = Partial<Record<Unit, number>>;
export function DurationSlot({ value, onChange }: { value: unknown; onChange(value: Duration): void }) {
  const { t } = useTranslation();
  const { n, unit } = oneUnit(value) ?? { n: 7, unit: 'days' as const };
  const slots = {
    n: <Num label={t('segments.slot.howLong')} value={n} min={1} onChange={(next) => { onChange({ [unit]: Math.max(1, next) }); }} />,
    unit: <Pick label={t('segments.slot.unit')} width={100} value={unit} of={UNITS.map((one) => ({ value: one, label: t(`segments.unit.${one}`) }))} onChange={(next) => { onChange({ [next]: n }); }} />,
  };
  return <Sentence text={t('segments.say.duration', marks(['n', 'unit']))} slots={slots} />;
}

/** In which time something is to have happened: ever, or within a while that ends now. */
export function WindowSlot({ value, onChange }: { value: Duration | undefined; onChange(value: Duration | undefined): void }) {
  const { t } = useTranslation();
  const mode = <Pick label={t('segments.slot.window')} width={130} value={value ? 'last' : 'ever'} of={(['ever', 'last'] as const).map((one) => ({ value: one, label: t(`segments.window.${one}`) }))} onChange={(next) => { onChange(next === 'last' ? (value ?? { days: 7 }) : undefined); }} />;
  if (!value) return mode;
  return <Sentence text={t('segments.say.window', marks(['mode', 'span']))} slots={{ mode, span: <DurationSlot value={value} onChange={onChange} /> }} />;
}

export interface Count { op: 'at_least' | 'at_most' | 'exactly' | 'more_than' | 'less_than' | 'between'; value: number; to?: number }
const COUNTS = ['at_least', 'exactly', 'at_most', 'more_than', 'less_than', 'between'] as const;
/** How often or how much. `never` is how people say "exactly 0". */
export function CountSlot({ value, onChange, say = 'count', never = false, decimals = false }: { value: Count; onChange(value: Count): void; say?: 'count' | 'amount' | 'seconds'; never?: boolean; decimals?: boolean }) {
  const { t } = useTranslation();
  const isNever = never && value.op === 'exactly' && value.value === 0;
  const ops = [...COUNTS, ...(never ? (['never'] as const) : [])].map((op) => ({ value: op, label: t(`segments.count.${op}`) }));
  const change = (op: Count['op'] | 'never') => { onChange(op === 'never' ? { op: 'exactly', value: 0 } : op === 'between' ? { op, value: value.value, to: (value.to ?? value.value) + 1 } : { op, value: isNever ? 1 : value.value }); };
  const op = <Pick label={t('segments.slot.howMany')} value={isNever ? 'never' : value.op} of={ops} onChange={change} width={130} />;
  if (isNever) return op;
  const slots = {
    op, n: <Num label={t('segments.slot.number')} value={value.value} decimals={decimals} onChange={(n) => { onChange({ ...value, value: n }); }} />,
    to: <Num label={t('segments.slot.upTo')} value={value.to ?? value.value} decimals={decimals} onChange={(to) => { onChange({ ...value, to }); }} />,
  };
  const key = `segments.say.${say}${value.op === 'between' ? 'Between' : ''}` as const;
  return <Sentence text={t(key, marks(['op', 'n', 'to']))} slots={slots} />;
}
