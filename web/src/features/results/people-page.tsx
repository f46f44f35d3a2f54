import { Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { useReason } from '../../lib/reasons.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { WhyButton } from '../explain/why-drawer.tsx';
import { atEntry } from './results-search.ts';

const route = getRouteApi('/campaigns/$id/results_/people');
type Row = Api<'ResultsPeople'>['items'][number];

/** Who is behind one number of the results. */
export function BehindPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const { id } = route.useParams();
  const words = useCampaignWords(id);
  const { number, from, to, language, ...of } = route.useSearch();
  const [pending, setPending] = useState(0);
  const list = useList(['behind', id, number, of, from, to, language], async (after) => {
    const page = await answer(api.GET('/v1/campaigns/{id}/results/people', { params: { path: { id }, query: { number: number!, limit: 50, ...(after ? { after } : {}), ...of, ...atEntry({ from, to, language }) } } }));
    setPending(page.pending);
    return page;
  });
  const back = <TextLink to="/campaigns/$id/results" params={{ id }} search={{ from, to, language }} underline="always">{t('results.backToResults')}</TextLink>;
  if (!number) return <EmptyState title={t('results.noNumber')} hint={t('results.noNumberHint')} action={back} />;
  const parts = [of.step && words.step(of.step), of.version && t('results.ofVersion', { version: of.version }), of.variant && t('results.ofVariant', { variant: of.variant }), of.code && reason(of.code), of.evidence && t(`results.evidence.${of.evidence}`), (from ?? to) && t('results.ofDays', { from: from ?? '', to: to ?? '' }), language];
  const columns: Column<Row>[] = [
    { key: 'who', label: t('results.people'), cell: ({ personId, name, email, externalId }) => <><TextLink to="/people/$id" params={{ id: personId }} search={{ campaign: id }} fw={600}>{name ?? email ?? externalId ?? t('results.nameless')}</TextLink>{name && <Text size="xs" c="dimmed">{email ?? externalId}</Text>}</> },
    { key: 'times', label: t('results.times'), numeric: true, cell: ({ times }) => format.number(times) },
    { key: 'why', label: t('campaignPeople.whyTitle'), cell: ({ personId, name, email, externalId }) => <WhyButton campaign={id} person={personId} name={name ?? email ?? externalId ?? t('results.nameless')} /> },
  ];
  const title = t(`results.numbers.${number}`);
  return (
    <>
      <div><Title order={2} size="h4">{title}</Title><Text size="sm" c="dimmed" component="div">{back}{parts.filter(Boolean).map((part) => ` · ${part}`).join('')}{pending > 0 && ` · ${t('results.pending', { count: pending })}`}</Text></div>
      <Listing caption={title} list={list} columns={columns} keyOf={({ personId }) => personId} empty={{ title: t('results.nobody'), hint: t('results.nobodyHint'), action: back }} />
    </>
  );
}
