import { Checkbox, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../../../ui/links.tsx';
import { useSegmentChoices } from '../../../segments/builder/catalogue.ts';
import { PropertySlot } from '../../../segments/builder/slots.tsx';
import { useSeries } from '../editor-context.tsx';
import { TAKES, type Entry, type Series, type Take } from '../model.js';
import { ConditionField } from './condition-field.tsx';
import { EventFields } from './event-fields.tsx';
import { DateFields, DurationField } from './fields.tsx';
import { hasKey } from './run-event.tsx';

const FIRST: Record<Entry['type'], Entry> = {
  segment: { type: 'segment', segmentId: null, take: 'current_and_future' },
  event: { type: 'event', event: '', where: [] },
  date: { type: 'date', attribute: '', days: 0, time: '09:00' },
  api: { type: 'api' },
};

/** Who gets in and when, whom the audience leaves out, and who may come again. */
export function EntryForm() {
  const { t } = useTranslation();
  const { series, change } = useSeries();
  const { entry, audience } = series;
  const put = (next: Entry, field?: string) => { change((now) => ({ ...now, entry: next }), field && `entry.${field}`); };
  return (
    <>
      <Select label={t('series.entry.how')} placeholder={t('series.entry.choose')} value={entry?.type ?? null} data={(['segment', 'event', 'date', 'api'] as const).map((value) => ({ value, label: t(`series.entry.types.${value}`) }))} allowDeselect={false} data-field="entry" onChange={(type) => { if (type && type !== entry?.type) put(FIRST[type as Entry['type']]); }} />
      {entry?.type === 'segment' && <SegmentEntry entry={entry} onChange={put} />}
      {entry?.type === 'event' && <EventEntry entry={entry} onChange={put} />}
      {entry?.type === 'api' && <ApiEntry entry={entry} onChange={put} />}
      {entry?.type === 'date' && <DateEntry entry={entry} onChange={put} />}
      <Stack gap={4} component="section" aria-label={t('series.entry.audience')}>
        <Text size="sm" fw={500}>{t('series.entry.audience')}</Text>
        <ConditionField value={audience} field="audience" hint={t('series.entry.audienceHint')} onChange={(condition) => { change(({ audience: _before, ...rest }) => (condition ? { ...rest, audience: condition } : rest) as typeof series, 'audience'); }} />
      </Stack>
      <ReentryFields />
    </>
  );
}

function SegmentEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'segment' }>; onChange(entry: Entry): void }) {
  const { t } = useTranslation();
  const segments = useSegmentChoices().data ?? [];
  return (
    <>
      <Stack gap={4}>
        <Select label={t('series.entry.segment')} value={entry.segmentId ?? null} data={segments} searchable nothingFoundMessage={t('segments.build.nothing')} error={!entry.segmentId} data-field="entry.segmentId" onChange={(segmentId) => { onChange({ ...entry, segmentId }); }} />
        {entry.segmentId ? <TextLink size="xs" underline="always" to="/segments/$id" params={{ id: entry.segmentId }}>{t('series.entry.look')}</TextLink> : <TextLink size="xs" underline="always" to="/segments/new">{t('series.entry.new')}</TextLink>}
      </Stack>
      <Select label={t('series.entry.on')} value={entry.on ?? 'entered'} data={(['entered', 'left'] as const).map((value) => ({ value, label: t(`series.entry.ons.${value}`) }))} allowDeselect={false} data-field="entry.on" onChange={(on) => { const { on: _before, ...rest } = entry; onChange(on === 'left' ? { ...rest, on: 'left', take: 'future_only' } : rest); }} />
      {entry.on !== 'left' && <Select label={t('series.entry.take')} value={entry.take ?? 'current_and_future'} data={TAKES.map((value) => ({ value, label: t(`series.entry.takes.${value}`) }))} allowDeselect={false} data-field="entry.take" onChange={(take) => { onChange({ ...entry, take: take as 'future_only' }); }} />}
    </>
  );
}

function ApiEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'api' }>; onChange(entry: Entry, field?: string): void }) {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" c="dimmed">{t('series.entry.apiHint')}</Text>
      <TextInput label={t('series.entry.apiKey')} description={t('series.entry.apiKeyHint')} value={entry.key ?? ''} maxLength={200} data-field="entry.key" onChange={(event) => { const key = event.currentTarget.value; onChange(key === '' ? { type: 'api' } : { type: 'api', key }, 'key'); }} />
    </>
  );
}

function EventEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'event' }>; onChange(entry: Entry, field?: string): void }) {
  const { t } = useTranslation();
  const { key, ...rest } = entry;
  return (
    <>
      <EventFields event={entry.event ?? ''} where={entry.where ?? []} field="entry.event" onChange={(event, where) => { onChange({ ...entry, event, where }, 'event'); }} />
      <TakeFields entry={entry} onChange={onChange} />
      <Stack gap={6} data-field="entry.key">
        <Checkbox label={t('series.entry.key')} description={t('series.entry.keyHint')} checked={key !== undefined} onChange={(event) => { onChange(event.currentTarget.checked ? { ...rest, key: '' } : rest); }} />
        {key !== undefined && <PropertySlot event={entry.event ?? ''} value={key} onChange={(next) => { onChange({ ...entry, key: next }, 'key'); }} />}
      </Stack>
    </>
  );
}

function DateEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'date' }>; onChange(entry: Entry, field?: string): void }) {
  const { t } = useTranslation();
  const { every, ...rest } = entry;
  return (
    <>
      <DateFields date={entry} field="entry" onChange={(date, field) => { onChange({ ...entry, ...date }, field); }} />
      <Checkbox label={t('series.entry.every')} description={t('series.entry.everyHint')} checked={every === 'year'} data-field="entry.every" onChange={(event) => { onChange(event.currentTarget.checked ? { ...rest, every: 'year' } : rest); }} />
      <TakeFields entry={entry} onChange={onChange} />
    </>
  );
}

const TWO_WEEKS = { days: 14 };

/** Whether those whose moment was before the launch are taken too, and how long before. */
function TakeFields({ entry, onChange }: { entry: Extract<Entry, { type: 'event' | 'date' }>; onChange(entry: Entry, field?: string): void }) {
  const { t } = useTranslation();
  const { take = 'future_only', lookBack, ...rest } = entry;
  const put = (next: Take) => { onChange(next === 'future_only' ? rest : { ...rest, take: next, lookBack: lookBack ?? TWO_WEEKS }); };
  return (
    <>
      <Select label={t('series.entry.take')} value={take} data={TAKES.map((value) => ({ value, label: t(`series.entry.${entry.type}Takes.${value}`) }))} allowDeselect={false} data-field="entry.take" onChange={(next) => { put(next as Take); }} />
      {take !== 'future_only' && <DurationField label={t('series.entry.lookBack')} value={lookBack} field="entry.lookBack" onChange={(next) => { onChange({ ...entry, lookBack: next }, 'lookBack'); }} />}
      {take !== 'future_only' && <Text size="xs" c="dimmed">{t('series.entry.lookBackHint')}</Text>}
    </>
  );
}

function ReentryFields() {
  const { t } = useTranslation();
  const { series, change } = useSeries();
  const reentry = series.reentry ?? { policy: 'never' as const };
  const put = (next: Series['reentry'], field?: string) => { change((now) => ({ ...now, reentry: next }), field); };
  return (
    <>
      <Select label={t('series.entry.again')} value={reentry.policy} data={(['never', 'after_exit', 'after_interval', 'concurrent_by_key'] as const).filter((value) => value !== 'concurrent_by_key' || hasKey(series) || reentry.policy === value).map((value) => ({ value, label: t(`series.entry.policies.${value}`) }))} allowDeselect={false} data-field="reentry" onChange={(policy) => { put(policy === 'after_interval' ? { policy, interval: { days: 30 } } : { policy: policy as 'never' }); }} />
      {reentry.policy === 'after_interval' && <DurationField label={t('series.entry.interval')} value={reentry.interval} field="reentry.interval" onChange={(interval) => { put({ ...reentry, interval }, 'reentry.interval'); }} />}
    </>
  );
}
