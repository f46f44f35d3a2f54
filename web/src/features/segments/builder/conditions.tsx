import { Button, CloseButton, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconPlus } from '../../../ui/icons.ts';
import { marks, Sentence } from '../../../ui/sentence.tsx';
import { useAttributes, useCampaignChoices, useListChoices, useProperties, useSegmentChoices, useTopics } from './catalogue.ts';
import { useComparison } from './comparison.tsx';
import type { Node, Of } from './draft.ts';
import { kindOf } from './kinds.ts';
import { AttributeSlot, CountSlot, DurationSlot, EventSlot, Pick, PickOne, PropertySlot, Typed, WindowSlot } from './slots.tsx';

interface Slot<N> { node: N; onChange(node: Node): void; fresh: boolean }
type Say = 'event' | 'event_value' | 'event_time' | 'attribute' | 'seen' | 'page' | 'pageAny' | 'engagement' | 'segment' | 'list' | 'tag' | 'consent' | 'property';

/** The words of a kind of condition with its controls in them. */
function Said({ say, slots }: { say: Say; slots: Record<string, ReactNode> }) {
  const { t } = useTranslation();
  return <Sentence text={t(`segments.say.${say}`, marks(Object.keys(slots)))} slots={slots} />;
}

/** A condition as a sentence whose slots are controls. */
export function ConditionSentence({ node, onChange, fresh }: Slot<Node>) {
  switch (node.type) {
    case 'event': return <EventSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'event_value': return <MeasureSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'event_time': return <FirstLastSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'attribute': return kindOf(node) === 'seen' ? <SeenSentence node={node} onChange={onChange} fresh={fresh} /> : <AttributeSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'page': return <PageSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'engagement': return <EngagementSentence node={node} onChange={onChange} fresh={fresh} />;
    case 'consent': return <ConsentSentence node={node} onChange={onChange} fresh={fresh} />;
    default: return <MemberSentence node={node} onChange={onChange} fresh={fresh} />;
  }
}

/** The same choice for each of its words in the language file. */
function useOptions() {
  const { t } = useTranslation();
  return <T extends string>(group: 'measure' | 'which' | 'seen' | 'span' | 'page' | 'reaction' | 'member' | 'has' | 'channel' | 'said', values: readonly T[]) => values.map((value) => ({ value, label: t(`segments.${group}.${value}` as 'segments.which.first') }));
}

function EventSentence({ node, onChange, fresh }: Slot<Of<'event'>>) {
  return (
    <Stack gap={6}>
      <Said say="event" slots={{
        event: <EventSlot value={node.event} onChange={(event) => { onChange({ ...node, event }); }} fresh={fresh} />,
        count: <CountSlot value={node.count} never onChange={(count) => { onChange({ ...node, count }); }} />,
        window: <WindowSlot value={node.within} onChange={(within) => { onChange({ ...node, within }); }} />,
      }} />
      <Filters node={node} onChange={onChange} />
    </Stack>
  );
}

function MeasureSentence({ node, onChange, fresh }: Slot<Of<'event_value'>>) {
  const { t } = useTranslation();
  const options = useOptions();
  return (
    <Stack gap={6}>
      <Said say="event_value" slots={{
        event: <EventSlot value={node.event} onChange={(event) => { onChange({ ...node, event }); }} fresh={fresh} />,
        measure: <Pick label={t('segments.slot.measure')} width={130} value={node.measure} of={options('measure', ['sum', 'average', 'max', 'min', 'distinct'] as const)} onChange={(measure) => { onChange({ ...node, measure }); }} />,
        property: <PropertySlot event={node.event} value={node.property} onChange={(property) => { onChange({ ...node, property }); }} />,
        amount: <CountSlot value={node} say="amount" decimals onChange={({ op, value, to }) => { onChange({ ...node, op, value, to }); }} />,
        window: <WindowSlot value={node.within} onChange={(within) => { onChange({ ...node, within }); }} />,
      }} />
      <Filters node={node} onChange={onChange} />
    </Stack>
  );
}

