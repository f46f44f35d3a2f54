import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { webhookGaps, type Webhook } from './content.ts';
import { EndpointField } from './endpoint-field.tsx';
import { HookPage } from './hook-page.tsx';
import { JsonField } from './json-field.tsx';
import { usePayload } from './use-payload.ts';

interface Given { content: Webhook; readOnly: boolean; onChange(content: Webhook, merge: string): void }

/** A webhook whole: where to, what happened, and the values that go with it. */
export default function WebhookMessage({ content, readOnly, onChange }: Given) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<string>();
  const isWhole = webhookGaps(content).length === 0;
  const preview = usePayload({ channel: 'webhook', content }, person, isWhole);
  const problem = preview.data?.problems.find(({ path }) => path.startsWith('data'));
  return (
    <HookPage preview={preview} isWhole={isWhole} chat={false} person={person} onPerson={setPerson}>
      <EndpointField chat={false} value={content.endpointId ?? ''} field="endpointId" readOnly={readOnly} onChange={(endpointId) => { onChange({ ...content, endpointId }, 'endpointId'); }} />
      <TextInput size="sm" label={t('hooks.event')} description={t('hooks.eventHint')} value={content.event ?? 'campaign.message'} maxLength={100} readOnly={readOnly} error={!isWhole && t('hooks.badEvent')} onChange={(event) => { onChange({ ...content, event: event.currentTarget.value }, 'event'); }} />
      <JsonField value={content.data} field="data" readOnly={readOnly} error={problem?.message} onChange={(data) => { onChange({ ...content, data }, 'data'); }} />
      <Text size="xs" c="dimmed">{t('hooks.valueHint')}</Text>
      <Text size="xs" c="dimmed">{t('hooks.signed')}</Text>
    </HookPage>
  );
}
