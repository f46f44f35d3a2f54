import { Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { ActButton, OwnersNote, Section, useAct } from '../settings/kit/parts.tsx';
import { NoteText, Said } from './canary-words.tsx';
import { acknowledgeCanary, addCanary, canaryName, removeCanary, useCanaries, useCanariesChanged, type CanaryCheck } from './use-canaries.ts';

type Canary = Api<'Canary'>;
const EXPECTED = ['observe', 'get', 'not_get'] as const;

/** People of the team who are asked about in every live campaign, and what is known of each. */
export function CanariesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const canEdit = mayEdit(me);
  const changed = useCanariesChanged();
  const [shown, setShown] = useState<string | null>(null);
  const found = useCanaries();
  if (me === undefined || found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { items, most } = found.data;
  const open = items.find(({ personId }) => personId === shown) ?? items[0];
  return (
    <Page title={t('settings.places.canaries')} note={t('canaries.hint', { most: format.number(most) })}>
      {canEdit ? items.length < most && <Add /> : <OwnersNote text={t('settings.marketersChange')} />}
      {items.length === 0 || !open ? <EmptyState title={t('canaries.empty')} hint={t('canaries.emptyHint')} /> : (
        <>
          <DataTable<Canary> caption={t('settings.places.canaries')} items={items} keyOf={({ personId }) => personId} columns={[
            { key: 'person', label: t('canaries.person'), cell: (one) => <><TextLink to="/people/$id" params={{ id: one.personId }} size="sm" fw={600} underline="always">{canaryName(one)}</TextLink>{one.name && one.email && <Text size="xs" c="dimmed">{one.email}</Text>}</> },
            { key: 'since', label: t('canaries.since'), cell: ({ addedAt }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(addedAt)}</Text> },
            { key: 'checked', label: t('canaries.checked'), numeric: true, cell: ({ checked }) => format.number(checked) },
            { key: 'notes', label: t('canaries.notes'), numeric: true, cell: ({ notes }) => (notes > 0 ? <Badge color="orange" variant="light">{format.number(notes)}</Badge> : format.number(0)) },
            { key: 'actions', label: t('settings.actions'), cell: (one) => <Group gap="xs" wrap="nowrap"><Button size="xs" variant={one === open ? 'light' : 'default'} aria-pressed={one === open} aria-label={t('canaries.show', { name: canaryName(one) })} onClick={() => { setShown(one.personId); }}>{t('canaries.campaigns')}</Button>{canEdit && <ActButton label={t('canaries.remove')} name={`${t('canaries.remove')}: ${canaryName(one)}`} onAct={async () => { await removeCanary(one.personId); await changed(); }} />}</Group> },
          ]} />
          <Checks key={open.personId} canary={open} canEdit={canEdit} />
        </>
      )}
    </Page>
  );
}

function Add() {
  const { t } = useTranslation();
  const changed = useCanariesChanged();
  const [person, setPerson] = useState<string>();
  const { busy, refusal, act } = useAct();
  const add = () => act(async () => { await addCanary(person!); setPerson(undefined); await changed(); });
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="sm"><PersonPicker label={t('canaries.add')} value={person} onChange={setPerson} /><Button loading={busy} disabled={!person} onClick={() => { void add(); }}>{t('canaries.addButton')}</Button></Group>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Stack>
  );
}

/** One of them in each live campaign: what explain said, what is expected, and what is otherwise. */
function Checks({ canary, canEdit }: { canary: Canary; canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const changed = useCanariesChanged();
  const { personId } = canary;
  const list = useList(['canary-checks', 'person', personId], (after) => answer(api.GET('/v1/canary-checks', { params: { query: { personId, limit: 50, ...(after ? { after } : {}) } } })));
  const title = t('canaries.of', { name: canaryName(canary) });
  return (
    <Section bare title={title} hint={t('canaries.ofHint')}>
      <Listing<CanaryCheck> caption={title} list={list} keyOf={({ campaignId }) => campaignId} empty={{ title: t('canaries.noneLive'), hint: '' }} columns={[
        { key: 'campaign', label: t('canaries.campaign'), cell: ({ campaignId, campaignName }) => <TextLink to="/people/$id" params={{ id: personId }} search={{ tab: 'messages', campaign: campaignId }} size="sm" underline="always">{campaignName}</TextLink> },
        { key: 'said', label: t('canaries.said'), cell: (check) => <Said check={check} /> },
        { key: 'expected', label: t('canaries.expected'), cell: (check) => <Expected check={check} canEdit={canEdit} /> },
        { key: 'note', label: t('canaries.note'), cell: (check) => (check.note ? <><Text size="sm" fw={check.note.acknowledgedAt ? 400 : 600} {...(check.note.acknowledgedAt ? { c: 'dimmed' } : {})}><NoteText check={check} /></Text>{canEdit && !check.note.acknowledgedAt && <ActButton label={t('canaries.acknowledge')} name={`${t('canaries.acknowledge')}: ${check.campaignName}`} onAct={async () => { await acknowledgeCanary(check.note!.id); await changed(); }} />}</> : <Text size="sm" c="dimmed">{check.changedAt ? t('canaries.so', { when: format.instant(check.changedAt) }) : t('state.none')}</Text>) },
      ]} />
    </Section>
  );
}

function Expected({ check: { campaignId, campaignName, personId, expected }, canEdit }: { check: CanaryCheck; canEdit: boolean }) {
  const { t } = useTranslation();
  const changed = useCanariesChanged();
  const { busy, refusal, act } = useAct();
  if (!canEdit) return <>{t(`canaries.expectations.${expected}`)}</>;
  const set = (next: (typeof EXPECTED)[number]) => act(async () => { await api.PUT('/v1/campaigns/{id}/canaries/{person}', { params: { path: { id: campaignId, person: personId } }, body: { expected: next } }); await changed(); });
  return (
    <>
      <Select size="xs" miw={140} aria-label={t('canaries.expectedOf', { name: campaignName })} allowDeselect={false} disabled={busy} value={expected} data={EXPECTED.map((value) => ({ value, label: t(`canaries.expectations.${value}`) }))} onChange={(next) => { if (next) void set(next as (typeof EXPECTED)[number]); }} />
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </>
  );
}
