import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { Listing } from '../../../ui/listing.tsx';
import { Dialog, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

const route = getRouteApi('/settings/sending/');

/** Addresses that get no more mail. They are kept as hashes, so one is found by asking for it whole. */
export function Suppressions() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const { address } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(address ?? '');
  const [isAdding, setAdding] = useState(false);
  const ask = (next: string | undefined) => { setTyped(next ?? ''); void navigate({ search: { tab: 'suppressed', address: next } }); };
  const list = useList(['suppressions', address], (after) => answer(api.GET('/v1/suppressions', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(address ? { address } : {}) } } })));
  const lift = async ({ addressHash }: Api<'Suppression'>) => { await api.DELETE('/v1/suppressions/{address}', { params: { path: { address: addressHash } } }); await queries.invalidateQueries({ queryKey: ['suppressions'] }); };
  return (
    <Section bare title={t('sending.tabs.suppressed')} hint={t('sending.suppressed.hint')} actions={canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setAdding(true); }}>{t('sending.suppressed.new')}</Button>}>
      <form onSubmit={(event) => { event.preventDefault(); ask(typed.trim() || undefined); }}>
        <Group gap="xs" align="flex-end"><TextInput type="search" label={t('sending.suppressed.find')} placeholder="mina@example.org" value={typed} maxLength={254} onChange={(event) => { setTyped(event.currentTarget.value); }} /><Button type="submit" variant="default">{t('sending.suppressed.look')}</Button></Group>
      </form>
      <Listing caption={t('sending.tabs.suppressed')} list={list} keyOf={({ channel, addressHash }) => `${channel} ${addressHash}`} empty={{ title: t('sending.suppressed.empty'), hint: t('sending.suppressed.emptyHint') }} noMatch={address ? { title: t('sending.suppressed.noMatch', { address }), hint: t('sending.suppressed.noMatchHint') } : undefined} onClear={() => { ask(undefined); }} columns={[
        { key: 'address', label: t('sending.suppressed.address'), cell: ({ addressHash }) => (address ? address : <Code>{addressHash.slice(0, 12)}…</Code>) },
        { key: 'reason', label: t('sending.suppressed.reason'), cell: ({ reason, detail }) => <>{t(`sending.suppressed.reasons.${reason}`)}{detail && <Text size="xs" c="dimmed">{detail}</Text>}</> },
        { key: 'since', label: t('sending.suppressed.since'), cell: ({ at }) => format.instant(at) },
        { key: 'until', label: t('sending.suppressed.until'), cell: ({ until }) => (until ? format.instant(until) : t('sending.suppressed.forGood')) },
        ...(canEdit ? [{ key: 'actions', label: t('settings.actions'), cell: (one: Api<'Suppression'>) => <RemoveButton action={t('sending.suppressed.lift')} name={`${t('sending.suppressed.lift')}: ${address ?? one.addressHash.slice(0, 12)}`} title={t('sending.suppressed.lift')} text={t(one.reason === 'complaint' ? 'sending.suppressed.liftComplaint' : 'sending.suppressed.liftText')} onRemove={() => lift(one)} /> }] : []),
      ]} />
      <Dialog opened={isAdding} onClose={() => { setAdding(false); }} title={t('sending.suppressed.new')}><Add onDone={() => { setAdding(false); }} /></Dialog>
    </Section>
  );
}

function Add({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { address: '', detail: '' }, inDialog: true,
    checks: { address: (value) => (value.includes('@') ? null : t('settings.badEmail')) },
    save: async (body) => {
      await api.POST('/v1/suppressions', { body });
      await queries.invalidateQueries({ queryKey: ['suppressions'] });
      onDone();
    },
  });
  return <form onSubmit={submit} noValidate><Stack><TextInput data-autofocus type="email" label={t('settings.email')} maxLength={254} {...form.getInputProps('address')} /><TextInput label={t('sending.suppressed.why')} maxLength={500} {...form.getInputProps('detail')} /><SaveBar {...state} label={t('sending.suppressed.new')} onCancel={onDone} /></Stack></form>;
}
