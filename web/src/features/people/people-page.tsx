import { Badge, Button, Group, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import type { Column } from '../../ui/data-table.tsx';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { personName } from '../../lib/person-name.ts';

const route = getRouteApi('/people/');

/** Everybody known, found by a part of what they are called. */
export function PeoplePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList(['people', q], (after) => answer(api.GET('/v1/people', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(q ? { q } : {}) } } })));
  const columns: Column<Api<'Person'>>[] = [
    { key: 'name', label: t('people.name'), cell: (person) => <TextLink to="/people/$id" params={{ id: person.id }} fw={600}>{personName(person)}</TextLink> },
    { key: 'kind', label: t('people.kind'), cell: ({ kind }) => <Badge variant="light" color="gray">{t(`people.kinds.${kind}`)}</Badge> },
    { key: 'email', label: t('people.email'), cell: ({ email }) => email ?? t('state.none') },
    { key: 'seen', label: t('people.seen'), cell: ({ lastSeenAt }) => <Text size="sm" title={format.instant(lastSeenAt)}>{format.ago(lastSeenAt)}</Text> },
  ];
  return (
    <Page title={t('people.title')} actions={canEdit && <Group gap="xs"><ButtonLink to="/people/import" variant="default">{t('people.import.open')}</ButtonLink><Button variant="default" component="a" href={`/v1/exports/people.csv?bom=true${q ? `&q=${encodeURIComponent(q)}` : ''}`} download>{t('people.export')}</Button></Group>}>
      <Group component="search"><SearchField label={t('people.search')} value={q ?? ''} onChange={(next) => { void navigate({ search: { q: next || undefined }, replace: true }); }} /></Group>
      <Listing caption={t('people.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('people.empty'), hint: t('people.emptyHint') }} noMatch={q ? { title: t('people.noMatch'), hint: t('people.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
