import { Badge, Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { TemplateText } from '../campaigns/words/template-text.tsx';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { STATES } from '../campaigns/campaign-search.ts';
import { CampaignState } from '../campaigns/campaign-state.tsx';
import { CHANNELS, type MessagesSearch } from './message-search.ts';
import { Places } from './places.tsx';

const route = getRouteApi('/messages/');
type Message = Api<'ListedMessage'>;

/** Every message of every campaign, one row a variant. */
export function MessagesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: MessagesSearch) => { void navigate({ search: { ...filter, ...change }, replace: true }); };
  const list = useList(['messages', filter], (after) => answer(api.GET('/v1/messages', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(filter.q ? { q: filter.q } : {}), ...(filter.channel ? { channel: filter.channel } : {}), ...(filter.state ? { state: filter.state } : {}) } } })));
  const isFiltered = Boolean(filter.q ?? filter.channel ?? filter.state);
  const columns: Column<Message>[] = [
    { key: 'message', label: t('messages.message'), cell: (message) => <Name message={message} /> },
    { key: 'channel', label: t('messages.channel'), cell: ({ channel }) => t(`messages.channels.${channel}`) },
    { key: 'languages', label: t('messages.inLanguages'), cell: ({ languages }) => (languages.length === 0 ? t('state.none') : <Group gap={4}>{languages.map((one) => <Badge key={one} variant="default" size="sm">{one}</Badge>)}</Group>) },
    { key: 'snippets', label: t('messages.usesSnippets'), cell: ({ snippets }) => (snippets.length === 0 ? t('state.none') : <Group gap={6}>{snippets.map((key) => <TextLink key={key} size="sm" to="/messages/snippets/$key" params={{ key }}>{key}</TextLink>)}</Group>) },
    { key: 'campaign', label: t('messages.campaign'), cell: ({ campaign: { id, name, state } }) => <Group gap={6}><TextLink size="sm" to="/campaigns/$id" params={{ id }}>{name}</TextLink><CampaignState state={state} /></Group> },
    { key: 'updated', label: t('messages.snippets.changed'), cell: ({ updatedAt }) => <Text size="sm" c="dimmed">{format.ago(updatedAt)}</Text> },
  ];
  return (
    <Page title={t('messages.title')}>
      <Places />
      <Group gap="sm" component="search">
        <SearchField label={t('messages.search')} value={filter.q ?? ''} onChange={(q) => { set({ q: q || undefined }); }} />
        <Select aria-label={t('messages.channel')} placeholder={t('messages.channel')} clearable w={160} value={filter.channel ?? null} data={CHANNELS.map((value) => ({ value, label: t(`messages.channels.${value}`) }))} onChange={(channel) => { set({ channel: (channel as MessagesSearch['channel'] | null) ?? undefined }); }} />
        <Select aria-label={t('messages.state')} placeholder={t('messages.state')} clearable w={160} value={filter.state ?? null} data={STATES.map((value) => ({ value, label: t(`campaigns.states.${value}`) }))} onChange={(state) => { set({ state: (state as MessagesSearch['state'] | null) ?? undefined }); }} />
      </Group>
      <Listing caption={t('messages.title')} list={list} columns={columns} keyOf={({ campaign, stepId, variant, rung }) => `${campaign.id} ${stepId} ${variant ?? ''} ${rung ?? ''}`} empty={{ title: t('messages.empty'), hint: t('messages.emptyHint') }} noMatch={isFiltered ? { title: t('messages.noMatch'), hint: t('messages.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}

/** Opens where the message is written. */
function Name({ message: { title, campaign, stepId, stepName, variant, variantName, rung } }: { message: Message }) {
  const { t } = useTranslation();
  const shown = title ? <TemplateText text={title} /> : t('messages.untitled');
  const what = rung !== null ? t('messages.rung', { number: rung }) : variant === null ? t('messages.fallback') : t('messages.variant', { name: variantName || variant });
  const link = variant === null ? `${stepId}~${rung ?? 'email'}` : stepId;
  return (
    <>
      {campaign.type === 'auto_message' ? <TextLink fw={600} size="sm" to="/auto-messages/$id" params={{ id: campaign.id }} search={variant === null ? {} : { variant }}>{shown}</TextLink>
        : <TextLink fw={600} size="sm" to="/campaigns/$id/messages/$stepId" params={{ id: campaign.id, stepId: link }} search={variant === null ? {} : { variant }}>{shown}</TextLink>}
      <Text size="xs" c="dimmed">{[stepName, what].filter(Boolean).join(' · ')}</Text>
    </>
  );
}
