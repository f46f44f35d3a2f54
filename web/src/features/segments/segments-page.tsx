import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import type { Column } from '../../ui/data-table.tsx';
import { IconPlus } from '../../ui/icons.ts';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';

/** Every segment in its own words, with how many people are in it. */
export function SegmentsPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const list = useList(['segments'], (after) => answer(api.GET('/v1/segments', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  const columns: Column<Api<'Segment'>>[] = [
    { key: 'name', label: t('segments.name'), cell: ({ id, name, description }) => <><TextLink to="/segments/$id" params={{ id }} fw={600} size="sm">{name}</TextLink>{description && <Text size="xs" c="dimmed">{description}</Text>}</> },
    { key: 'means', label: t('segments.means'), cell: ({ sentence }) => <Text size="sm">{i18n.language === 'ko' ? sentence.ko : sentence.en}</Text> },
    { key: 'members', label: t('segments.members'), numeric: true, cell: ({ memberCount, state }) => (state === 'live' ? format.number(memberCount) : <Text size="sm" c="dimmed">{t(`segments.state.${state}`)}</Text>) },
  ];
  const create = canEdit && <ButtonLink to="/segments/new" leftSection={<IconPlus size={16} aria-hidden />}>{t('segments.new')}</ButtonLink>;
  return (
    <Page title={t('segments.title')} actions={create}>
      <Listing caption={t('segments.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('segments.empty'), hint: t('segments.emptyHint') }} />
    </Page>
  );
}
