import { Badge, Button, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { Page } from '../../../ui/page.tsx';
import { Loading } from '../../../ui/states.tsx';
import { Dialog, OnceSecret, OwnersNote } from '../kit/parts.tsx';
import { SourceForm, type Made } from './source-form.tsx';

type Source = Api<'Source'>;

/** Systems that send us what happens there. */
export function SourcesPage() {
  const { t } = useTranslation();
  const me = useMe();
  if (me === undefined) return <Loading />;
  if (!isOwner(me)) return <Page title={t('settings.places.sources')} note={t('sources.hint')}><OwnersNote text={t('settings.ownersSee')} /></Page>;
  return <Sources />;
}

function Sources() {
  const { t } = useTranslation();
  const format = useFormat();
  const [isMaking, setMaking] = useState(false);
  const navigate = useNavigate();
  const [made, setMade] = useState<Made | null>(null);
  const list = useList(['sources'], (after) => answer(api.GET('/v1/sources', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  const add = <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setMaking(true); }}>{t('sources.new')}</Button>;
  const open = (id: string, ask?: 'csv' | 'postgres') => { void navigate({ to: '/settings/sources/$id', params: { id }, search: ask ? { tab: 'schedule', ask } : { tab: 'setup' } }); };
  // What is shown once is read before the page of the new source is opened.
  const done = (added: Made | null) => { setMaking(false); if (added && !added.secret) open(added.id, added.ask); else setMade(added); };
  return (
    <Page title={t('settings.places.sources')} note={t('sources.hint')} actions={add}>
      <Listing caption={t('settings.places.sources')} list={list} keyOf={({ id }) => id} empty={{ title: t('sources.empty'), hint: t('sources.emptyHint') }} columns={[
        { key: 'name', label: t('settings.name'), cell: ({ id, name, kind, asks }) => <><TextLink to="/settings/sources/$id" params={{ id }} search={asks ? { tab: 'schedule' } : {}} fw={600} size="sm">{name}</TextLink><Text size="xs" c="dimmed">{t(`sources.kinds.${asks ?? kind}`)}</Text></> },
        { key: 'state', label: t('settings.state'), cell: (source) => <SourceState source={source} /> },
        { key: 'last', label: t('sources.last'), cell: ({ lastAt }) => (lastAt ? format.ago(lastAt) : t('settings.never')) },
        { key: 'refused', label: t('sources.refusedShort'), numeric: true, cell: ({ refusedCount }) => format.number(refusedCount) },
      ]} />
      <Dialog opened={isMaking} onClose={() => { setMaking(false); }} title={t('sources.new')} size="lg"><SourceForm onDone={done} /></Dialog>
      <OnceSecret secret={made?.secret ?? null} onClose={() => { if (made) open(made.id); }} />
    </Page>
  );
}

/** Whether anything came, and whether it could be believed. */
export function SourceState({ source: { enabled, lastAt, lastRefusedAt, proof, kind, secrets, asks, asked } }: { source: Source }) {
  const { t } = useTranslation();
  // One that is asked on a schedule is heard without a secret.
  const lacksSecret = lastAt === null && asks === null && secrets.length === 0 && !(kind === 'json' && proof.kind === 'address');
  const isLost = secrets.length > 0 && secrets.every(({ lost }) => lost);
  const state = !enabled ? (asks ? 'paused' : 'off') : isLost ? 'lost' : asked === 'failed' ? 'failed' : lacksSecret ? 'secret' : lastRefusedAt && (lastAt ?? '') < lastRefusedAt ? 'refused' : lastAt ? 'heard' : 'waiting';
  return <Badge variant="light" color={{ off: 'gray', paused: 'gray', lost: 'red', failed: 'red', secret: 'red', refused: 'red', heard: 'green', waiting: 'orange' }[state]}>{t(`sources.states.${state}`)}</Badge>;
}
