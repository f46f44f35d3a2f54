import '@mantine/spotlight/styles.css';
import { Modal, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { iconOf, pagesOf } from './pages.ts';
import { answer, api } from '../lib/api.ts';
import { mayEdit, useMe } from '../lib/me.ts';
import { personName } from '../lib/person-name.ts';
import { IconSearch } from '../ui/icons.ts';

const [store, spotlight] = createSpotlight();
const SHOWN = 5;

const find = async (q: string) => {
  const query = { limit: SHOWN, q };
  const [people, campaigns, segments] = await Promise.all([answer(api.GET('/v1/people', { params: { query } })), answer(api.GET('/v1/campaigns', { params: { query } })), answer(api.GET('/v1/segments', { params: { query } }))]);
  return { people: people.items, campaigns: campaigns.items, segments: segments.items };
};

function selectFirst(): void {
  const list = document.getElementById(store.getState().listId);
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected');
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: 0 }));
}

/** Opens anything by its name: a person, a campaign, a segment or a page. */
export default function Palette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.normalize('NFC').trim(), 200);
  const found = useQuery({ queryKey: ['palette', q], queryFn: () => find(q), enabled: q !== '', placeholderData: keepPreviousData });
  useEffect(() => { spotlight.open(); }, []);
  // What Enter opens is the first of what was found, which comes after what was typed.
  useEffect(selectFirst, [found.data, q]);
  const wanted = q.toLowerCase();
  // Nothing typed: the places of the bar. Then every page, by its name or by the place it is under.
  const places = pagesOf(mayEdit(me)).filter(({ under }) => under === null || q !== '').map((page) => ({ to: page.to, Icon: iconOf(page), label: t(page.label), under: page.under && t(page.under) })).filter(({ label, under }) => `${under ?? ''} ${label}`.toLowerCase().includes(wanted));
  const { people, campaigns, segments } = (q !== '' && found.data) || { people: [], campaigns: [], segments: [] };
  const isNone = q !== '' && !found.isFetching && places.length + people.length + campaigns.length + segments.length === 0;
  return (
    <Spotlight.Root store={store} query={text} onQueryChange={setText} onSpotlightClose={onClose} shortcut={null} scrollable maxHeight={420} styles={{ actionDescription: { opacity: 1 } }}>
      <VisuallyHidden><Modal.Title>{t('keys.palette')}</Modal.Title></VisuallyHidden>
      <Spotlight.Search placeholder={t('keys.find')} aria-label={t('keys.find')} leftSection={<IconSearch size={20} aria-hidden />} />
      <Spotlight.ActionsList aria-label={t('keys.palette')}>
        {places.length > 0 && <Spotlight.ActionsGroup label={t('keys.groups.places')}>{places.map(({ to, label, under, Icon }) => <Spotlight.Action key={to} label={label} description={under ?? undefined} leftSection={<Icon size={18} aria-hidden />} onClick={() => { void navigate({ to }); }} />)}</Spotlight.ActionsGroup>}
        {people.length > 0 && <Spotlight.ActionsGroup label={t('nav.people')}>{people.map((person) => <Spotlight.Action key={person.id} label={personName(person)} description={person.email ?? person.externalId ?? undefined} onClick={() => { void navigate({ to: '/people/$id', params: { id: person.id } }); }} />)}</Spotlight.ActionsGroup>}
        {campaigns.length > 0 && <Spotlight.ActionsGroup label={t('nav.campaigns')}>{campaigns.map(({ id, name }) => <Spotlight.Action key={id} label={name} onClick={() => { void navigate({ to: '/campaigns/$id', params: { id } }); }} />)}</Spotlight.ActionsGroup>}
        {segments.length > 0 && <Spotlight.ActionsGroup label={t('nav.segments')}>{segments.map(({ id, name }) => <Spotlight.Action key={id} label={name} onClick={() => { void navigate({ to: '/segments/$id', params: { id } }); }} />)}</Spotlight.ActionsGroup>}
        {isNone && <Spotlight.Empty>{t('keys.none')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
