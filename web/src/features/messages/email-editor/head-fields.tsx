import { Alert, Button, Collapse, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { isOwn, textsIn, withTexts, type EmailContent, type EmailTexts } from './content.ts';
import { useFindings, useSaid } from './findings.ts';
import { TagInput } from './tag-input.tsx';

interface Fields { content: EmailContent; language: string | undefined; onChange(content: EmailContent, merge?: string): void; readOnly: boolean }

/** What stands around the body: subject and preview line; sender and answers when wanted. */
export function HeadFields({ content, language, onChange, readOnly }: Fields) {
  const { t } = useTranslation();
  const texts = textsIn(content, language);
  const [open, setOpen] = useState(Boolean(content.fromName ?? content.fromAddress ?? content.replyTo));
  const subject = useSaidOf('subject');
  const preheader = useSaidOf('preheader');
  const set = (change: Partial<EmailTexts>) => { onChange(withTexts(content, language, change), `${Object.keys(change).join(' ')} ${language ?? ''}`); };
  return (
    <Stack gap="sm">
      <TagInput label={t('messages.email.subject')} value={texts.subject} maxLength={500} error={subject} readOnly={readOnly} onChange={(value) => { set({ subject: oneLine(value) }); }} />
      <TagInput label={t('messages.email.preheader')} description={t('messages.email.preheaderHint')} value={texts.preheader} maxLength={300} error={preheader} readOnly={readOnly} onChange={(value) => { set({ preheader: oneLine(value) }); }} />
      <Group><Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => { setOpen(!open); }}>{t('messages.email.more')}</Button></Group>
      <Collapse expanded={open} keepMounted={false}><Sender content={content} language={language} onChange={onChange} readOnly={readOnly} /></Collapse>
    </Stack>
  );
}

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');

/** Errors in red, where they belong; remarks stand in the list of checks. */
function useSaidOf(field: string): string | undefined {
  const said = useSaid();
  return useFindings(field).filter(({ severity }) => severity === 'error').map(said).join(' ') || undefined;
}

function Sender({ content, language, onChange, readOnly }: Fields) {
  const { t } = useTranslation();
  const texts = textsIn(content, language);
  const layouts = useQuery({ queryKey: ['layouts'], queryFn: () => answer(api.GET('/v1/messages/layouts')), staleTime: Infinity });
  const fromName = useSaidOf('fromName');
  const layout = useSaidOf('layout');
  const names = [...new Set([content.layout, ...(layouts.data?.items.map(({ key }) => key) ?? [])])];
  const optional = (key: 'fromAddress' | 'replyTo', value: string) => {
    const { [key]: _before, ...rest } = content;
    onChange(value === '' ? rest : { ...rest, [key]: value });
  };
  return (
    <Stack gap="sm">
      <TagInput label={t('messages.email.fromName')} value={texts.fromName ?? ''} maxLength={100} error={fromName} readOnly={readOnly} onChange={(value) => { const { fromName: _before, ...rest } = texts; onChange(value === '' ? without(content, language, rest) : withTexts(content, language, { fromName: value })); }} />
      {isOwn(content, language) ? (
        <>
          <TextInput type="email" label={t('messages.email.fromAddress')} description={t('messages.email.fromAddressHint')} value={content.fromAddress ?? ''} maxLength={254} readOnly={readOnly} onChange={(event) => { optional('fromAddress', event.currentTarget.value.trim()); }} />
          <TextInput type="email" label={t('messages.email.replyTo')} value={content.replyTo ?? ''} maxLength={254} readOnly={readOnly} onChange={(event) => { optional('replyTo', event.currentTarget.value.trim()); }} />
          <Select label={t('messages.email.layout')} data={names.map((value) => ({ value, label: value === 'plain' || value === 'announcement' ? t(`messages.email.layouts.${value}`) : value }))} value={content.layout} error={layout} allowDeselect={false} readOnly={readOnly} onChange={(value) => { onChange({ ...content, layout: value ?? 'plain' }); }} />
        </>
      ) : <Alert variant="light" color="gray">{t('messages.email.sameSender')}</Alert>}
    </Stack>
  );
}

/** The same without the name of a sender in this language. */
function without(content: EmailContent, language: string | undefined, texts: EmailTexts): EmailContent {
  if (isOwn(content, language)) return texts as EmailContent;
  return { ...content, translations: { ...content.translations, [language!]: texts } };
}
