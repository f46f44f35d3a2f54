import { Checkbox, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { SORTS, STATES, TYPES, type CampaignFilter, type Sort } from './campaign-search.ts';
import { CampaignState } from './campaign-state.tsx';
import { Gallery, NewCampaignLink } from './recipes/gallery.tsx';

const route = getRouteApi('/campaigns/');
type Campaign = Api<'CampaignSummary'>;

/** Every campaign with what it does now; search, filters and order are in the address, so that a view can be shared. Before the first one: what to begin with. */
export function CampaignsPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const set = (change: CampaignFilter) => { void navigate({ search: { ...filter, ...change }, replace: true }); setPicked(new Set()); };
  const list = useList(['campaigns', filter], (after) => answer(api.GET('/v1/campaigns', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(filter.q ? { q: filter.q } : {}), ...(filter.state ? { state: filter.state } : {}), ...(filter.type ? { type: filter.type } : {}), ...(filter.sort ? { sort: filter.sort } : {}) } } })));
  const columns = useColumns(list.items, picked, setPicked);
  const isFiltered = Boolean(filter.q ?? filter.state ?? filter.type);
  const isEmpty = list.query.isSuccess && list.items.length === 0 && !isFiltered;
  return (
    <Page title={t('campaigns.title')} actions={isEmpty ? undefined : <NewCampaignLink />}>
      {!isEmpty && (
        <Group gap="sm" component="search">
          <SearchField label={t('campaigns.search')} value={filter.q ?? ''} onChange={(q) => { set({ q: q || undefined }); }} />
          <Select aria-label={t('campaigns.state')} placeholder={t('campaigns.state')} clearable value={filter.state ?? null} data={STATES.map((value) => ({ value, label: t(`campaigns.states.${value}`) }))} onChange={(state) => { set({ state: (state as CampaignFilter['state'] | null) ?? undefined }); }} w={160} />
          <Select aria-label={t('campaigns.type')} placeholder={t('campaigns.type')} clearable value={filter.type ?? null} data={TYPES.map((value) => ({ value, label: t(`campaigns.types.${value}`) }))} onChange={(type) => { set({ type: (type as CampaignFilter['type'] | null) ?? undefined }); }} w={180} />
          <Select aria-label={t('campaigns.sort')} allowDeselect={false} value={filter.sort ?? 'created'} data={SORTS.map((value) => ({ value, label: t(`campaigns.sorts.${value}`) }))} onChange={(sort) => { set({ sort: sort === 'created' ? undefined : (sort as Sort) }); }} w={180} />
        </Group>
      )}
      <BulkBar campaigns={list.items.filter(({ id }) => picked.has(id))} onClear={() => { setPicked(new Set()); }} />
      {isEmpty ? <><Text c="dimmed">{t('campaigns.emptyHint')}</Text><Gallery /></> : <Listing caption={t('campaigns.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('campaigns.empty'), hint: t('campaigns.emptyHint') }} noMatch={isFiltered ? { title: t('campaigns.noMatch'), hint: t('campaigns.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />}
    </Page>
  );
}

/** What is known of each campaign; its numbers come a moment later and each leads to the people behind it. */
function useColumns(campaigns: Campaign[], picked: ReadonlySet<string>, onPick: (picked: ReadonlySet<string>) => void): Column<Campaign>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const ids = campaigns.filter(({ currentVersion }) => currentVersion !== null).slice(-200).map(({ id }) => id);
  const totals = useQuery({ queryKey: ['campaign-totals', ids], enabled: ids.length > 0, staleTime: 5_000, refetchInterval: 15_000, placeholderData: (before) => before, queryFn: () => answer(api.GET('/v1/campaign-totals', { params: { query: { ids: ids.join(',') } } })) });
  const of = new Map(totals.data?.items.map((item) => [item.campaignId, item]));
  const toggle = (id: string) => { const next = new Set(picked); if (!next.delete(id)) next.add(id); onPick(next); };
  const none = t('state.none');
  return [
    ...(canEdit ? [{ key: 'pick', label: t('campaigns.pickHead'), cell: ({ id, name }: Campaign) => <Checkbox aria-label={t('campaigns.pick', { name })} checked={picked.has(id)} onChange={() => { toggle(id); }} /> }] : []),
    { key: 'name', label: t('campaigns.name'), cell: ({ id, name, type }) => <><TextLink to="/campaigns/$id" params={{ id }} fw={600}>{name}</TextLink><Text size="xs" c="dimmed">{t(`campaigns.types.${type}`)}</Text></> },
    { key: 'state', label: t('campaigns.state'), cell: ({ state }) => <CampaignState state={state} /> },
    { key: 'inSeries', label: t('campaigns.inSeries'), numeric: true, cell: ({ id }) => { const found = of.get(id); return found ? <TextLink to="/campaigns/$id/people" params={{ id }} search={{ state: 'active' }} underline="always">{format.number(found.inSeries)}</TextLink> : none; } },
    { key: 'sent', label: t('campaigns.sent'), numeric: true, cell: ({ id }) => { const found = of.get(id); return found ? <TextLink to="/campaigns/$id/results" params={{ id }} underline="always">{format.number(found.sent)}</TextLink> : none; } },
    { key: 'goal', label: t('campaigns.goal'), numeric: true, cell: ({ id }) => { const goal = of.get(id)?.goal; return goal ? <>{format.percent(goal.converted, goal.people)}<Text size="xs" c="dimmed">{goal.name} · {t('campaigns.goalOf', { converted: format.number(goal.converted), people: format.number(goal.people) })}</Text></> : none; } },
    { key: 'updated', label: t('campaigns.updated'), cell: ({ updatedAt }) => format.ago(updatedAt) },
  ];
}
