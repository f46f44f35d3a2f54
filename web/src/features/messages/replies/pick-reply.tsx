import { Badge, Button, Card, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useList } from '../../../lib/lists.ts';
import { TextLink } from '../../../ui/links.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useLanguageName } from '../languages.ts';
import { textIn } from './reply-text.ts';

const SHOWN = 20;

/** Puts a saved reply into a message; shown in the language that is being written. @param onPick gets its texts by language */
export function PickReply({ language, onPick }: { language: string; onPick(texts: Record<string, string>): void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const close = () => { setOpen(false); };
  return (
    <>
      <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} onClick={() => { setOpen(true); }}>{t('replies.insert')}</Button>
      <Modal opened={isOpen} onClose={close} title={t('replies.insert')} size="lg" closeButtonProps={{ 'aria-label': t('confirm.close') }}>{isOpen && <Replies language={language} onPick={(texts) => { onPick(texts); close(); }} />}</Modal>
    </>
  );
}

function Replies({ language, onPick }: { language: string; onPick(texts: Record<string, string>): void }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.normalize('NFC').trim(), 250);
  const list = useList(['saved-replies', q], (after) => answer(api.GET('/v1/saved-replies', { params: { query: { limit: SHOWN, ...(after ? { after } : {}), ...(q ? { q } : {}) } } })));
  return (
    <Stack gap="sm">
      <TextInput data-autofocus type="search" label={t('replies.search')} value={typed} maxLength={200} onChange={(event) => { setTyped(event.currentTarget.value); }} />
      <Text size="sm" c="dimmed">{t('replies.copied')}</Text>
      {list.query.isPending ? <Loading rows={3} /> : list.query.isError ? <ErrorPanel error={list.query.error} /> : list.items.length === 0 && <EmptyState title={t(q === '' ? 'replies.empty' : 'replies.noMatch')} hint={t(q === '' ? 'replies.emptyHint' : 'replies.noMatchHint')} action={<TextLink to="/messages/replies" underline="always">{t('replies.title')}</TextLink>} />}
      {list.items.map(({ id, name, texts }) => {
        const { language: found, text } = textIn(texts, language);
        const isOther = found.split('-', 1)[0] !== language.split('-', 1)[0];
        return (
          <Card key={id} withBorder padding="sm" component="article" aria-label={name}>
            <Group justify="space-between" align="flex-start" wrap="nowrap">
              <Stack gap={2} miw={0}>
                <Group gap={6}><Text size="sm" fw={600}>{name}</Text>{isOther && <Badge variant="light" color="orange" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{t('replies.onlyIn', { language: nameOf(found) })}</Badge>}</Group>
                <Text size="sm" c="dimmed" lineClamp={3} lang={found} style={{ whiteSpace: 'pre-line' }}>{text}</Text>
              </Stack>
              <Button size="xs" style={{ flexShrink: 0 }} aria-label={t('replies.putOf', { name })} onClick={() => { onPick(texts); }}>{t('replies.put')}</Button>
            </Group>
          </Card>
        );
      })}
      {list.more && <Button variant="default" size="sm" loading={list.more.busy} onClick={() => { list.more?.load(); }}>{t('state.more')}</Button>}
    </Stack>
  );
}
