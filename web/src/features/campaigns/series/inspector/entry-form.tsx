import { NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../../../ui/links.tsx';
import { useSegmentChoices } from '../../../segments/builder/catalogue.ts';
import { Filters } from '../../../segments/builder/conditions.tsx';
import { AttributeSlot, EventSlot } from '../../../segments/builder/slots.tsx';
import { useSeries } from '../editor-context.tsx';
import type { Entry, Filter, Series } from '../model.js';
import { ConditionField } from './condition-field.tsx';
import { DurationField } from './fields.tsx';

const FIRST: Record<Entry['type'], Entry> = {
  segment: { type: 'segment', segmentId: null, take: 'current_and_future' },
  event: { type: 'event', event: '', where: [] },
  date: { type: 'date', attribute: '', days: 0, time: '09:00' },
};

/** Who gets in and when, whom the audience leaves out, and who may come again. */
export function EntryForm() {
  const { t } = useTranslation();
  const { series, change } = useSeries();
  const { entry, audience } = series;
  const put = (next: Entry, field?: string) => { change((now) => ({ ...now, entry: next }), field && `entry.${field}`); };
  return (
    <>
      <Select label={t('series.entry.how')} placeholder={t('series.entry.choose')} value={entry?.type ?? null} data={(['segment', 'event', 'date'] as const).map((value) => ({ value, label: t(`series.entry.types.${value}`) }))} allowDeselect={false} data-field="entry" onChange={(type) => { if (type && type !== entry?.type) put(FIRST[type as Entry['type']]); }} />
      {entry?.type === 'segment' && <SegmentEntry entry={entry} onChange={put} />}
      {entry?.type === 'event' && <EventEntry entry={entry} onChange={put} />}
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
      <Select label={t('series.entry.take')} value={entry.take ?? 'current_and_future'} data={(['current_and_future', 'future_only', 'current_only'] as const).map((value) => ({ value, label: t(`series.entry.takes.${value}`) }))} allowDeselect={false} data-field="entry.take" onChange={(take) => { onChange({ ...entry, take: take as 'future_only' }); }} />
    </>
  );
}

/** An event and which of them are meant, by their properties. */
export function EventFields({ event, where, field, onChange }: { event: string; where: Filter[]; field: string; onChange(event: string, where: Filter[]): void }) {
  return (
    <Stack gap={6} data-field={field}>
      <EventSlot value={event} onChange={(next) => { onChange(next, where); }} />
      <Filters node={{ type: 'event', event, where: where as never, count: { op: 'at_least', value: 1 } }} onChange={(node) => { onChange(event, ('where' in node ? (node.where as Filter[] | undefined) : undefined) ?? []); }} />
    </Stack>
  );
}

function EventEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'event' }>; onChange(entry: Entry, field?: string): void }) {
  return <EventFields event={entry.event ?? ''} where={entry.where ?? []} field="entry.event" onChange={(event, where) => { onChange({ ...entry, event, where }, 'event'); }} />;
}

function DateEntry({ entry, onChange }: { entry: Extract<Entry, { type: 'date' }>; onChange(entry: Entry, field?: string): void }) {
  const { t } = useTranslation();
  const days = entry.days ?? 0;
  const side = days < 0 ? 'before' : 'after';
  return (
    <>
      <div data-field="entry.attribute"><AttributeSlot value={entry.attribute ?? ''} onChange={(attribute) => { onChange({ ...entry, attribute }, 'attribute'); }} /></div>
      <NumberInput label={t('series.entry.days')} value={Math.abs(days)} min={0} max={3650} allowDecimal={false} data-field="entry.days" onChange={(next) => { if (typeof next === 'number') onChange({ ...entry, days: side === 'before' ? -next : next }, 'days'); }} />
      <Select label={t('series.entry.side')} value={side} data={(['before', 'after'] as const).map((value) => ({ value, label: t(`series.entry.sides.${value}`) }))} allowDeselect={false} onChange={(next) => { onChange({ ...entry, days: next === 'before' ? -Math.max(1, Math.abs(days)) : Math.abs(days) }); }} />
      <TextInput label={t('series.entry.time')} description={t('series.theirZone')} type="time" value={entry.time ?? '09:00'} data-field="entry.time" onChange={(event) => { if (event.currentTarget.value) onChange({ ...entry, time: event.currentTarget.value }, 'time'); }} />
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
      <Select label={t('series.entry.again')} value={reentry.policy} data={(['never', 'after_exit', 'after_interval'] as const).map((value) => ({ value, label: t(`series.entry.policies.${value}`) }))} allowDeselect={false} data-field="reentry" onChange={(policy) => { put(policy === 'after_interval' ? { policy, interval: { days: 30 } } : { policy: policy as 'never' }); }} />
      {reentry.policy === 'after_interval' && <DurationField label={t('series.entry.interval')} value={reentry.interval} field="reentry.interval" onChange={(interval) => { put({ ...reentry, interval }, 'reentry.interval'); }} />}
    </>
  );
}
