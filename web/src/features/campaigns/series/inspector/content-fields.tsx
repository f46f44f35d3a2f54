import { Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../../lib/api.ts';
import { ButtonLink } from '../../../../ui/links.tsx';
import { useDraft } from '../../draft/draft-context.tsx';
import type { Channel } from '../model.js';

type Content = Record<string, unknown>;
interface Fields { content: object; field: string; onChange(content: object, field: string): void }
/** The page of an e-mail: of a step, or of what stands in for an in-app message. */
interface Page { stepId: string; variant?: string }

/** What a message says, in the fields of its channel. What they do not show is kept. */
export function ContentFields({ channel, page, ...fields }: Fields & { channel: Channel; page: Page }) {
  switch (channel) {
    case 'email': return <EmailFields {...fields} page={page} />;
    case 'in_app': return <InAppFields {...fields} page={page} />;
    case 'webhook': return <WebhookFields {...fields} />;
    case 'chat': return <ChatFields {...fields} />;
  }
}

const textOf = (content: object, key: string): string => { const value = (content as Content)[key]; return typeof value === 'string' ? value : ''; };

function Line({ content, field, onChange, name, label, area = false, longest, hint }: Fields & { name: string; label: string; area?: boolean; longest: number; hint?: string }) {
  const value = textOf(content, name);
  const props = { size: 'sm', label, value, maxLength: longest, 'data-field': `${field}.${name}`, ...(hint ? { description: hint } : {}), onChange: (event: { currentTarget: { value: string } }) => { onChange({ ...content, [name]: event.currentTarget.value }, name); } };
  return area ? <Textarea {...props} autosize minRows={3} maxRows={14} /> : <TextInput {...props} />;
}

/** The lines of an inbox; the e-mail itself is written on a page of its own. */
function EmailFields({ page, ...fields }: Fields & { page: Page }) {
  const { t } = useTranslation();
  return (
    <>
      <Line {...fields} name="subject" label={t('series.fields.subject')} longest={500} />
      <Line {...fields} name="preheader" label={t('series.fields.preheader')} longest={300} />
      <div data-field={`${fields.field}.body`}><div data-field={`${fields.field}.blocks`}><PageLink page={page} label={t('series.message.edit')} /></div></div>
    </>
  );
}

/** To the page on which the whole message is written. */
function PageLink({ page, label }: { page: Page; label: string }) {
  const { campaign } = useDraft();
  return <ButtonLink variant="default" size="sm" fullWidth to="/campaigns/$id/messages/$stepId" params={{ id: campaign.id, stepId: page.stepId }} search={page.variant === undefined ? {} : { variant: page.variant }}>{label}</ButtonLink>;
}

/** The words; pictures, buttons, surveys, colours and languages are on a page of its own. */
function InAppFields({ page, ...fields }: Fields & { page: Page }) {
  const { t } = useTranslation();
  return (
    <>
      <Line {...fields} name="title" label={t('series.fields.title')} longest={200} />
      <Line {...fields} name="body" label={t('series.fields.body')} longest={10_000} area />
      <PageLink page={page} label={t('series.message.editInApp')} />
    </>
  );
}

function Endpoint({ content, field, onChange, chat }: Fields & { chat: boolean }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['endpoint-choices'], queryFn: () => answer(api.GET('/v1/webhook-endpoints', { params: { query: { limit: 200 } } })), staleTime: 60_000, retry: false });
  const items = (found.data?.items ?? []).filter(({ kind }) => (kind !== 'standard') === chat);
  const value = textOf(content, 'endpointId');
  return (
    <Stack gap={2}>
      <Select size="sm" label={t('series.fields.endpointId')} value={value === '' ? null : value} data={items.map(({ id, name, kind }) => ({ value: id, label: chat ? `${name} (${kind})` : name }))} searchable error={value === ''} nothingFoundMessage={t('segments.build.nothing')} data-field={`${field}.endpointId`} onChange={(endpointId) => { onChange({ ...content, endpointId: endpointId ?? '' }, 'endpointId'); }} />
      {found.isSuccess && items.length === 0 && <Text size="xs" c="dimmed">{t(chat ? 'series.message.noChat' : 'series.message.noEndpoint')}</Text>}
      {found.isError && <Text size="xs" c="dimmed">{t('series.message.endpointsHidden')}</Text>}
    </Stack>
  );
}

function WebhookFields(fields: Fields) {
  const { t } = useTranslation();
  return (
    <>
      <Endpoint {...fields} chat={false} />
      <Line {...fields} name="event" label={t('series.fields.event')} hint={t('series.message.eventHint')} longest={100} />
      <DataField {...fields} />
    </>
  );
}

/** JSON as it is typed; saved whenever it is an object. */
function DataField({ content, field, onChange }: Fields) {
  const { t } = useTranslation();
  const saved = JSON.stringify((content as Content).data ?? {}, null, 2);
  const [text, setText] = useState(saved);
  const [seen, setSeen] = useState(saved);
  if (saved !== seen) {
    setSeen(saved);
    if (JSON.stringify(objectOf(text)) !== JSON.stringify((content as Content).data ?? {})) setText(saved);
  }
  const change = (next: string) => {
    setText(next);
    const data = objectOf(next);
    if (data) onChange({ ...content, data }, 'data');
  };
  return <Textarea size="sm" label={t('series.fields.data')} description={t('series.message.dataHint')} value={text} autosize minRows={3} maxRows={14} maxLength={100_000} styles={{ input: { fontFamily: 'monospace' } }} error={objectOf(text) === null && t('series.message.badJson')} data-field={`${field}.data`} onChange={(event) => { change(event.currentTarget.value); }} />;
}

function objectOf(text: string): object | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function ChatFields(fields: Fields) {
  const { t } = useTranslation();
  return (
    <>
      <Endpoint {...fields} chat />
      <Line {...fields} name="title" label={t('series.fields.title')} longest={500} />
      <Line {...fields} name="text" label={t('series.fields.text')} longest={3_000} area />
    </>
  );
}
