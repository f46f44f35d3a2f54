import { Code, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { IconPlus } from '../../../ui/icons.ts';
import { ButtonLink, TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { Page } from '../../../ui/page.tsx';
import { Places } from '../places.tsx';

/** Pieces that messages share. */
export function SnippetsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const list = useList(['snippets'], (after) => answer(api.GET('/v1/snippets', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  const create = canEdit && <ButtonLink to="/messages/snippets/new" leftSection={<IconPlus size={16} aria-hidden />}>{t('messages.snippets.new')}</ButtonLink>;
  const columns: Column<Api<'Snippet'>>[] = [
    { key: 'name', label: t('messages.snippets.name'), cell: ({ key, name }) => <TextLink fw={600} size="sm" to="/messages/snippets/$key" params={{ key }}>{name}</TextLink> },
    { key: 'key', label: t('messages.snippets.key'), cell: ({ key }) => <Code>{`{{> ${key}}}`}</Code> },
    { key: 'content', label: t('messages.snippets.content'), cell: ({ content }) => <Text size="sm" lineClamp={2} maw={420}>{content}</Text> },
    { key: 'languages', label: t('messages.inLanguages'), cell: ({ language, translations }) => [language, ...Object.keys(translations)].join(', ') },
    { key: 'changed', label: t('messages.snippets.changed'), cell: ({ updatedAt }) => <Text size="sm" c="dimmed">{format.ago(updatedAt)}</Text> },
  ];
  return (
    <Page title={t('messages.snippets.title')} note={t('messages.snippets.what', { mention: '{{> key}}' })} actions={create}>
      <Places />
      <Listing caption={t('messages.snippets.title')} list={list} columns={columns} keyOf={({ key }) => key} empty={{ title: t('messages.snippets.empty'), hint: t('messages.snippets.emptyHint'), action: create }} />
    </Page>
  );
}
