import { Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ConfirmButton } from '../../ui/confirm.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';

const route = getRouteApi('/deliveries/mailbox/');
/** What arrives is there within this time. */
const LOOK_MS = 3_000;

/** The mailbox that messages go to while no relay is named: nothing in it has left this machine. */
export function MailboxPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const { to } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList(['mailbox', to ?? ''], (after) => answer(api.GET('/v1/sandbox/mails', { params: { query: { limit: 50, ...(to ? { to } : {}), ...(after ? { after } : {}) } } })), () => LOOK_MS);
  const empty = async () => {
    await answer(api.DELETE('/v1/sandbox/mails', { params: { query: { confirm: 'all' } } }));
    await queries.invalidateQueries({ queryKey: ['mailbox'] });
  };
  const columns: Column<Api<'SandboxMail'>>[] = [
    { key: 'subject', label: t('deliveries.mailbox.subject'), cell: ({ id, subject }) => <TextLink to="/deliveries/mailbox/$id" params={{ id }} fw={600} size="sm">{subject || t('deliveries.mailbox.noSubject')}</TextLink> },
    { key: 'to', label: t('deliveries.to'), cell: (mail) => mail.to },
    { key: 'when', label: t('deliveries.mailbox.received'), cell: ({ receivedAt }) => format.instant(receivedAt) },
  ];
  const clear = canEdit && list.items.length > 0 && <ConfirmButton title={t('deliveries.mailbox.emptyTitle')} action={t('deliveries.mailbox.clear')} typed={null} onConfirm={empty}>{t('deliveries.mailbox.clearHint')}</ConfirmButton>;
  return (
    <Page title={t('deliveries.mailbox.title')} note={<>{t('deliveries.mailbox.intro')} {t('deliveries.zone', { zone: format.zone })}</>} actions={clear}>
      <Group justify="space-between"><SearchField label={t('deliveries.mailbox.search')} value={to ?? ''} onChange={(next) => { void navigate({ search: { to: next || undefined }, replace: true }); }} /><Text size="sm" c="dimmed">{t('deliveries.mailbox.live')}</Text></Group>
      <Listing caption={t('deliveries.mailbox.title')} list={list} columns={columns} keyOf={({ id }) => id} empty={{ title: t('deliveries.mailbox.none'), hint: t('deliveries.mailbox.noneHint') }} noMatch={to ? { title: t('deliveries.noMatch'), hint: '' } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} />
    </Page>
  );
}
