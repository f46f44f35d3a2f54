import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useList } from '../../lib/lists.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';

/** Who is in a segment, page by page, each with the way to why. */
export function Members({ id }: { id: string }) {
  const { t } = useTranslation();
  const list = useList(['segment-members', id], (after) => answer(api.GET('/v1/segments/{id}/members', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('segments.tab.people')} list={list} keyOf={(person) => person.id} empty={{ title: t('segments.noMembers'), hint: t('segments.noMembersHint') }} columns={[
      { key: 'name', label: t('people.name'), cell: (person) => <TextLink to="/people/$id" params={{ id: person.id }} fw={600}>{person.name || person.email || person.externalId || person.id}</TextLink> },
      { key: 'kind', label: t('people.kind'), cell: (person) => <Badge variant="light" color="gray">{t(`people.kinds.${person.kind as 'user'}`)}</Badge> },
      { key: 'email', label: t('people.email'), cell: (person) => person.email ?? t('state.none') },
      { key: 'why', label: t('segments.tab.explain'), cell: (person) => <TextLink to="/segments/$id" params={{ id }} search={{ tab: 'explain', person: person.id }} size="sm" underline="always">{t('segments.whyIn')}</TextLink> },
    ]} />
  );
}
