import { Badge, Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { STATES, type State } from './delivery-search.ts';

const COLORS: Record<State, string> = { queued: 'gray', sending: 'gray', sent: 'green', delivered: 'green', bounced: 'red', failed: 'red', uncertain: 'orange', cancelled: 'gray', recalled: 'gray', ghost: 'gray' };

const route = getRouteApi('/deliveries');

/** Every message to every person: when, by what way, what became of it and why. */
export function DeliveriesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList(['deliveries', state], (after) => answer(api.GET('/v1/deliveries', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(state ? { state } : {}) } } })));
  const columns: Column<Api<'Delivery'>>[] = [
    { key: 'when', label: t('deliveries.when'), cell: ({ sentAt, queuedAt }) => format.instant(sentAt ?? queuedAt) },
    { key: 'to', label: t('deliveries.to'), cell: ({ personId, address }) => <TextLink to="/people/$id" params={{ id: personId }}>{address ?? t('people.name')}</TextLink> },
    { key: 'channel', label: t('deliveries.channel'), cell: ({ channel, variant }) => <>{t(`deliveries.channels.${channel as 'email'}`)} <Text span size="xs" c="dimmed">{variant}</Text></> },
    { key: 'state', label: t('deliveries.state'), cell: (delivery) => <Badge variant="light" color={COLORS[delivery.state as State]}>{t(`deliveries.states.${delivery.state as State}`)}</Badge> },
    { key: 'reason', label: t('deliveries.reason'), cell: ({ reason }) => reason ?? t('state.none') },
    { key: 'campaign', label: t('deliveries.campaign'), cell: ({ campaignId, stepId }) => <TextLink to="/campaigns/$id" params={{ id: campaignId }}>{stepId}</TextLink> },
  ];
  return (
    <Page title={t('deliveries.title')}>
      <Group><Select aria-label={t('deliveries.state')} placeholder={t('deliveries.state')} clearable value={state ?? null} data={STATES.map((value) => ({ value, label: t(`deliveries.states.${value}`) }))} onChange={(next) => { void navigate({ search: { state: (next as State | null) ?? undefined }, replace: true }); }} w={180} /></Group>
      <Listing caption={t('deliveries.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('deliveries.empty'), hint: t('deliveries.emptyHint') }} noMatch={state ? { title: t('deliveries.noMatch'), hint: '' } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
