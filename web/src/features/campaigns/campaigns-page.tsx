import { Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { STATES, TYPES, type CampaignFilter } from './campaign-search.ts';
import { CampaignState } from './campaign-state.tsx';

const route = getRouteApi('/campaigns/');

/** Every campaign; search and filters are in the address, so that a view can be shared. */
export function CampaignsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: CampaignFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const list = useList(['campaigns', filter], (after) => answer(api.GET('/v1/campaigns', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(filter.q ? { q: filter.q } : {}), ...(filter.state ? { state: filter.state } : {}), ...(filter.type ? { type: filter.type } : {}) } } })));
  const isFiltered = Boolean(filter.q ?? filter.state ?? filter.type);
  const columns: Column<Api<'CampaignSummary'>>[] = [
    { key: 'name', label: t('campaigns.name'), cell: ({ id, name, type }) => <><TextLink to="/campaigns/$id" params={{ id }} fw={600}>{name}</TextLink><Text size="xs" c="dimmed">{t(`campaigns.types.${type}`)}</Text></> },
    { key: 'state', label: t('campaigns.state'), cell: ({ state }) => <CampaignState state={state} /> },
    { key: 'version', label: t('campaigns.version'), numeric: true, cell: ({ currentVersion }) => currentVersion?.number ?? t('state.none') },
    { key: 'published', label: t('campaigns.published'), cell: ({ currentVersion }) => (currentVersion ? format.instant(currentVersion.publishedAt) : t('state.none')) },
  ];
  return (
    <Page title={t('campaigns.title')}>
      <Group gap="sm" component="search">
        <SearchField label={t('campaigns.search')} value={filter.q ?? ''} onChange={(q) => { set({ q: q || undefined }); }} />
        <Select aria-label={t('campaigns.state')} placeholder={t('campaigns.state')} clearable value={filter.state ?? null} data={STATES.map((value) => ({ value, label: t(`campaigns.states.${value}`) }))} onChange={(state) => { set({ state: (state as CampaignFilter['state'] | null) ?? undefined }); }} w={160} />
        <Select aria-label={t('campaigns.type')} placeholder={t('campaigns.type')} clearable value={filter.type ?? null} data={TYPES.map((value) => ({ value, label: t(`campaigns.types.${value}`) }))} onChange={(type) => { set({ type: (type as CampaignFilter['type'] | null) ?? undefined }); }} w={180} />
      </Group>
      <Listing caption={t('campaigns.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('campaigns.empty'), hint: t('campaigns.emptyHint') }} noMatch={isFiltered ? { title: t('campaigns.noMatch'), hint: t('campaigns.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
