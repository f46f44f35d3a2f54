import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';

const route = getRouteApi('/week');

/** Who is behind one number of the week. */
export function WeekPeoplePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { number = 'sent' } = route.useSearch();
  const list = useList(['week-people', number], (after) => answer(api.GET('/v1/home/people', { params: { query: { number, limit: 50, ...(after ? { after } : {}) } } })));
  const title = t('home.week.behind', { what: t(`home.week.${number}`) });
  const back = <TextLink to="/" underline="always">{t('home.week.back')}</TextLink>;
  return (
    <Page title={title} note={back}>
      <Listing caption={title} list={list} keyOf={({ personId }) => personId} empty={{ title: t('home.week.nobody'), hint: t('home.week.nobodyHint'), action: back }} columns={[
        { key: 'who', label: t('people.name'), cell: ({ personId, name, email, externalId }) => <><TextLink to="/people/$id" params={{ id: personId }} search={{ tab: 'messages' }} fw={600}>{name ?? email ?? externalId ?? personId}</TextLink>{name && <Text size="xs" c="dimmed">{email ?? externalId}</Text>}</> },
        { key: 'times', label: t('home.week.times'), numeric: true, cell: ({ times }) => format.number(times) },
      ]} />
    </Page>
  );
}
