import { Accordion, Badge, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../../../lib/api.ts';
import { useSaid } from '../../../lib/said.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { newEvent, newRule, type MappingDraft, type RuleDraft } from './mapping-draft.ts';
import { ExpressionInput, FieldRows, ValueFields } from './mapping-fields.tsx';

interface Props { draft: MappingDraft; faults: Fault[]; /** Names of the rules that read the sample. */ used: string[]; onChange(draft: MappingDraft): void }

const hasFault = (faults: Fault[], at: number) => faults.some(({ path }) => `${path.replace(/^mapping\./, '')}.`.startsWith(`rules.${at}.`));

/** Every rule in its order; the ones that fit the sample are marked. */
export function MappingRules({ draft, faults, used, onChange }: Props) {
  const { t } = useTranslation();
  const { all, rules } = draft;
  const [open, setOpen] = useState<string | null>(() => rules.find(({ name }) => used.includes(name))?.key ?? rules[0]?.key ?? null);
  const setRules = (next: RuleDraft[]) => { onChange({ ...draft, rules: next }); };
  const add = () => { const rule = newRule(t('sources.newRule', { number: rules.length + 1 })); setRules([...rules, rule]); setOpen(rule.key); };
  return (
    <Stack gap="sm" component="section" aria-label={t('sources.rules')}>
      <Title order={2} size="h4">{t('sources.rules')}</Title>
      <Checkbox label={t('sources.all')} description={t('sources.allHint')} checked={all} onChange={(event) => { onChange({ ...draft, all: event.currentTarget.checked }); }} />
      {/* A background that fades lags behind a change of light and dark, and its text can not be read meanwhile. */}
      <Accordion variant="separated" styles={{ item: { transition: 'none' } }} value={open} onChange={setOpen} keepMounted={false} order={3}>
        {rules.map((rule, at) => (
          <Accordion.Item key={rule.key} value={rule.key}>
            <Accordion.Control><Group gap="xs"><Text size="sm" fw={600}>{rule.name}</Text>{used.includes(rule.name) && <Badge color="green" variant="light">{t('sources.fits')}</Badge>}{hasFault(faults, at) && <Badge color="red" variant="light">{t('sources.toMend')}</Badge>}</Group></Accordion.Control>
            <Accordion.Panel><RuleFields rule={rule} place={`rules.${at}`} faults={faults} onChange={(next) => { setRules(rules.with(at, next)); }} onRemove={rules.length > 1 ? () => { setRules(rules.filter((one) => one !== rule)); } : null} /></Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>{t('sources.addRule')}</Button></Group>
    </Stack>
  );
}

function RuleFields({ rule, place, faults, onChange, onRemove }: { rule: RuleDraft; place: string; faults: Fault[]; onChange(rule: RuleDraft): void; onRemove: (() => void) | null }) {
  const { t } = useTranslation();
  const nameFault = useNameFault();
  const set = (change: Partial<RuleDraft>) => { onChange({ ...rule, ...change }); };
  const at = (field: string) => ({ place: `${place}.${field}`, faults });
  const { event } = rule;
  return (
    <Stack gap="sm">
      <TextInput label={t('sources.ruleName')} maxLength={100} value={rule.name} onChange={(change) => { set({ name: change.currentTarget.value }); }} />
      <ExpressionInput label={t('sources.when')} description={t('sources.whenHint')} value={rule.when} {...at('when')} onChange={(when) => { set({ when }); }} />
      <ExpressionInput label={t('sources.each')} description={t('sources.eachHint')} value={rule.each} {...at('each')} onChange={(each) => { set({ each }); }} />
      <Title order={4} size="h6">{t('sources.who')}</Title>
      <WhoFault {...at('person')} />
      <ValueFields label={t('sources.userId')} value={rule.userId} {...at('person.userId')} onChange={(userId) => { set({ userId }); }} />
      <TextInput label={t('sources.prefix')} description={t('sources.prefixHint')} maxLength={50} value={rule.prefix} onChange={(change) => { set({ prefix: change.currentTarget.value }); }} />
      <ValueFields label={t('sources.email')} value={rule.email} {...at('person.email')} onChange={(email) => { set({ email }); }} />
      <Checkbox label={t('sources.matchEmail')} checked={rule.matchEmail} onChange={(change) => { set({ matchEmail: change.currentTarget.checked }); }} />
      <Title order={4} size="h6">{t('sources.traits')}</Title>
      <FieldRows label={t('sources.attribute')} rows={rule.traits} {...at('traits')} onChange={(traits) => { set({ traits }); }} />
      <ValueFields label={t('sources.traitsAt')} value={rule.traitsAt} {...at('traitsAt')} onChange={(traitsAt) => { set({ traitsAt }); }} />
      <Text size="xs" c="dimmed">{t('sources.traitsAtHint')}</Text>
      <Title order={4} size="h6">{t('sources.event')}</Title>
      <Checkbox label={t('sources.makesEvent')} checked={event !== null} onChange={(change) => { set({ event: change.currentTarget.checked ? newEvent() : null }); }} />
      {event && (
        <>
          <TextInput label={t('sources.eventName')} maxLength={200} error={nameFault(faults, `${place}.event.name`)} value={event.name} onChange={(change) => { set({ event: { ...event, name: change.currentTarget.value } }); }} />
          <ValueFields label={t('sources.eventAt')} value={event.at} {...at('event.at')} onChange={(moment) => { set({ event: { ...event, at: moment } }); }} />
          <ExpressionInput label={t('sources.eventId')} description={t('sources.eventIdHint')} value={event.id} {...at('event.id')} onChange={(id) => { set({ event: { ...event, id } }); }} />
          <FieldRows label={t('sources.property')} rows={event.properties} {...at('event.properties')} onChange={(properties) => { set({ event: { ...event, properties } }); }} />
        </>
      )}
      {onRemove && <Group><Button size="xs" variant="subtle" color="red" onClick={onRemove}>{t('sources.removeRule', { name: rule.name })}</Button></Group>}
    </Stack>
  );
}

/** What the server says of a field, in the language of the page. */
function useNameFault(): (faults: Fault[], place: string) => string | undefined {
  const said = useSaid();
  return (faults, place) => {
    const fault = faults.find(({ path }) => path.replace(/^mapping\./, '') === place);
    return fault && said(fault);
  };
}

/** Nobody is named: that belongs to no single field. */
function WhoFault({ place, faults }: { place: string; faults: Fault[] }) {
  const nameFault = useNameFault();
  const fault = nameFault(faults, place) ?? nameFault(faults, place.replace(/\.person$/, ''));
  return fault === undefined ? null : <Text size="sm" c="red" role="alert">{fault}</Text>;
}
