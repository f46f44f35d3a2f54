import { Badge, Button, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { Dialog, OwnersNote, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { DomainStatus } from './domain-status.tsx';

const route = getRouteApi('/settings/sending/');

/** The domains that stand behind the @ of what we send. */
export function Domains() {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = isOwner(useMe());
  const [isAdding, setAdding] = useState(false);
  const navigate = route.useNavigate();
  const list = useList(['sending-domains'], (after) => answer(api.GET('/v1/sending-domains', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  const add = canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setAdding(true); }}>{t('sending.domains.new')}</Button>;
  return (
    <Stack gap="lg">
      {!canEdit && <OwnersNote text={t('settings.ownersChange')} />}
      <Section bare title={t('sending.tabs.domains')} hint={t('sending.domains.hint')} actions={add}>
        <Listing caption={t('sending.tabs.domains')} list={list} keyOf={({ id }) => id} empty={{ title: t('sending.domains.empty'), hint: t('sending.domains.emptyHint') }} columns={[
          { key: 'domain', label: t('sending.domains.domain'), cell: ({ id, domain, isDefault }) => <><TextLink to="/settings/sending/domains/$id" params={{ id }} fw={600} size="sm">{domain}</TextLink> {isDefault && <Badge variant="light" color="gray">{t('sending.domains.default')}</Badge>}</> },
          { key: 'from', label: t('sending.domains.from'), cell: ({ domain, fromName, fromLocal }) => `${fromName ? `${fromName} ` : ''}<${fromLocal}@${domain}>` },
          { key: 'status', label: t('settings.state'), cell: ({ status, secretLost }) => <DomainStatus status={status} secretLost={secretLost} /> },
          { key: 'checked', label: t('sending.domains.checked'), cell: ({ checkedAt }) => (checkedAt ? format.ago(checkedAt) : t('settings.never')) },
        ]} />
      </Section>
      <Dialog opened={isAdding} onClose={() => { setAdding(false); }} title={t('sending.domains.new')}><NewDomain onDone={(made) => { setAdding(false); if (made) void navigate({ to: '/settings/sending/domains/$id', params: { id: made.id } }); }} /></Dialog>
    </Stack>
  );
}

function NewDomain({ onDone }: { onDone(made: Api<'SendingDomain'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { domain: '', fromName: '', fromLocal: 'hello', bounceDomain: '', isDefault: true }, inDialog: true,
    checks: { domain: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ bounceDomain, ...rest }) => {
      const made = await answer(api.POST('/v1/sending-domains', { body: { ...rest, domain: rest.domain.trim(), ...(bounceDomain.trim() === '' ? {} : { bounceDomain: bounceDomain.trim() }) } }));
      void queries.invalidateQueries({ queryKey: ['sending-domains'] });
      onDone(made);
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('sending.domains.domain')} description={t('sending.domains.domainHint')} placeholder="news.example.com" maxLength={253} {...form.getInputProps('domain')} />
        <SenderFields props={(name) => form.getInputProps(name)} />
        <Switch label={t('sending.domains.isDefault')} {...form.getInputProps('isDefault', { type: 'checkbox' })} />
        <SaveBar {...state} label={t('sending.domains.add')} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}

/** Who a mail of the domain comes from, and where what comes back goes. */
export function SenderFields({ props }: { props(name: 'fromName' | 'fromLocal' | 'bounceDomain'): object }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t('sending.domains.fromName')} maxLength={200} {...props('fromName')} />
      <TextInput label={t('sending.domains.fromLocal')} description={t('sending.domains.fromLocalHint')} maxLength={64} {...props('fromLocal')} />
      <TextInput label={t('sending.domains.bounceDomain')} description={t('sending.domains.bounceHint')} maxLength={253} {...props('bounceDomain')} />
    </>
  );
}
