import { Autocomplete, Group, Select, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Condition } from './content.ts';
import { useTags } from './tags.ts';

const OPERATORS = ['exists', 'missing', 'is', 'is_not', 'contains', 'gt', 'lt'] as const;
type Operator = (typeof OPERATORS)[number];

/** What somebody typed as the value it looks like. */
const valueOf = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text.replace(/[\\{}]/g, '');
};

/** To whom a block is shown: everybody, or those for whom a sentence holds. */
export function ShowIf({ value, onChange, readOnly }: { value: Condition | undefined; onChange(value: Condition | undefined): void; readOnly: boolean }) {
  const { t } = useTranslation();
  const tags = useTags();
  const set = (field: string, op: Operator, said: string | number | boolean) => { onChange(op === 'exists' || op === 'missing' ? { field, op } : { field, op, value: said }); };
  const said = value && 'value' in value ? value.value : '';
  return (
    <>
      <Switch size="sm" label={t('messages.showIf.label')} checked={value !== undefined} disabled={readOnly} onChange={(event) => { onChange(event.currentTarget.checked ? { field: tags[0]?.path ?? 'person.email', op: 'exists' } : undefined); }} />
      {value && (
        <Group gap="xs" grow preventGrowOverflow={false} wrap="wrap">
          <Autocomplete size="sm" label={t('messages.showIf.field')} data={tags.map(({ path }) => path)} limit={20} value={value.field} readOnly={readOnly} onChange={(field) => { set(field, value.op, said); }} />
          <Select size="sm" label={t('messages.showIf.op')} data={OPERATORS.map((op) => ({ value: op, label: t(`messages.showIf.ops.${op}`) }))} value={value.op} readOnly={readOnly} allowDeselect={false} onChange={(op) => { set(value.field, (op ?? 'exists') as Operator, said); }} />
          {'value' in value && <TextInput size="sm" label={t('messages.showIf.value')} value={String(said)} maxLength={200} readOnly={readOnly} onChange={(event) => { set(value.field, value.op, valueOf(event.currentTarget.value)); }} />}
        </Group>
      )}
    </>
  );
}
