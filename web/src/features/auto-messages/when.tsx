import { Group, NumberInput, Select, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EventSlot } from '../segments/builder/slots.tsx';
import type { At } from '../in-app/place.ts';
import type { Trigger } from './auto-message.ts';

type Dwell = Extract<Trigger, { type: 'dwell' }>;
const KINDS = ['page_view', 'dwell', 'scroll', 'exit_intent', 'event', 'manual'] as const;
const BEGINS: Record<Trigger['type'], Trigger> = {
  page_view: { type: 'page_view' }, dwell: { type: 'dwell', seconds: 30, scope: 'page', focus: 'any' }, scroll: { type: 'scroll', percent: 50 },
  exit_intent: { type: 'exit_intent', touch: false }, event: { type: 'event', event: '' }, manual: { type: 'manual' },
};
const SCOPES = ['page', 'path_in_session', 'session'] as const;

/** After what, on a page that fits. */
export function When({ trigger, campaignId, readOnly, at, onChange }: { trigger: Trigger; campaignId: string; readOnly: boolean; at: At; onChange(trigger: Trigger): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Select label={t('autoMessages.when.after')} maw={320} allowDeselect={false} disabled={readOnly} value={trigger.type} data={KINDS.map((value) => ({ value, label: t(`autoMessages.when.kinds.${value}`) }))} onChange={(next) => { if (next && next !== trigger.type) onChange(BEGINS[next as Trigger['type']]); }} />
      {trigger.type === 'dwell' && <DwellFields trigger={trigger} readOnly={readOnly} at={at} onChange={onChange} />}
      {trigger.type === 'scroll' && <NumberInput label={t('autoMessages.when.percent')} w={200} min={1} max={100} suffix=" %" allowDecimal={false} readOnly={readOnly} value={trigger.percent} error={at('percent')} onChange={(next) => { if (typeof next === 'number') onChange({ ...trigger, percent: next }); }} />}
      {trigger.type === 'exit_intent' && <Switch label={t('autoMessages.when.touch')} description={t('autoMessages.when.touchHint')} checked={trigger.touch} disabled={readOnly} onChange={(event) => { onChange({ ...trigger, touch: event.currentTarget.checked }); }} />}
      {trigger.type === 'event' && <Group gap="xs" align="center"><Text size="sm">{t('autoMessages.when.event')}</Text><fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0 }}><EventSlot value={trigger.event} onChange={(event) => { onChange({ type: 'event', event }); }} /></fieldset></Group>}
      {trigger.type === 'manual' && <Text size="sm">{t('autoMessages.when.manual')} <code>{`danbi.show('${campaignId}')`}</code></Text>}
    </Stack>
  );
}

function DwellFields({ trigger, readOnly, at, onChange }: { trigger: Dwell; readOnly: boolean; at: At; onChange(trigger: Dwell): void }) {
  const { t } = useTranslation();
  const idle = (next: number | string) => {
    const { idle: _before, ...rest } = trigger;
    onChange(typeof next === 'number' ? { ...rest, idle: next } : rest);
  };
  return (
    <>
      <Group gap="sm" align="flex-start">
        <NumberInput label={t('autoMessages.when.seconds')} description={t('autoMessages.when.secondsHint')} w={{ base: '100%', xs: 240 }} min={0.5} max={86_400} step={5} readOnly={readOnly} value={trigger.seconds} error={at('seconds')} onChange={(next) => { if (typeof next === 'number') onChange({ ...trigger, seconds: next }); }} />
        <Select label={t('autoMessages.when.scope')} description={t('autoMessages.when.scopeHint')} w={{ base: '100%', xs: 260 }} allowDeselect={false} disabled={readOnly} value={trigger.scope} data={SCOPES.map((value) => ({ value, label: t(`autoMessages.when.scopes.${value}`) }))} onChange={(next) => { onChange({ ...trigger, scope: next as Dwell['scope'] }); }} />
      </Group>
      <Group gap="sm" align="flex-start">
        <NumberInput label={t('autoMessages.when.idle')} description={t('autoMessages.when.idleHint')} w={{ base: '100%', xs: 240 }} min={15} max={600} allowDecimal={false} readOnly={readOnly} value={trigger.idle ?? ''} error={at('idle')} onChange={idle} />
        <Switch mt={{ base: 0, xs: 28 }} label={t('autoMessages.when.focus')} checked={trigger.focus === 'required'} disabled={readOnly} onChange={(event) => { onChange({ ...trigger, focus: event.currentTarget.checked ? 'required' : 'any' }); }} />
      </Group>
    </>
  );
}
