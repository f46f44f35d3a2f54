import { Button, Card, Checkbox, CloseButton, Group, MultiSelect, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { DurationField } from '../../campaigns/series/inspector/fields.tsx';
import type { Duration } from '../../campaigns/series/model.js';
import { CLASSES } from '../../pacing/draft-pacing.js';
import { useTopics } from '../../segments/builder/catalogue.ts';
import type { SavedForm } from '../kit/saved-form.tsx';

export type Pacing = Api<'PacingSettings'>;
export type Cap = Pacing['caps'][number];
type Form = SavedForm<Pacing & Record<string, unknown>>['form'];

export const MOST_CAPS = 20;
const WINDOWS = ['rolling', 'day', 'week', 'month'] as const;

/** A cap nobody has named yet: once a day, over everything. */
export function newCap(caps: readonly Cap[]): Cap {
  const taken = new Set(caps.map(({ key }) => key));
  const key = Array.from({ length: MOST_CAPS + 1 }, (_, index) => `cap-${index + 1}`).find((one) => !taken.has(one))!;
  return { key, name: '', on: true, limit: 1, window: { kind: 'rolling', for: { days: 1 } }, channels: [], topics: [], classes: [] };
}

/** At most so many messages in any such stretch of time, of these channels, topics and classes. */
export function Caps({ form }: { form: Form }) {
  const { t } = useTranslation();
  const { caps } = form.values;
  return (
    <Stack gap="sm">
      {caps.length === 0 && <Text size="sm" c="dimmed">{t('pacing.caps.none')}</Text>}
      {caps.map((cap, index) => <OneCap key={cap.key} cap={cap} index={index} form={form} />)}
      {caps.length < MOST_CAPS && <Button variant="light" size="xs" w="fit-content" onClick={() => { form.insertListItem('caps', newCap(caps)); }}>{t('pacing.caps.add')}</Button>}
    </Stack>
  );
}

function OneCap({ cap, index, form }: { cap: Cap; index: number; form: Form }) {
  const { t, i18n } = useTranslation();
  const topics = useTopics().data ?? [];
  const at = (name: string) => `caps.${index}.${name}`;
  const title = cap.name || t('pacing.caps.one', { number: index + 1 });
  const kind = cap.window.kind === 'rolling' ? 'rolling' : cap.window.unit;
  const windowError = form.errors[at('window')];
  return (
    <Card withBorder padding="sm" component="section" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-end" wrap="nowrap">
          <TextInput flex={1} maw={320} label={t('pacing.caps.name')} maxLength={200} {...form.getInputProps(at('name'))} />
          <Group gap="xs" wrap="nowrap"><Switch label={t('pacing.on')} aria-label={`${title}: ${t('pacing.on')}`} {...form.getInputProps(at('on'), { type: 'checkbox' })} /><CloseButton aria-label={t('pacing.caps.remove', { name: title })} onClick={() => { form.removeListItem('caps', index); }} /></Group>
        </Group>
        <Group gap="sm" align="flex-start">
          <NumberInput w={140} label={t('pacing.caps.limit')} min={1} max={1000} clampBehavior="none" allowDecimal={false} {...form.getInputProps(at('limit'))} />
          <Select w={240} label={t('pacing.caps.window')} allowDeselect={false} value={kind} data={WINDOWS.map((value) => ({ value, label: t(`pacing.caps.windows.${value}`) }))} onChange={(next) => { form.setFieldValue(at('window'), (next === 'rolling' ? { kind: 'rolling', for: { days: 1 } } : { kind: 'calendar', unit: next }) as never); }} />
          {cap.window.kind === 'rolling' && <div style={{ maxWidth: 300 }}><DurationField label={t('pacing.caps.length')} value={cap.window.for as Duration} field={at('window')} onChange={(next) => { form.setFieldValue(at('window.for'), (next ?? {}) as never); }} /></div>}
        </Group>
        {windowError && <Text size="xs" c="red" role="alert">{windowError}</Text>}
        <Group gap="lg" align="flex-start">
          <Checkbox.Group label={t('pacing.caps.channels')} description={t('pacing.caps.allChannels')} {...form.getInputProps(at('channels'))}><Group mt={4}>{(['email', 'in_app'] as const).map((channel) => <Checkbox key={channel} value={channel} label={t(`pacing.channels.${channel}`)} />)}</Group></Checkbox.Group>
          <Checkbox.Group label={t('pacing.caps.classes')} description={t('pacing.caps.allClasses')} {...form.getInputProps(at('classes'))}><Group mt={4}>{CLASSES.map((one) => <Checkbox key={one} value={one} label={t(`pacing.classes.${one}`)} />)}</Group></Checkbox.Group>
        </Group>
        <MultiSelect maw={480} label={t('pacing.caps.topics')} placeholder={cap.topics.length > 0 ? undefined : t('pacing.caps.allTopics')} data={topics.map(({ key, name, nameKo }) => ({ value: key, label: i18n.language === 'ko' && nameKo ? nameKo : name }))} maxValues={50} {...form.getInputProps(at('topics'))} />
      </Stack>
    </Card>
  );
}
