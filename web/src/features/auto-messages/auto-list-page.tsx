import { Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
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
import { SearchField } from '../../ui/search-field.tsx';
import { CampaignState } from '../campaigns/campaign-state.tsx';
import { STATES, type AutoFilter } from './auto-search.ts';
import { SnippetState } from './snippet.tsx';
import { useTriggerWords } from './trigger-words.ts';

const route = getRouteApi('/auto-messages/');
type Item = Api<'AutoMessageList'>['items'][number];
const PAGES_SHOWN = 2;

/** Every auto message: where and when it is displayed, and how often it was. */
export function AutoListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const say = useTriggerWords();
  const canEdit = mayEdit(useMe());
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: AutoFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const list = useList(['auto-messages', filter], (after) => answer(api.GET('/v1/auto-messages', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(filter.q ? { q: filter.q } : {}), ...(filter.state ? { state: filter.state } : {}) } } })));
  const where = ({ pages }: Item) => (pages.length === 0 ? t('autoMessages.where.every') : pages.slice(0, PAGES_SHOWN).join(', ') + (pages.length > PAGES_SHOWN ? ` ${t('autoMessages.list.more', { count: pages.length - PAGES_SHOWN })}` : ''));
  const columns: Column<Item>[] = [
    { key: 'name', label: t('autoMessages.name'), cell: ({ id, name, format: kind }) => <><TextLink to="/auto-messages/$id" params={{ id }} fw={600}>{name}</TextLink>{kind && <Text size="xs" c="dimmed">{t(`inApp.formats.${kind as 'chat'}`)}</Text>}</> },
    { key: 'state', label: t('campaigns.state'), cell: ({ state }) => <CampaignState state={state} /> },
    { key: 'where', label: t('autoMessages.list.where'), cell: (item) => <><Text size="sm">{where(item)}</Text>{item.trigger && <Text size="xs" c="dimmed">{say(item.trigger)}</Text>}</> },
    { key: 'shown', label: t('autoMessages.list.shown'), numeric: true, cell: ({ id, shown }) => <TextLink to="/auto-messages/$id/results" params={{ id }}>{format.number(shown)}</TextLink> },
    { key: 'clicked', label: t('autoMessages.list.clicked'), numeric: true, cell: ({ shown, clicked }) => <>{format.number(clicked)} {shown > 0 && <Text span size="xs" c="dimmed">{format.percent(clicked, shown)}</Text>}</> },
  ];
  const create = canEdit && <ButtonLink to="/auto-messages/new" leftSection={<IconPlus size={16} aria-hidden />}>{t('autoMessages.new.action')}</ButtonLink>;
  return (
    <Page title={t('autoMessages.title')} actions={create}>
      <SnippetState />
      <Group gap="sm" component="search">
        <SearchField label={t('campaigns.search')} value={filter.q ?? ''} onChange={(q) => { set({ q: q || undefined }); }} />
        <Select aria-label={t('campaigns.state')} placeholder={t('campaigns.state')} clearable value={filter.state ?? null} data={STATES.map((value) => ({ value, label: t(`campaigns.states.${value}`) }))} onChange={(state) => { set({ state: (state as AutoFilter['state'] | null) ?? undefined }); }} w={160} />
      </Group>
      <Listing caption={t('autoMessages.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('autoMessages.list.empty'), hint: t('autoMessages.list.emptyHint'), action: create }} noMatch={filter.q ?? filter.state ? { title: t('autoMessages.list.noMatch'), hint: t('campaigns.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
