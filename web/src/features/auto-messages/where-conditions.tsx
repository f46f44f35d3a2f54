import { ActionIcon, Group, NumberInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconX } from '../../ui/icons.ts';
import type { At } from '../in-app/place.ts';
import type { PageRule } from './auto-message.ts';

export type Condition = 'query' | 'utm' | 'referrer' | 'device' | 'languages' | 'visits';
type Query = PageRule['query'][number];
const UTM = ['source', 'medium', 'campaign', 'term', 'content'] as const;
const OPS = ['exists', 'not_exists', 'is', 'is_not'] as const;

interface Given { page: PageRule; readOnly: boolean; at: At; onChange(page: PageRule): void }

/** What else a visit must be like; all of it must hold. */
export function Conditions({ page, readOnly, at, onChange }: Given) {
  const { t } = useTranslation();
  const { device, visits, ...rest } = page;
  const list = (name: 'referrer' | 'languages', placeholder: string) => page[name].map((value, index) => (
    <Line key={`${name}${index}`} label={t(`autoMessages.where.kinds.${name}`)} readOnly={readOnly} onRemove={() => { onChange({ ...page, [name]: page[name].toSpliced(index, 1) }); }}>
      <TextInput label={t(`autoMessages.where.kinds.${name}`)} placeholder={placeholder} value={value} readOnly={readOnly} error={at(`${name}.${index}`)} onChange={(event) => { onChange({ ...page, [name]: page[name].with(index, event.currentTarget.value) }); }} />
    </Line>
  ));
  return (
    <>
      {page.query.map((query, index) => (
        <Line key={`query${index}`} label={t('autoMessages.where.kinds.query')} readOnly={readOnly} onRemove={() => { onChange({ ...page, query: page.query.toSpliced(index, 1) }); }}>
          <Parameter query={query} readOnly={readOnly} at={(path) => at(`query.${index}.${path}`)} onChange={(next) => { onChange({ ...page, query: page.query.with(index, next) }); }} />
        </Line>
      ))}
      {Object.entries(page.utm).map(([name, value]) => (
        <Line key={`utm${name}`} label={`utm_${name}`} readOnly={readOnly} onRemove={() => { onChange({ ...page, utm: Object.fromEntries(Object.entries(page.utm).filter(([key]) => key !== name)) }); }}>
          <Select label={t('autoMessages.where.parameter')} w={150} allowDeselect={false} disabled={readOnly} value={name} data={UTM.filter((one) => one === name || !(one in page.utm)).map((one) => ({ value: one, label: `utm_${one}` }))} onChange={(next) => { if (next) onChange({ ...page, utm: Object.fromEntries(Object.entries(page.utm).map(([key, one]) => [key === name ? next : key, one])) }); }} />
          <TextInput label={t('autoMessages.where.is')} w={180} value={value} maxLength={200} readOnly={readOnly} error={at(`utm.${name}`)} onChange={(event) => { onChange({ ...page, utm: { ...page.utm, [name]: event.currentTarget.value } }); }} />
        </Line>
      ))}
      {list('referrer', 'naver.com')}
      {device !== undefined && (
        <Line label={t('autoMessages.where.kinds.device')} readOnly={readOnly} onRemove={() => { onChange({ ...rest, ...(visits ? { visits } : {}) }); }}>
          <Select label={t('autoMessages.where.kinds.device')} w={180} allowDeselect={false} disabled={readOnly} value={device} data={(['mobile', 'desktop'] as const).map((value) => ({ value, label: t(`autoMessages.where.devices.${value}`) }))} onChange={(next) => { onChange({ ...page, device: next as 'mobile' | 'desktop' }); }} />
        </Line>
      )}
      {list('languages', 'ko')}
      {visits && (
        <Line label={t('autoMessages.where.kinds.visits')} readOnly={readOnly} onRemove={() => { onChange({ ...rest, ...(device ? { device } : {}) }); }}>
          <NumberInput label={t('autoMessages.where.visitFrom')} w={130} min={1} max={1_000} allowDecimal={false} readOnly={readOnly} value={visits.min} onChange={(next) => { if (typeof next === 'number') onChange({ ...page, visits: { ...visits, min: next } }); }} />
          <NumberInput label={t('autoMessages.where.visitTo')} w={130} min={1} max={1_000} allowDecimal={false} readOnly={readOnly} value={visits.max ?? ''} error={at('visits.max')} onChange={(next) => { onChange({ ...page, visits: typeof next === 'number' ? { min: visits.min, max: next } : { min: visits.min } }); }} />
        </Line>
      )}
    </>
  );
}

function Line({ label, readOnly, onRemove, children }: { label: string; readOnly: boolean; onRemove(): void; children: ReactNode }) {
  const { t } = useTranslation();
  return <Group gap="xs" align="flex-end">{children}{!readOnly && <ActionIcon mb={5} variant="subtle" color="gray" aria-label={t('autoMessages.remove', { label })} onClick={onRemove}><IconX size={16} aria-hidden /></ActionIcon>}</Group>;
}

function Parameter({ query, readOnly, at, onChange }: { query: Query; readOnly: boolean; at: At; onChange(query: Query): void }) {
  const { t } = useTranslation();
  const compares = query.op === 'is' || query.op === 'is_not';
  const change = (op: Query['op']) => { onChange(op === 'is' || op === 'is_not' ? { name: query.name, op, value: query.value ?? '' } : { name: query.name, op }); };
  return (
    <>
      <TextInput label={t('autoMessages.where.parameter')} placeholder="plan" w={150} value={query.name} maxLength={100} readOnly={readOnly} error={at('name')} onChange={(event) => { onChange({ ...query, name: event.currentTarget.value }); }} />
      <Select label={t('autoMessages.where.compare')} w={150} allowDeselect={false} disabled={readOnly} value={query.op} data={OPS.map((value) => ({ value, label: t(`autoMessages.where.ops.${value}`) }))} onChange={(next) => { change(next as Query['op']); }} />
      {compares && <TextInput label={t('autoMessages.where.value')} w={150} value={query.value ?? ''} maxLength={500} readOnly={readOnly} error={at('value')} onChange={(event) => { onChange({ ...query, value: event.currentTarget.value }); }} />}
    </>
  );
}
