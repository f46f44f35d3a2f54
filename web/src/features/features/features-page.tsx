import { Badge, Button, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import type { Column } from '../../ui/data-table.tsx';
import { IconPlus } from '../../ui/icons.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { FeatureDialog } from './feature-form.tsx';

const route = getRouteApi('/features/');
export type Feature = Api<'Feature'>;

/** What people ask for, with how many were told and use it. */
export function FeaturesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const [opened, setOpened] = useState(false);
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (next: string) => { void navigate({ search: { q: next || undefined }, replace: true }); };
  const list = useList(['features', q], (after) => answer(api.GET('/v1/features', { params: { query: { limit: 50, ...(q ? { q } : {}), ...(after ? { after } : {}) } } })));
  const columns: Column<Feature>[] = [
    { key: 'name', label: t('features.name'), cell: ({ key, name, description }) => <><TextLink to="/features/$key" params={{ key }} fw={600} size="sm">{name}</TextLink>{description && <Text size="xs" c="dimmed" lineClamp={1}>{description}</Text>}</> },
    { key: 'state', label: t('features.state.label'), cell: ({ state }) => <FeatureState state={state} /> },
    { key: 'owner', label: t('features.owner'), cell: ({ owner }) => owner?.name ?? <Text span size="sm" c="dimmed">{t('features.nobody')}</Text> },
    { key: 'asked', label: t('features.asked'), numeric: true, cell: ({ counts }) => format.number(counts.asked) },
    { key: 'told', label: t('features.told'), numeric: true, cell: ({ counts }) => format.number(counts.told) },
    { key: 'used', label: t('features.used'), numeric: true, cell: ({ counts }) => (counts.used === null ? <Text span size="sm" c="dimmed">{t('features.unknown')}</Text> : format.number(counts.used)) },
  ];
  const create = canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpened(true); }}>{t('features.new')}</Button>;
  return (
    <Page title={t('features.title')} note={t('features.hint')} actions={create}>
      <search><SearchField label={t('features.search')} value={q ?? ''} onChange={find} /></search>
      <Listing
        caption={t('features.title')} list={list} columns={columns} keyOf={({ key }) => key} empty={{ title: t('features.empty'), hint: t('features.emptyHint') }}
        noMatch={q ? { title: t('features.noMatch'), hint: t('features.noMatchHint') } : undefined} onClear={() => { find(''); }}
      />
      <FeatureDialog opened={opened} onClose={() => { setOpened(false); }} />
    </Page>
  );
}

const COLORS = { asked: 'gray', planned: 'blue', shipped: 'green' } as const;

/** Where a feature is on its way. */
export function FeatureState({ state }: { state: Feature['state'] }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLORS[state]} tt="none">{t(`features.state.${state}`)}</Badge>;
}
