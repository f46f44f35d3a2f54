import { Badge, Button, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { ConfirmDialog } from '../../../ui/confirm.tsx';
import type { Column } from '../../../ui/data-table.tsx';
import { IconPlus } from '../../../ui/icons.ts';
import { Listing } from '../../../ui/listing.tsx';
import { Page } from '../../../ui/page.tsx';
import { Dialog } from '../../settings/kit/parts.tsx';
import { useLanguageName } from '../languages.ts';
import { Places } from '../places.tsx';
import { ReplyForm } from './reply-form.tsx';

type Reply = Api<'SavedReply'>;

/** Answers that teammates keep, to be put into messages. */
export function RepliesPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const nameOf = useLanguageName();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.normalize('NFC').trim(), 250);
  const [open, setOpen] = useState<Reply | 'new' | null>(null);
  const [gone, setGone] = useState<Reply | null>(null);
  const list = useList(['saved-replies', q], (after) => answer(api.GET('/v1/saved-replies', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(q ? { q } : {}) } } })));
  const create = canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpen('new'); }}>{t('replies.new')}</Button>;
  const remove = async (id: string) => { await api.DELETE('/v1/saved-replies/{id}', { params: { path: { id } } }); await queries.invalidateQueries({ queryKey: ['saved-replies'] }); };
  const close = () => { setOpen(null); };
  const columns: Column<Reply>[] = [
    { key: 'name', label: t('replies.name'), cell: ({ name }) => <Text size="sm" fw={600}>{name}</Text> },
    { key: 'text', label: t('replies.text'), cell: ({ texts }) => <Text size="sm" lineClamp={2} maw={460}>{texts[i18n.language] ?? Object.values(texts)[0]}</Text> },
    { key: 'languages', label: t('messages.inLanguages'), cell: ({ texts }) => <Group gap={4}>{Object.keys(texts).map((language) => <Badge key={language} variant="light" color="gray" styles={{ label: { color: 'var(--mantine-color-text)' } }}>{nameOf(language)}</Badge>)}</Group> },
    { key: 'changed', label: t('replies.changed'), cell: ({ updatedAt }) => <Text size="sm" c="dimmed">{format.ago(updatedAt)}</Text> },
    ...(canEdit ? [{ key: 'actions', label: t('replies.actions'), cell: (reply: Reply) => (
      <Group gap={6} wrap="nowrap">
        <Button size="xs" variant="default" aria-label={`${t('replies.edit')}: ${reply.name}`} onClick={() => { setOpen(reply); }}>{t('replies.edit')}</Button>
        <Button size="xs" variant="default" aria-label={`${t('replies.delete')}: ${reply.name}`} onClick={() => { setGone(reply); }}>{t('replies.delete')}</Button>
      </Group>
    ) }] : []),
  ];
  return (
    <Page title={t('replies.title')} note={t('replies.note')} actions={create}>
      <Places />
      <TextInput type="search" maw={360} label={t('replies.search')} value={typed} maxLength={200} onChange={(event) => { setTyped(event.currentTarget.value); }} />
      <Listing caption={t('replies.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('replies.empty'), hint: t('replies.emptyHint'), action: create }} noMatch={q === '' ? undefined : { title: t('replies.noMatch'), hint: t('replies.noMatchHint') }} onClear={() => { setTyped(''); }} />
      <Dialog opened={open !== null} onClose={close} size="lg" title={open === 'new' ? t('replies.new') : t('replies.editOf', { name: open?.name ?? '' })}>{open && <ReplyForm reply={open === 'new' ? null : open} onDone={close} />}</Dialog>
      {gone && <ConfirmDialog title={t('replies.deleteTitle', { name: gone.name })} action={t('replies.delete')} typed={null} onConfirm={() => remove(gone.id)} onClose={() => { setGone(null); }}>{t('replies.deleteText')}</ConfirmDialog>}
    </Page>
  );
}