/** Which of the events are meant, by their properties. */
export function Filters({ node, onChange }: { node: Of<'event'> | Of<'event_value'>; onChange(node: Node): void }) {
  const { t } = useTranslation();
  const where = node.where ?? [];
  const change = (next: typeof where) => { onChange({ ...node, where: next.length > 0 ? next : undefined }); };
  return (
    <>
      {where.map((filter, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- filters have no name of their own, and stay in their order
        <Group key={index} gap={6} pl="md">
          <Filter event={node.event} filter={filter} onChange={(next) => { change(where.with(index, next)); }} />
          <CloseButton size="sm" aria-label={t('segments.build.removeFilter')} onClick={() => { change(where.toSpliced(index, 1)); }} />
        </Group>
      ))}
      {node.event !== '' && where.length < 20 && <Button variant="subtle" size="compact-xs" w="fit-content" leftSection={<IconPlus size={12} aria-hidden />} onClick={() => { change([...where, { property: '', op: 'is', value: '' }]); }}>{t('segments.build.addFilter')}</Button>}
    </>
  );
}

type EventFilter = NonNullable<Of<'event'>['where']>[number];
function Filter({ event, filter, onChange }: { event: string; filter: EventFilter; onChange(filter: EventFilter): void }) {
  const field = useProperties(event).data?.fields.find(({ key }) => key === filter.property);
  const { op, value } = useComparison({ op: filter.op, value: filter.value, types: field?.types ?? [], samples: field?.samples ?? [], onChange: (next) => { onChange({ property: filter.property, ...next } as EventFilter); } });
  return <Said say="property" slots={{ property: <PropertySlot event={event} value={filter.property} onChange={(property) => { onChange({ ...filter, property }); }} />, op, value }} />;
}

function AttributeSentence({ node, onChange, fresh }: Slot<Of<'attribute'>>) {
  const field = useAttributes().data?.fields.find(({ key }) => key === node.key);
  const types = node.key.endsWith('_at') && node.key.startsWith('$') ? ['date'] : (field?.types ?? []);
  const { op, value } = useComparison({ op: node.op, value: node.value, types, samples: field?.samples ?? [], onChange: (next) => { onChange({ type: 'attribute', key: node.key, ...next } as Node); } });
  return <Said say="attribute" slots={{ attribute: <AttributeSlot value={node.key} onChange={(key) => { onChange({ ...node, key }); }} fresh={fresh} />, op, value }} />;
}

function SeenSentence({ node, onChange }: Slot<Of<'attribute'>>) {
  const { t } = useTranslation();
  const options = useOptions();
  const which = node.key === '$first_seen_at' ? 'first' : 'last';
  return <Said say="seen" slots={{
    which: <Pick label={t('segments.slot.which')} value={which} of={options('seen', ['first', 'last'] as const)} onChange={(next) => { onChange({ ...node, key: `$${next}_seen_at` }); }} />,
    op: <Pick label={t('segments.slot.op')} value={node.op as 'within_last'} of={options('span', ['within_last', 'older_than'] as const)} onChange={(op) => { onChange({ ...node, op }); }} />,
    span: <DurationSlot value={node.value} onChange={(value) => { onChange({ ...node, value }); }} />,
  }} />;
}

function FirstLastSentence({ node, onChange, fresh }: Slot<Of<'event_time'>>) {
  const { t } = useTranslation();
  const options = useOptions();
  const { op, value } = useComparison({ op: node.op, value: node.value, types: ['date'], samples: [], onlyDates: true, onChange: (next) => { onChange({ type: 'event_time', event: node.event, which: node.which, ...next } as Node); } });
  return <Said say="event_time" slots={{
    which: <Pick label={t('segments.slot.which')} width={110} value={node.which} of={options('which', ['first', 'last'] as const)} onChange={(which) => { onChange({ ...node, which }); }} />,
    event: <EventSlot value={node.event} onChange={(event) => { onChange({ ...node, event }); }} fresh={fresh} />, op, value,
  }} />;
}

function PageSentence({ node, onChange, fresh }: Slot<Of<'page'>>) {
  const { t } = useTranslation();
  const options = useOptions();
  const measure = <Pick label={t('segments.slot.measure')} width={150} value={node.measure} of={options('page', ['views', 'visits', 'dwell'] as const)} onChange={(next) => { onChange({ ...node, measure: next }); }} />;
  const url = node.url?.[0];
  const amount = <CountSlot value={node} say={node.measure === 'dwell' ? 'seconds' : 'count'} never={node.measure !== 'dwell'} onChange={({ op, value, to }) => { onChange({ ...node, op, value, to }); }} />;
  const window = <WindowSlot value={node.within} onChange={(within) => { onChange({ ...node, within }); }} />;
  const where = <Pick label={t('segments.slot.where')} width={120} value={url ? 'some' : 'any'} of={(['any', 'some'] as const).map((value) => ({ value, label: t(`segments.where.${value}`) }))} onChange={(next) => { onChange({ ...node, url: next === 'any' ? undefined : [{ match: 'glob', pattern: '' }] }); }} />;
  if (!url) return <Said say="pageAny" slots={{ measure, where, amount, window }} />;
  return <Said say="page" slots={{ measure, where, url: <Typed label={t('segments.slot.url')} value={url.pattern} hints={[]} onChange={(pattern) => { onChange({ ...node, url: [{ match: 'glob', pattern }] }); }} fresh={fresh} />, amount, window }} />;
}

