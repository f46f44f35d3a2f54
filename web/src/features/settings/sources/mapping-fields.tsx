import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../../../lib/api.ts';
import { useSaid } from '../../../lib/said.ts';
import { IconPlus, IconX } from '../../../ui/icons.ts';
import { faultAt, newField, READINGS, twice, type FieldDraft, type ValueDraft } from './mapping-draft.ts';

interface Placed { /** As the server names it: `rules.0.person.email`. */ place: string; faults: Fault[] }
const CODE = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } };

/** An expression over what came in; what the server says of it stands at it. */
export function ExpressionInput({ label, description, value, place, faults, onChange }: Placed & { label: string; description?: string; value: string; onChange(value: string): void }) {
  const said = useSaid();
  const fault = faultAt(faults, place);
  return <TextInput label={label} description={description} maxLength={500} spellCheck={false} autoCapitalize="off" styles={CODE} value={value} error={fault && said(fault)} onChange={(event) => { onChange(event.currentTarget.value); }} />;
}

function Reading({ label, value, onChange }: { label: string; value: ValueDraft; onChange(value: ValueDraft): void }) {
  const { t } = useTranslation();
  return <Select style={{ flex: '1 1 110px' }} label={t('sources.reading')} aria-label={`${t('sources.reading')}: ${label}`} allowDeselect={false} data={READINGS.map((one) => ({ value: one, label: t(`sources.readings.${one}`) }))} value={value.as} onChange={(as) => { onChange({ ...value, as: as as ValueDraft['as'] }); }} />;
}

/** Where a value stands, how it is read, and for amounts where their currency stands. */
export function ValueFields({ label, value, place, faults, onChange }: Placed & { label: string; value: ValueDraft; onChange(value: ValueDraft): void }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" align="flex-start">
      <div style={{ flex: '2 1 130px' }}><ExpressionInput label={label} value={value.from} place={place} faults={faults} onChange={(from) => { onChange({ ...value, from }); }} /></div>
      <Reading label={label} value={value} onChange={onChange} />
      {value.as === 'minor_units' && <TextInput style={{ flex: '1 1 120px' }} label={t('sources.currency')} maxLength={500} spellCheck={false} styles={CODE} value={value.currency} onChange={(event) => { onChange({ ...value, currency: event.currentTarget.value }); }} />}
    </Group>
  );
}

/** Attributes, or properties of an event: a name, where it stands, how it is read. */
export function FieldRows({ label, rows, place, faults, onChange }: Placed & { label: string; rows: FieldDraft[]; onChange(rows: FieldDraft[]): void }) {
  const { t } = useTranslation();
  const repeated = twice(rows);
  return (
    <Stack gap="xs">
      {rows.map((row, at) => {
        const set = (change: Partial<FieldDraft>) => { onChange(rows.with(at, { ...row, ...change })); };
        const name = row.name === '' ? String(at + 1) : row.name;
        return (
          <Group key={row.key} gap={6} align="flex-start" wrap="nowrap">
            <Stack gap={6} style={{ flex: 1, minWidth: 0 }}>
              <Group gap={6} align="flex-start">
                <TextInput style={{ flex: '1 1 110px' }} aria-label={`${label} ${at + 1}`} placeholder={label} maxLength={200} value={row.name} error={repeated.has(row.name.trim()) ? t('sources.twice') : undefined} onChange={(event) => { set({ name: event.currentTarget.value }); }} />
                <div style={{ flex: '2 1 150px' }}><RowExpression label={t('sources.fromOf', { name })} value={row.from} place={`${place}.${row.name.trim()}`} faults={faults} onChange={(from) => { set({ from }); }} /></div>
                <Select style={{ flex: '1 1 90px' }} aria-label={`${t('sources.reading')}: ${name}`} allowDeselect={false} data={READINGS.map((one) => ({ value: one, label: t(`sources.readings.${one}`) }))} value={row.as} onChange={(as) => { set({ as: as as ValueDraft['as'] }); }} />
              </Group>
              {row.as === 'minor_units' && <TextInput label={t('sources.currency')} maxLength={500} spellCheck={false} styles={CODE} value={row.currency} onChange={(event) => { set({ currency: event.currentTarget.value }); }} />}
            </Stack>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('settings.removeOf', { name })} onClick={() => { onChange(rows.filter((one) => one !== row)); }}><IconX size={16} aria-hidden /></ActionIcon>
          </Group>
        );
      })}
      <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { onChange([...rows, newField()]); }}>{t('sources.addField', { what: label })}</Button></Group>
    </Stack>
  );
}

function RowExpression({ label, value, place, faults, onChange }: Placed & { label: string; value: string; onChange(value: string): void }) {
  const said = useSaid();
  const fault = faultAt(faults, place);
  return <TextInput aria-label={label} placeholder="body.…" maxLength={500} spellCheck={false} autoCapitalize="off" styles={CODE} value={value} error={fault && said(fault)} onChange={(event) => { onChange(event.currentTarget.value); }} />;
}
