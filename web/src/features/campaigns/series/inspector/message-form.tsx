import { Button, Card, Checkbox, CloseButton, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OwnHours } from '../../../pacing/campaign-fields.tsx';
import { useTopics } from '../../../segments/builder/catalogue.ts';
import { useSeries, useStepChange } from '../editor-context.tsx';
import type { MessageStep, Variant } from '../model.js';
import { addVariant, emptyContent, MOST_ARMS, removeVariant } from '../new-step.ts';
import { armKeys, withFittingTest } from '../../test-plan/plan-edits.js';
import { ContentFields } from './content-fields.tsx';
import { ShareField } from './fields.tsx';
import { Ladder } from './ladder.tsx';
import { StepTest } from './step-test.tsx';

const DEFAULT_SHARE = 0.1;
const FIRST_FIELD = { email: 'content.subject', in_app: 'content.title', webhook: 'content.endpointId', chat: 'content.endpointId' } as const;

/** One message: what about, its variants, who gets none of them, and how they are compared. */
export function MessageForm({ step }: { step: MessageStep }) {
  const { t, i18n } = useTranslation();
  const change = useStepChange<MessageStep>(step.id);
  const topics = useTopics().data ?? [];
  const total = step.variants.reduce((sum, { weight = 1 }) => sum + weight, step.control?.weight ?? 0);
  return (
    <>
      <TextInput label={t('series.message.name')} placeholder={t('series.message.nameHint')} value={step.name ?? ''} maxLength={200} data-field="name" onChange={(event) => { const name = event.currentTarget.value; change((now) => ({ ...now, name }), 'name'); }} />
      <Select label={t('series.message.topic')} value={step.topic ?? 'product-updates'} allowDeselect={false} data={topics.map(({ key, name, nameKo }) => ({ value: key, label: i18n.language === 'ko' && nameKo ? nameKo : name }))} data-field="topic" onChange={(topic) => { if (topic) change((now) => ({ ...now, topic })); }} />
      <Variants step={step} total={total} />
      <Control step={step} total={total} />
      <StepTest step={step} arms={armKeys(step)} />
      {(step.channel === 'in_app' || step.channel === 'email') && <OwnHours value={step.sendWindow ?? undefined} onChange={(sendWindow, field) => { change(({ sendWindow: _before, ...rest }) => (sendWindow ? { ...rest, sendWindow } : rest), field); }} />}
      {step.channel === 'in_app' && (step.fallback || !step.ladder?.length) && <Fallback step={step} />}
      {(step.channel === 'in_app' || step.channel === 'email') && !step.fallback && <Ladder step={step} onChange={(ladder, field) => { change(({ ladder: _before, ...rest }) => (ladder ? { ...rest, ladder } : rest), field); }} />}
    </>
  );
}