function EngagementSentence({ node, onChange }: Slot<Of<'engagement'>>) {
  const { t } = useTranslation();
  const options = useOptions();
  const campaigns = useCampaignChoices().data ?? [];
  return <Said say="engagement" slots={{
    campaign: <Pick label={t('segments.slot.campaign')} width={200} value={node.campaignId ?? 'any'} of={[{ value: 'any', label: t('segments.anyCampaign') }, ...campaigns]} onChange={(next) => { onChange({ ...node, campaignId: next === 'any' ? undefined : next }); }} />,
    reaction: <Pick label={t('segments.slot.reaction')} width={170} value={node.kind} of={options('reaction', ['received', 'opened', 'clicked', 'converted', 'in_control', 'in_holdout'] as const)} onChange={(kind) => { onChange(kind === 'received' || kind === 'opened' || kind === 'clicked' ? { ...node, kind } : { ...node, kind, count: undefined }); }} />,
    count: node.kind === 'received' || node.kind === 'opened' || node.kind === 'clicked' ? <CountSlot value={node.count ?? { op: 'at_least', value: 1 }} never onChange={(count) => { onChange({ ...node, count }); }} /> : null,
    window: <WindowSlot value={node.within} onChange={(within) => { onChange({ ...node, within }); }} />,
  }} />;
}

function ConsentSentence({ node, onChange, fresh }: Slot<Of<'consent'>>) {
  const { t, i18n } = useTranslation();
  const options = useOptions();
  const topics = useTopics().data?.map(({ key, name, nameKo }) => ({ value: key, label: i18n.language === 'ko' && nameKo ? nameKo : name }));
  return <Said say="consent" slots={{
    topic: <PickOne label={t('segments.slot.topic')} value={node.topic} of={topics} onChange={(topic) => { onChange({ ...node, topic }); }} fresh={fresh} />,
    channel: <Pick label={t('segments.slot.channel')} width={110} value={node.channel} of={options('channel', ['email', 'in_app'] as const)} onChange={(channel) => { onChange({ ...node, channel }); }} />,
    state: <Pick label={t('segments.slot.said')} value={node.state} of={options('said', ['subscribed', 'unsubscribed', 'unset', 'allowed'] as const)} onChange={(state) => { onChange({ ...node, state }); }} />,
  }} />;
}

function MemberSentence({ node, onChange, fresh }: Slot<Node>) {
  const { t } = useTranslation();
  const options = useOptions();
  const segments = useSegmentChoices();
  const lists = useListChoices();
  const tags = useAttributes().data?.tags ?? [];
  const inOrNot = (value: 'in' | 'not_in', change: (op: 'in' | 'not_in') => void) => <Pick label={t('segments.slot.op')} width={110} value={value} of={options('member', ['in', 'not_in'] as const)} onChange={change} />;
  if (node.type === 'segment') return <Said say="segment" slots={{ op: inOrNot(node.op, (op) => { onChange({ ...node, op }); }), segment: <PickOne label={t('segments.slot.segment')} value={node.segmentId} of={segments.data} onChange={(segmentId) => { onChange({ ...node, segmentId }); }} fresh={fresh} /> }} />;
  if (node.type === 'list') return <Said say="list" slots={{ op: inOrNot(node.op, (op) => { onChange({ ...node, op }); }), list: <PickOne label={t('segments.slot.list')} value={node.listId} of={lists.data} onChange={(listId) => { onChange({ ...node, listId }); }} fresh={fresh} /> }} />;
  if (node.type === 'tag') return <Said say="tag" slots={{ op: <Pick label={t('segments.slot.op')} width={110} value={node.op} of={options('has', ['has', 'has_not'] as const)} onChange={(op) => { onChange({ ...node, op }); }} />, tag: <Typed label={t('segments.slot.tag')} value={node.tag} hints={tags.map((value) => ({ value, note: '' }))} onChange={(tag) => { onChange({ ...node, tag }); }} fresh={fresh} /> }} />;
  return null;
}
