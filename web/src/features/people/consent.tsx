import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Listing } from '../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

type Channel = 'email' | 'in_app';
interface Choice { topic: string; name: string; channel: Channel; state: 'subscribed' | 'unsubscribed' | null; at: string | null; source: string | null }

/** What somebody said about each topic, to change with proof, and how we know of everything they ever said. */
export function Consent({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const [asked, setAsked] = useState<Choice | null>(null);
  const topics = useQuery({ queryKey: ['topics'], queryFn: async () => (await answer(api.GET('/v1/topics'))).items, staleTime: 60_000 });
  const said = useQuery({ queryKey: ['consent', id], queryFn: () => answer(api.GET('/v1/people/{id}/consent', { params: { path: { id } } })) });
  if (topics.isPending || said.isPending) return <Loading rows={4} />;
  if (!topics.data || !said.data) return <ErrorPanel error={topics.error ?? said.error} onRetry={() => { void topics.refetch(); void said.refetch(); }} />;
  const choices = topics.data.filter(({ kind }) => kind === 'marketing').flatMap(({ key, name, nameKo }) => (['email', 'in_app'] as const).map((channel): Choice => {
    const found = said.data.items.find((one) => one.topic === key && one.channel === channel);
    return { topic: key, name: i18n.language === 'ko' && nameKo ? nameKo : name, channel, state: found?.state ?? null, at: found?.at ?? null, source: found?.source ?? null };
  }));
  return (
    <Stack gap="lg">
      <DataTable caption={t('people.tab.consent')} items={choices} keyOf={({ topic, channel }) => `${topic} ${channel}`} columns={[
        { key: 'topic', label: t('people.consent.topic'), cell: ({ name }) => name },
        { key: 'channel', label: t('deliveries.channel'), cell: ({ channel }) => t(`deliveries.channels.${channel}`) },
        { key: 'state', label: t('people.consent.said'), cell: ({ state }) => t(`people.consent.${state ?? 'unset'}`) },
        { key: 'at', label: t('deliveries.when'), cell: ({ at, source }) => (at ? <>{format.instant(at)} <Text span size="xs" c="dimmed">{source}</Text></> : t('state.none')) },
        ...(canEdit ? [{ key: 'change', label: t('people.change'), cell: (choice: Choice) => <Button size="compact-xs" variant="subtle" aria-label={t('people.consent.changeOf', { name: choice.name, channel: t(`deliveries.channels.${choice.channel}`) })} onClick={() => { setAsked(choice); }}>{t('people.change')}</Button> }] : []),
      ]} />
      {said.data.pending.length > 0 && <Text size="sm">{t('people.consent.pending', { count: said.data.pending.length })}</Text>}
      <Proof id={id} />
      <Modal opened={asked !== null} onClose={() => { setAsked(null); }} title={t('people.consent.record')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>{asked && <Record id={id} choice={asked} onDone={() => { setAsked(null); }} />}</Modal>
    </Stack>
  );
}

/** A change is recorded with where it was said and in which words: that is the proof. */
function Record({ id, choice, onDone }: { id: string; choice: Choice; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [state, setState] = useState<'subscribed' | 'unsubscribed'>(choice.state === 'subscribed' ? 'unsubscribed' : 'subscribed');
  const [source, setSource] = useState('');
  const [wording, setWording] = useState('');
  const [refusal, setRefusal] = useState('');
  const save = async () => {
    if (source.trim() === '') { setRefusal(t('people.consent.needSource')); return; }
    try {
      const { topic, channel } = choice;
      queries.setQueryData(['consent', id], await answer(api.PUT('/v1/people/{id}/consent', { params: { path: { id } }, body: { consents: [{ topic, channel, state }], source: source.trim(), method: 'form', ...(wording.trim() ? { wording: wording.trim() } : {}) } })));
      void queries.invalidateQueries({ queryKey: ['consent-proof', id] });
      onDone();
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Stack>
        <Text size="sm">{choice.name} · {t(`deliveries.channels.${choice.channel}`)}</Text>
        <Select label={t('people.consent.said')} value={state} allowDeselect={false} data={(['subscribed', 'unsubscribed'] as const).map((value) => ({ value, label: t(`people.consent.${value}`) }))} onChange={(next) => { setState(next as typeof state); }} />
        <TextInput label={t('people.consent.source')} description={t('people.consent.sourceHint')} value={source} maxLength={100} onChange={(event) => { setSource(event.currentTarget.value); }} />
        <Textarea label={t('people.consent.wording')} value={wording} maxLength={4000} autosize minRows={2} onChange={(event) => { setWording(event.currentTarget.value); }} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Group justify="flex-end"><Button variant="default" onClick={onDone}>{t('confirm.cancel')}</Button><Button type="submit">{t('people.consent.save')}</Button></Group>
      </Stack>
    </form>
  );
}

function Proof({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['consent-proof', id], (after) => answer(api.GET('/v1/people/{id}/consent/proof', { params: { path: { id }, query: { limit: 20, ...(after ? { after } : {}) } } })));
  return (
    <Listing caption={t('people.consent.proof')} list={list} keyOf={(one) => one.id} empty={{ title: t('people.consent.noProof'), hint: '' }} columns={[
      { key: 'at', label: t('people.consent.proof'), cell: ({ at }) => format.instant(at) },
      { key: 'topic', label: t('people.consent.topic'), cell: ({ topic, channel }) => `${topic} · ${channel}` },
      { key: 'state', label: t('people.consent.said'), cell: ({ state }) => t(`people.consent.${state}`) },
      { key: 'source', label: t('people.source'), cell: ({ source, method, wording }) => <>{source} <Text span size="xs" c="dimmed">{method}</Text>{wording && <Text size="xs" c="dimmed">{wording}</Text>}</> },
    ]} />
  );
}
