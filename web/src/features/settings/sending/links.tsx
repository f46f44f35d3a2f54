import { Button, Code, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { Listing } from '../../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog, OwnersNote, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

/** The keys that sign links, and the networks whose clicks no person made. */
export function LinkSettings() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Stack gap="xl">
      {isOwner(me) ? <Keys /> : <OwnersNote text={t('settings.ownersChange')} />}
      <Networks canEdit={isOwner(me)} />
    </Stack>
  );
}

function Keys() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ['signing-keys'], queryFn: async () => (await answer(api.GET('/v1/signing-keys'))).items });
  if (found.isPending) return <Loading rows={2} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const put = async (call: Promise<{ data?: Api<'SigningKeyList'> }>) => { queries.setQueryData(['signing-keys'], (await answer(call)).items); };
  return (
    <Section title={t('sending.links.keys')} hint={t('sending.links.keysHint')} actions={<Group gap="xs"><ActButton label={t('sending.links.rotate')} onAct={() => put(api.POST('/v1/signing-keys'))} /></Group>}>
      <Stack gap="xs">{found.data.map(({ id, createdAt }, index) => (
        <Group key={id} gap="sm">
          <Text size="sm" fw={600}>{t('sending.links.key', { id })}</Text><Text size="sm" c="dimmed">{index === 0 ? t('sending.links.signs') : t('sending.links.reads')} · {t('settings.made', { when: format.instant(createdAt) })}</Text>
          <RemoveButton action={t('sending.links.retire')} name={`${t('sending.links.retire')}: ${t('sending.links.key', { id })}`} title={t('sending.links.retireOf', { id })} text={t('sending.links.retireText')} onRemove={() => put(api.DELETE('/v1/signing-keys/{id}', { params: { path: { id: String(id) } } as never }))} />
        </Group>
      ))}</Stack>
    </Section>
  );
}

function Networks({ canEdit }: { canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<Api<'ScannerListOutcome'> | null>(null);
  const list = useList(['scanner-networks'], (after) => answer(api.GET('/v1/scanner-networks', { params: { query: { limit: 200, ...(after ? { after } : {}) } } })));
  return (
    <Section bare title={t('sending.links.networks')} hint={t('sending.links.networksHint')} actions={canEdit && <Button variant="default" onClick={() => { setOutcome(null); setOpen(true); }}>{t('sending.links.replace')}</Button>}>
      {outcome && <Text size="sm" role="status">{t('sending.links.replaced', { ...outcome })}</Text>}
      <Listing caption={t('sending.links.networks')} list={list} keyOf={({ network }) => network} empty={{ title: t('sending.links.noNetworks'), hint: t('sending.links.noNetworksHint') }} columns={[
        { key: 'network', label: t('sending.links.network'), cell: ({ network }) => <Code>{network}</Code> },
        { key: 'note', label: t('sending.links.note'), cell: ({ note }) => note || t('state.none') },
        { key: 'since', label: t('sending.links.added'), cell: ({ addedAt }) => format.day(addedAt) },
      ]} />
      <Dialog opened={isOpen} onClose={() => { setOpen(false); }} size="lg" title={t('sending.links.replace')}><Replace known={list.more === null ? list.items : []} onDone={(done) => { setOpen(false); setOutcome(done); }} /></Dialog>
    </Section>
  );
}

function Replace({ known, onDone }: { known: { network: string; note: string }[]; onDone(outcome: Api<'ScannerListOutcome'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { list: known.map(({ network, note }) => (note ? `${network} # ${note}` : network)).join('\n') }, inDialog: true,
    save: async (body) => {
      const outcome = await answer(api.PUT('/v1/scanner-networks', { body }));
      await queries.invalidateQueries({ queryKey: ['scanner-networks'] });
      onDone(outcome);
    },
  });
  return <form onSubmit={submit} noValidate><Stack><Textarea data-autofocus label={t('sending.links.listLabel')} description={t('sending.links.listHint')} autosize minRows={6} maxRows={16} {...form.getInputProps('list')} /><SaveBar {...state} label={t('sending.links.replace')} onCancel={() => { onDone(null); }} /></Stack></form>;
}
