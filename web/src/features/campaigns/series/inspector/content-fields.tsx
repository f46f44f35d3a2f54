import { Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../../../../ui/links.tsx';
import { EndpointField } from '../../../messages/hooks/endpoint-field.tsx';
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
    case 'webhook': return <WebhookFields {...fields} page={page} />;
    case 'chat': return <ChatFields {...fields} page={page} />;
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

/** Where it goes and what happened; the values are on a page of its own, beside what is sent. */
function WebhookFields({ page, ...fields }: Fields & { page: Page }) {
  const { t } = useTranslation();
  const { content, field, onChange } = fields;
  return (
    <>
      <EndpointField chat={false} value={textOf(content, 'endpointId')} field={`${field}.endpointId`} onChange={(endpointId) => { onChange({ ...content, endpointId }, 'endpointId'); }} />
      <Line {...fields} name="event" label={t('hooks.event')} hint={t('hooks.eventHint')} longest={100} />
      <div data-field={`${field}.data`}><PageLink page={page} label={t('hooks.writeWebhook')} /></div>
    </>
  );
}

/** Where it goes and its words; colour, details, links and the member are on a page of its own, beside what is sent. */
function ChatFields({ page, ...fields }: Fields & { page: Page }) {
  const { t } = useTranslation();
  const { content, field, onChange } = fields;
  return (
    <>
      <EndpointField chat value={textOf(content, 'endpointId')} field={`${field}.endpointId`} onChange={(endpointId) => { onChange({ ...content, endpointId }, 'endpointId'); }} />
      <Line {...fields} name="title" label={t('hooks.title')} longest={500} />
      <Line {...fields} name="text" label={t('hooks.text')} longest={3_000} area />
      {['details', 'links', 'color', 'memberEmail'].reduce((inside, name) => <div data-field={`${field}.${name}`}>{inside}</div>, <PageLink page={page} label={t('hooks.write')} />)}
    </>
  );
}
