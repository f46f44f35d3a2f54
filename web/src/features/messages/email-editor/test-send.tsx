import { Alert, Anchor, Button, Checkbox, Group, List, Modal, Stack, TagsInput, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { useMe } from '../../../lib/me.ts';
import { IconSend } from '../../../ui/icons.ts';
import { useLanguageName } from '../languages.ts';
import { languagesOf, type EmailContent } from './content.ts';
import type { Reader } from './use-preview.ts';

/** A message of one step: which variant it is, and what it says. */
export interface Variant { key: string; name: string; content: EmailContent }
interface Line { id: string; label: string; content: EmailContent; language: string | undefined }
interface Sent { line: Line; items: Api<'TestSendAnswer'>['items'] }

/** Sends tests: to me, of every variant in every language, unless something is ticked off. Two clicks. */
export function TestSend({ variants, reader }: { variants: readonly Variant[]; reader: Reader }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  useHotkeys([['t', () => { setOpened(true); }]]);
  return (
    <>
      <Button variant="default" size="sm" aria-keyshortcuts="T" leftSection={<IconSend size={16} aria-hidden />} onClick={() => { setOpened(true); }}>{t('messages.test.open')}</Button>
      <Modal opened={opened} onClose={() => { setOpened(false); }} title={t('messages.test.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {opened && <Form variants={variants} reader={reader} />}
      </Modal>
    </>
  );
}

function Form({ variants, reader }: { variants: readonly Variant[]; reader: Reader }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const me = useMe();
  const mine = me?.kind === 'user' ? [me.user.email] : [];
  const lines = variants.flatMap(({ key, name, content }): Line[] => {
    const written = languagesOf(content);
    const label = (language?: string) => [variants.length > 1 ? name || key : '', language ? nameOf(language) : ''].filter(Boolean).join(' · ') || t('messages.test.this');
    return written.length === 0 ? [{ id: key, label: label(), content, language: reader.language }] : written.map((language) => ({ id: `${key} ${language}`, label: label(language), content, language }));
  });
  const [to, setTo] = useState<string[] | null>(null);
  const [off, setOff] = useState<string[]>([]);
  const wanted = lines.filter(({ id }) => !off.includes(id));
  const addresses = to ?? mine;
  const send = useMutation({
    mutationFn: async () => {
      const sent: Sent[] = [];
      for (const line of wanted) {
        const { items } = await answer(api.POST('/v1/messages/test-send', { body: { content: line.content, to: addresses, ...(reader.person ? { personId: reader.person } : {}), ...(line.language ? { language: line.language } : {}), ...(reader.topic ? { topic: reader.topic } : {}) } }));
        sent.push({ line, items });
      }
      return sent;
    },
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (addresses.length > 0 && wanted.length > 0) send.mutate(); }}>
      <Stack>
        <TagsInput label={t('messages.test.to')} description={t('messages.test.toHint')} value={addresses} onChange={setTo} maxTags={10} acceptValueOnBlur splitChars={[',', ' ', ';']} />
        <Checkbox.Group label={t('messages.test.what')} value={wanted.map(({ id }) => id)} onChange={(ids) => { setOff(lines.map(({ id }) => id).filter((id) => !ids.includes(id))); }}>
          <Stack gap={6} mt={6}>{lines.map(({ id, label }) => <Checkbox key={id} value={id} label={label} />)}</Stack>
        </Checkbox.Group>
        {send.isError && <Alert color="red" role="alert" title={t('messages.test.failed')}>{send.error instanceof ApiProblem ? send.error.message : t('state.failed')}</Alert>}
        {send.data && <Outcome sent={send.data} />}
        <Group justify="flex-end"><Button type="submit" loading={send.isPending} disabled={addresses.length === 0 || wanted.length === 0}>{t('messages.test.send', { count: wanted.length * addresses.length })}</Button></Group>
      </Stack>
    </form>
  );
}

function Outcome({ sent }: { sent: readonly Sent[] }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      <List size="sm" spacing={4}>
        {sent.flatMap(({ line, items }) => items.map(({ address, verdict, answer: words }) => <List.Item key={`${line.id} ${address}`}>{line.label} → {address}: {t(`messages.test.verdicts.${verdict}`)}{verdict === 'accepted' ? '' : ` (${words})`}</List.Item>))}
      </List>
      <Text size="sm" mt="xs"><Anchor href="/mailbox">{t('messages.test.mailbox')}</Anchor></Text>
    </div>
  );
}
