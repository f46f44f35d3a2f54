import { Badge, Button, Card, Checkbox, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../../../ui/links.tsx';
import { useTopics } from '../../segments/builder/catalogue.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { openingOf } from '../words/use-flow-words.ts';
import { addVariant, broadcastOf, MOST_VARIANTS, removeVariant, withParts, withSend, type BroadcastMessage, type Variant } from './edits.ts';

const WRITABLE = ['email', 'in_app'] as const;
const fresh = (channel: string): BroadcastMessage => ({ type: 'message', channel, variants: [{ key: 'A', content: {} }] });
const asNumber = (value: string | number): number | null => { const number = Number(value); return value === '' || !Number.isFinite(number) ? null : number; };

/** What is sent: its channel and topic, its variants with their shares, a control that gets nothing, and whether a share gets it first. */
export function MessagePart() {
  const { t, i18n } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const topics = useTopics();
  const message = broadcastOf(definition).message ?? null;
  const edit = (next: (message: BroadcastMessage) => BroadcastMessage, merge?: string) => { change((now) => { const before = broadcastOf(now).message; return before ? withParts(now, { message: next(before) }) : now; }, merge); };
  const channels = [...WRITABLE, ...(message && !WRITABLE.some((one) => one === message.channel) ? [message.channel as 'email'] : [])];
  const variants = message?.variants ?? [];
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select label={t('broadcast.message.channel')} data={channels.map((value) => ({ value, label: t(`flow.channels.${value}`) }))} value={message?.channel ?? null} allowDeselect={false} disabled={readOnly} w={200} onChange={(channel) => { if (channel && channel !== message?.channel) change((now) => withParts(now, { message: fresh(channel) })); }} />
        {message && <Select label={t('broadcast.message.topic')} data={(topics.data ?? []).map(({ key, name, nameKo }) => ({ value: key, label: (i18n.language === 'ko' ? nameKo : null) ?? name }))} value={message.topic ?? 'product-updates'} allowDeselect={false} disabled={readOnly} w={240} onChange={(topic) => { if (topic) edit((now) => ({ ...now, topic })); }} />}
      </Group>
      {message && (
        <>
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('broadcast.message.variants')}>
            {variants.map((variant) => <li key={variant.key}><VariantCard message={message} variant={variant} only={variants.length === 1} edit={edit} /></li>)}
          </Stack>
          {!readOnly && variants.length < MOST_VARIANTS && <Group><Button size="xs" variant="default" onClick={() => { edit(addVariant); }}>{t('broadcast.message.add')}</Button></Group>}
          <Control message={message} edit={edit} />
          {variants.length > 1 && <SendFirst message={message} edit={edit} />}
        </>
      )}
    </Stack>
  );
}

type Edit = (next: (message: BroadcastMessage) => BroadcastMessage, merge?: string) => void;

function VariantCard({ message, variant, only, edit }: { message: BroadcastMessage; variant: Variant; only: boolean; edit: Edit }) {
  const { t } = useTranslation();
  const { campaign, readOnly } = useDraft();
  const { key, weight = 1, content } = variant;
  const set = (part: Partial<Variant>, merge?: string) => { edit((now) => ({ ...now, variants: (now.variants ?? []).map((one) => (one.key === key ? { ...one, ...part } : one)) }), merge); };
  const write = (part: Record<string, string>) => { set({ content: { ...content, ...part } }, `${key} ${Object.keys(part).join()}`); };
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <Group gap="xs"><Badge variant="light">{key}</Badge><Text size="sm">{openingOf(content) || t('flow.nothing')}</Text></Group>
          <Group gap="xs">
            {!only && <NumberInput aria-label={t('broadcast.message.weight', { key })} value={weight} min={1} max={1000} readOnly={readOnly} w={90} onChange={(value) => { const number = asNumber(value); if (number !== null && number > 0) set({ weight: number }, `weight ${key}`); }} />}
            {message.channel === 'email' && <ButtonLink size="xs" to="/campaigns/$id/messages/$stepId" params={{ id: campaign.id, stepId: message.id ?? 'message' }} search={{ variant: key }}>{t(readOnly ? 'broadcast.message.look' : 'broadcast.message.write', { key })}</ButtonLink>}
            {!only && !readOnly && <Button size="xs" variant="subtle" color="gray" onClick={() => { edit((now) => removeVariant(now, key)); }}>{t('broadcast.message.remove', { key })}</Button>}
          </Group>
        </Group>
        {message.channel === 'in_app' && (
          <>
            <TextInput label={t('broadcast.message.heading')} value={String(content?.title ?? '')} maxLength={200} readOnly={readOnly} onChange={(event) => { write({ title: event.currentTarget.value }); }} />
            <Textarea label={t('broadcast.message.text')} value={String(content?.body ?? '')} maxLength={10_000} autosize minRows={2} readOnly={readOnly} onChange={(event) => { write({ body: event.currentTarget.value }); }} />
          </>
        )}
      </Stack>
    </Card>
  );
}

function Control({ message, edit }: { message: BroadcastMessage; edit: Edit }) {
  const { t } = useTranslation();
  const { readOnly } = useDraft();
  const { control } = message;
  return (
    <Group gap="sm" align="center">
      <Checkbox label={t('broadcast.message.control')} checked={control !== undefined} disabled={readOnly} onChange={(event) => { const { checked } = event.currentTarget; edit(({ control: _before, ...now }) => (checked ? { ...now, control: { weight: 1 } } : now)); }} />
      {control && <NumberInput aria-label={t('broadcast.message.controlWeight')} value={control.weight} min={1} max={1000} readOnly={readOnly} w={90} onChange={(value) => { const weight = asNumber(value); if (weight !== null && weight > 0) edit((now) => ({ ...now, control: { weight } }), 'control'); }} />}
    </Group>
  );
}

function SendFirst({ message, edit }: { message: BroadcastMessage; edit: Edit }) {
  const { t } = useTranslation();
  const { readOnly } = useDraft();
  const send = message.test?.send ?? null;
  const set = (part: Partial<NonNullable<typeof send>>, merge?: string) => { edit((now) => withSend(now, { share: 0.2, wait: { hours: 4 }, ...now.test?.send, ...part }), merge); };
  return (
    <Stack gap="xs">
      <Checkbox label={t('broadcast.message.first')} description={t('broadcast.message.firstHint')} checked={send !== null} disabled={readOnly} onChange={(event) => { const { checked } = event.currentTarget; edit((now) => withSend(now, checked ? { share: 0.2, wait: { hours: 4 } } : null)); }} />
      {send && (
        <Group gap="sm">
          <NumberInput label={t('broadcast.message.share')} suffix=" %" value={Math.round(send.share * 100)} min={1} max={99} readOnly={readOnly} w={140} onChange={(value) => { const percent = asNumber(value); if (percent !== null && percent >= 1 && percent <= 99) set({ share: percent / 100 }, 'share'); }} />
          <NumberInput label={t('broadcast.message.wait')} value={send.wait.hours ?? (send.wait.days ?? 0) * 24} min={1} max={720} readOnly={readOnly} w={140} onChange={(value) => { const hours = asNumber(value); if (hours !== null && hours >= 1) set({ wait: { hours } }, 'wait'); }} />
        </Group>
      )}
    </Stack>
  );
}
