import { Badge, Button, Card, Checkbox, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../../../ui/links.tsx';
import { useTopics } from '../../segments/builder/catalogue.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { Ladder } from '../series/inspector/ladder.tsx';
import { CHANNELS, type Channel } from '../series/model.js';
import { emptyContent } from '../series/new-step.js';
import { armKeys } from '../test-plan/plan-edits.js';
import { TestPlanFields } from '../test-plan/test-plan-fields.tsx';
import { openingOf } from '../words/opening.ts';
import { TemplateText } from '../words/template-text.tsx';
import { addVariant, broadcastOf, MOST_VARIANTS, removeVariant, withControl, withLadder, withParts, type BroadcastMessage, type Variant } from './edits.ts';

const fresh = (channel: (typeof CHANNELS)[number]): BroadcastMessage => ({ type: 'message', channel, variants: [{ key: 'A', content: emptyContent(channel) as Record<string, unknown> }] });
const asNumber = (value: string | number): number | null => { const number = Number(value); return value === '' || !Number.isFinite(number) ? null : number; };

/** What is sent: its channel and topic, its variants with their shares, a control that gets nothing, and how they are compared. */
export function MessagePart() {
  const { t, i18n } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const topics = useTopics();
  const { goals } = broadcastOf(definition);
  const message = broadcastOf(definition).message ?? null;
  const edit: Edit = (next, merge) => { change((now) => { const before = broadcastOf(now).message; return before ? withParts(now, { message: next(before) }) : now; }, merge); };
  const variants = message?.variants ?? [];
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select label={t('broadcast.message.channel')} data={CHANNELS.map((value) => ({ value, label: t(`flow.kinds.${value}`) }))} value={message?.channel ?? null} allowDeselect={false} disabled={readOnly} w={200} onChange={(channel) => { if (channel && channel !== message?.channel) change((now) => withParts(now, { message: fresh(channel as 'email') })); }} />
        {message && <Select label={t('broadcast.message.topic')} data={(topics.data ?? []).map(({ key, name, nameKo }) => ({ value: key, label: (i18n.language === 'ko' ? nameKo : null) ?? name }))} value={message.topic ?? 'product-updates'} allowDeselect={false} disabled={readOnly} w={240} onChange={(topic) => { if (topic) edit((now) => ({ ...now, topic })); }} />}
      </Group>
      {message && (
        <>
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('broadcast.message.variants')}>
            {variants.map((variant) => <li key={variant.key}><VariantCard message={message} variant={variant} only={variants.length === 1} edit={edit} /></li>)}
          </Stack>
          {!readOnly && variants.length < MOST_VARIANTS && <Group><Button size="xs" variant="default" onClick={() => { edit(addVariant); }}>{t('broadcast.message.add')}</Button></Group>}
          <Control message={message} edit={edit} />
          {(message.channel === 'email' || message.channel === 'in_app') && !message.fallback && (
            <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
              <Ladder step={{ id: message.id ?? 'message', channel: message.channel as Channel, ladder: message.ladder ?? [] }} onChange={(ladder, field) => { edit((now) => withLadder(now, ladder), field); }} />
            </fieldset>
          )}
          <TestPlanFields
            stepId={message.id ?? 'message'} test={message.test} arms={armKeys(message)} versions={variants.length} goals={goals ?? []} atOnce readOnly={readOnly}
            onChange={(test, field) => { edit(({ test: _before, ...now }) => (test ? { ...now, test } : now), field); }}
          />
        </>
      )}
    </Stack>
  );
}

type Edit = (next: (message: BroadcastMessage) => BroadcastMessage, merge?: string) => void;

/** One version by what it says first; it is written on a page of its own, beside what it becomes. */
function VariantCard({ message, variant, only, edit }: { message: BroadcastMessage; variant: Variant; only: boolean; edit: Edit }) {
  const { t } = useTranslation();
  const { campaign, readOnly } = useDraft();
  const { key, weight = 1, content } = variant;
  const set = (part: Partial<Variant>, merge?: string) => { edit((now) => ({ ...now, variants: (now.variants ?? []).map((one) => (one.key === key ? { ...one, ...part } : one)) }), merge); };
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="xs"><Badge variant="light">{key}</Badge><Text size="sm"><TemplateText text={openingOf(content) || t('flow.nothing')} /></Text></Group>
        <Group gap="xs">
          {!only && <NumberInput aria-label={t('broadcast.message.weight', { key })} value={weight} min={1} max={1000} readOnly={readOnly} w={90} onChange={(value) => { const number = asNumber(value); if (number !== null && number > 0) set({ weight: number }, `weight ${key}`); }} />}
          <ButtonLink size="xs" to="/campaigns/$id/messages/$stepId" params={{ id: campaign.id, stepId: message.id ?? 'message' }} search={{ variant: key }}>{t(readOnly ? 'broadcast.message.look' : 'broadcast.message.write', { key })}</ButtonLink>
          {!only && !readOnly && <Button size="xs" variant="subtle" color="gray" onClick={() => { edit((now) => removeVariant(now, key)); }}>{t('broadcast.message.remove', { key })}</Button>}
        </Group>
      </Group>
    </Card>
  );
}

function Control({ message, edit }: { message: BroadcastMessage; edit: Edit }) {
  const { t } = useTranslation();
  const { readOnly } = useDraft();
  const { control } = message;
  return (
    <Group gap="sm" align="center">
      <Checkbox label={t('broadcast.message.control')} checked={control !== undefined} disabled={readOnly} onChange={(event) => { const { checked } = event.currentTarget; edit((now) => withControl(now, checked ? { weight: 1 } : null)); }} />
      {control && <NumberInput aria-label={t('broadcast.message.controlWeight')} value={control.weight} min={1} max={1000} readOnly={readOnly} w={90} onChange={(value) => { const weight = asNumber(value); if (weight !== null && weight > 0) edit((now) => withControl(now, { weight }), 'control'); }} />}
    </Group>
  );
}