/** The variants as chips, and what the chosen one says. A finding about a variant shows it. */
function Variants({ step, total }: { step: MessageStep; total: number }) {
  const { t } = useTranslation();
  const { wish, open } = useSeries();
  const change = useStepChange<MessageStep>(step.id);
  const [shown, setShown] = useState(step.variants[0]?.key ?? 'A');
  const [granted, setGranted] = useState<number | null>(null);
  const asked = wish?.at === step.id ? /^variants\.(\d+)/.exec(wish.field ?? '')?.[1] : undefined;
  if (wish && wish.asked !== granted) {
    setGranted(wish.asked);
    if (asked !== undefined) setShown(step.variants[Number(asked)]?.key ?? shown);
  }
  const index = Math.max(0, step.variants.findIndex(({ key }) => key === shown));
  const variant = step.variants[index];
  const put = (next: Variant, field?: string) => { change((now) => ({ ...now, variants: now.variants.with(index, next) }), field && `variants.${next.key}.${field}`); };
  const add = () => {
    change(addVariant);
    open(step.id, `variants.${step.variants.length}.${FIRST_FIELD[step.channel]}`);
  };
  return (
    <Stack gap="xs" component="section" aria-label={t('series.message.variants')} data-field="variants">
      <Group gap={6} role="group" aria-label={t('series.message.variants')}>
        {step.variants.map(({ key }) => <Button key={key} size="compact-sm" variant={key === variant?.key ? 'filled' : 'default'} aria-pressed={key === variant?.key} aria-label={t('series.message.variant', { key })} onClick={() => { setShown(key); }}>{key}</Button>)}
        {step.variants.length < MOST_ARMS && <Button size="compact-sm" variant="light" onClick={add}>{t('series.message.add')}</Button>}
      </Group>
      {variant && (
        <Card withBorder padding="xs" component="section" aria-label={t('series.message.variant', { key: variant.key })} data-field={`variants.${index}`}>
          <Stack gap="xs">
            {step.variants.length > 1 && (
              <Group justify="space-between" align="flex-end" wrap="nowrap">
                <ShareField label={t('series.message.share')} weight={variant.weight ?? 1} total={total} field={`variants.${index}.weight`} onChange={(weight) => { put({ ...variant, weight }, 'weight'); }} />
                <CloseButton aria-label={t('series.message.remove', { key: variant.key })} onClick={() => { change((now) => removeVariant(now, variant.key)); }} />
              </Group>
            )}
            <ContentFields channel={step.channel} page={{ stepId: step.id, variant: variant.key }} content={variant.content ?? {}} field={`variants.${index}.content`} onChange={(content, field) => { put({ ...variant, content }, `content.${field}`); }} />
          </Stack>
        </Card>
      )}
    </Stack>
  );
}

/** People who pass every gate and get nothing, so that what the message causes can be told. */
function Control({ step, total }: { step: MessageStep; total: number }) {
  const { t } = useTranslation();
  const change = useStepChange<MessageStep>(step.id);
  const { control } = step;
  const variants = step.variants.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return (
    <Stack gap={4} data-field="control">
      <Checkbox label={t('series.message.control')} description={t('series.message.controlHint')} checked={Boolean(control)} onChange={(event) => { const on = event.currentTarget.checked; change(({ control: _before, ...rest }) => (on ? { ...rest, control: { weight: Math.round(variants * DEFAULT_SHARE / (1 - DEFAULT_SHARE) * 100) / 100 } } : withFittingTest(rest))); }} />
      {control && <ShareField label={t('series.message.controlShare')} weight={control.weight} total={total} field="control.weight" onChange={(weight) => { change((now) => ({ ...now, control: { weight } }), 'control'); }} />}
    </Stack>
  );
}

/** An e-mail for whoever does not see the in-app message in time. */
function Fallback({ step }: { step: MessageStep }) {
  const { t } = useTranslation();
  const change = useStepChange<MessageStep>(step.id);
  const { fallback } = step;
  const put = (next: MessageStep['fallback'], field?: string) => { change(({ fallback: _before, ...rest }) => (next ? { ...rest, fallback: next } : rest), field); };
  return (
    <Stack gap="xs" data-field="fallback">
      <Checkbox label={t('series.fallback.on')} checked={Boolean(fallback)} onChange={(event) => { put(event.currentTarget.checked ? { afterHours: 24, email: emptyContent('email') } : null); }} />
      {fallback && (
        <Card withBorder padding="xs" component="section" aria-label={t('series.fallback.title')}>
          <Stack gap="xs">
            <Text size="xs" c="dimmed">{t('series.fallback.hint')}</Text>
            <NumberInput size="sm" label={t('series.fallback.after')} value={fallback.afterHours ?? 24} min={1} max={720} allowDecimal={false} data-field="fallback.afterHours" onChange={(next) => { if (typeof next === 'number') put({ ...fallback, afterHours: next }, 'fallback.after'); }} />
            <ContentFields channel="email" page={{ stepId: `${step.id}~email` }} content={fallback.email ?? {}} field="fallback.email" onChange={(email, field) => { put({ ...fallback, email }, `fallback.${field}`); }} />
          </Stack>
        </Card>
      )}
    </Stack>
  );
}
