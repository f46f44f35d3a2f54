import { Select, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { AttributeSlot } from '../../../segments/builder/slots.tsx';
import { useStepChange } from '../editor-context.tsx';
import { useLists } from '../lists.ts';
import { ACTIONS, type ActionStep } from '../model.js';

type Done = NonNullable<ActionStep['action']>;
const FIRST: Record<Done['kind'], Done> = {
  set_attribute: { kind: 'set_attribute', attribute: '', value: '' }, add_tag: { kind: 'add_tag', tag: '' }, remove_tag: { kind: 'remove_tag', tag: '' },
  add_to_list: { kind: 'add_to_list', listId: null }, remove_from_list: { kind: 'remove_from_list', listId: null },
};
const KINDS = ['text', 'number', 'yes', 'no', 'remove'] as const;
type ValueKind = (typeof KINDS)[number];
const kindOf = (value: Done['value']): ValueKind => (value === null ? 'remove' : value === true ? 'yes' : value === false ? 'no' : typeof value === 'number' ? 'number' : 'text');
const START: Record<ValueKind, Done['value']> = { text: '', number: 0, yes: true, no: false, remove: null };

/** What is written about whoever comes here. */
export function ActionForm({ step }: { step: ActionStep }) {
  const { t } = useTranslation();
  const change = useStepChange<ActionStep>(step.id);
  const action = step.action ?? FIRST.add_tag;
  const put = (next: Done, field?: string) => { change((now) => ({ ...now, action: next }), field && `action.${field}`); };
  return (
    <>
      <Select label={t('series.action.what')} value={action.kind} data={ACTIONS.map((value) => ({ value, label: t(`series.action.kinds.${value}`) }))} allowDeselect={false} data-field="action" onChange={(kind) => { if (kind && kind !== action.kind) put(FIRST[kind as Done['kind']]); }} />
      {action.kind === 'set_attribute' && <AttributeFields action={action} onChange={put} />}
      {action.tag !== undefined && <TextInput label={t('series.action.tag')} value={action.tag} maxLength={100} error={action.tag.trim() === ''} data-field="action.tag" onChange={(event) => { put({ ...action, tag: event.currentTarget.value }, 'tag'); }} />}
      {action.listId !== undefined && <ListField action={action} onChange={put} />}
      <Text size="xs" c="dimmed">{t('series.action.hint')}</Text>
    </>
  );
}

function ListField({ action, onChange }: { action: Done; onChange(action: Done): void }) {
  const { t } = useTranslation();
  return <Select label={t('series.action.list')} value={action.listId ?? null} data={useLists(true)} searchable error={!action.listId} nothingFoundMessage={t('segments.build.nothing')} data-field="action.listId" onChange={(listId) => { onChange({ ...action, listId }); }} />;
}

function AttributeFields({ action, onChange }: { action: Done; onChange(action: Done, field?: string): void }) {
  const { t } = useTranslation();
  const kind = kindOf(action.value);
  return (
    <>
      <div data-field="action.attribute"><AttributeSlot value={action.attribute ?? ''} onChange={(attribute) => { onChange({ ...action, attribute }, 'attribute'); }} /></div>
      <Select label={t('series.action.as')} value={kind} data={KINDS.map((value) => ({ value, label: t(`series.action.values.${value}`) }))} allowDeselect={false} onChange={(next) => { if (next && next !== kind) onChange({ ...action, value: START[next as ValueKind] }); }} />
      {(kind === 'text' || kind === 'number') && <TextInput label={t('series.action.value')} type={kind} value={String(action.value ?? '')} maxLength={1_000} data-field="action.value" onChange={(event) => { const said = event.currentTarget.value; if (kind === 'text' || said !== '') onChange({ ...action, value: kind === 'text' ? said : Number(said) }, 'value'); }} />}
    </>
  );
}
