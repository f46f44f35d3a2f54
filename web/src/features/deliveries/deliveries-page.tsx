import { Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { useReason } from '../../lib/reasons.ts';
import { CampaignPicker } from '../../ui/campaign-picker.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { IconMail } from '../../ui/icons.ts';
import { ButtonLink, TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { CampaignStep } from '../campaigns/words/campaign-step.tsx';
import { CHANNELS, STATES, type Channel, type DeliverySearch, type State } from './delivery-search.ts';
import { DeliveryState } from './delivery-state.tsx';

const route = getRouteApi('/deliveries/');

/** Every message to every person: when, by what way, what became of it and why. */
export function DeliveriesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonOf = useReason();
  const { state, channel, campaign, person } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = (next: DeliverySearch) => { void navigate({ search: (before) => ({ ...before, ...next }), replace: true }); };
  const query = { limit: 50, ...(state ? { state } : {}), ...(channel ? { channel } : {}), ...(campaign ? { campaignId: campaign } : {}), ...(person ? { personId: person } : {}) };
  const list = useList(['deliveries', query], (after) => answer(api.GET('/v1/deliveries', { params: { query: { ...query, ...(after ? { after } : {}) } } })));
  const columns: Column<Api<'Delivery'>>[] = [
    { key: 'when', label: t('deliveries.when'), cell: ({ id, sentAt, queuedAt }) => <TextLink to="/deliveries/$id" params={{ id }} size="sm">{format.instant(sentAt ?? queuedAt)}</TextLink> },
    { key: 'to', label: t('deliveries.to'), cell: ({ personId, address }) => <TextLink to="/people/$id" params={{ id: personId }} size="sm">{address ?? t('people.name')}</TextLink> },
    { key: 'channel', label: t('deliveries.channel'), cell: ({ channel: way, variant }) => <>{t(`deliveries.channels.${way as Channel}`)} <Text span size="xs" c="dimmed">{variant}</Text></> },
    { key: 'state', label: t('deliveries.state'), cell: (delivery) => <DeliveryState state={delivery.state} /> },
    { key: 'reason', label: t('deliveries.reason'), cell: ({ reason }) => (reason ? reasonOf(reason) : t('state.none')) },
    { key: 'campaign', label: t('deliveries.campaign'), cell: ({ campaignId, stepId }) => <CampaignStep campaignId={campaignId} stepId={stepId} /> },
  ];
  const isFiltered = Object.keys(query).length > 1;
  return (
    <Page title={t('deliveries.title')} note={t('deliveries.zone', { zone: format.zone })} actions={<ButtonLink variant="default" to="/deliveries/mailbox" leftSection={<IconMail size={16} aria-hidden />}>{t('deliveries.mailbox.title')}</ButtonLink>}>
      <Group align="flex-end">
        <Select aria-label={t('deliveries.state')} placeholder={t('deliveries.state')} clearable value={state ?? null} data={STATES.map((value) => ({ value, label: t(`deliveries.states.${value}`) }))} onChange={(next) => { filter({ state: (next as State | null) ?? undefined }); }} w={150} />
        <Select aria-label={t('deliveries.channel')} placeholder={t('deliveries.channel')} clearable value={channel ?? null} data={CHANNELS.map((value) => ({ value, label: t(`deliveries.channels.${value}`) }))} onChange={(next) => { filter({ channel: (next as Channel | null) ?? undefined }); }} w={150} />
        <CampaignPicker label={t('deliveries.campaign')} value={campaign} onChange={(id) => { filter({ campaign: id }); }} />
        <PersonPicker label={t('deliveries.to')} value={person} onChange={(id) => { filter({ person: id }); }} />
      </Group>
      <Listing caption={t('deliveries.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('deliveries.empty'), hint: t('deliveries.emptyHint') }} noMatch={isFiltered ? { title: t('deliveries.noMatch'), hint: '' } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
