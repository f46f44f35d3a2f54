import { Anchor, Code, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { isOwner, useMe } from '../../lib/me.ts';
import type en from '../../i18n/en/index.ts';
import { dayAfter, startOfDay } from '../../lib/zones.ts';
import { TextLink } from '../../ui/links.tsx';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { Loading } from '../../ui/states.tsx';
import { DayField } from '../../ui/time-fields.tsx';
import { OwnersNote } from './kit/parts.tsx';
import type { AuditSearch } from './settings-search.ts';

const route = getRouteApi('/settings/audit');
type Entry = Api<'AuditEntry'>;
type Kind = keyof (typeof en)['audit']['kinds'];
type Verb = keyof (typeof en)['audit']['verbs'];
type Exact = keyof (typeof en)['audit']['exact'];

/** Who changed what, when: of one person, one kind, one thing, one period; all in the address. */
export function AuditPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  if (me === undefined) return <Loading />;
  return <Page title={t('settings.places.audit')} note={t('audit.hint', { zone: format.zone })}>{isOwner(me) ? <Entries /> : <OwnersNote text={t('settings.ownersSee')} />}</Page>;
}

function Entries() {
  const { t } = useTranslation();
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: AuditSearch) => { void navigate({ search: { ...search, ...change }, replace: true }); };
  const { actor, kind, subject, from, to } = search;
  const list = useList(['audit', actor, kind, subject, from, to], (after) => answer(api.GET('/v1/audit', { params: { query: { limit: 50, ...(after ? { after } : {}), ...(actor ? { actor } : {}), ...(kind ? { kind } : {}), ...(subject ? { subject } : {}), ...(from ? { from: startOfDay(from, format.zone) } : {}), ...(to ? { to: startOfDay(dayAfter(to), format.zone) } : {}) } } })));
  const isFiltered = [actor, kind, subject, from, to].some((one) => one !== undefined);
  return (
    <>
      <Filters search={search} set={set} />
      {subject && <Group gap="xs"><Text size="sm">{t('audit.only')}</Text><Code>{subject}</Code><Anchor component="button" type="button" size="sm" underline="always" onClick={() => { set({ subject: undefined }); }}>{t('audit.all')}</Anchor></Group>}
      <Listing caption={t('settings.places.audit')} list={list} keyOf={({ id }) => id} empty={{ title: t('audit.empty'), hint: '' }} noMatch={isFiltered ? { title: t('audit.noMatch'), hint: t('audit.noMatchHint') } : undefined} onClear={() => { void navigate({ search: {}, replace: true }); }} columns={[
        { key: 'at', label: t('audit.when'), cell: ({ at }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(at)}</Text> },
        { key: 'actor', label: t('audit.who'), cell: (entry) => <Actor entry={entry} onlyThis={(one) => { set({ actor: one }); }} /> },
        { key: 'action', label: t('audit.what'), cell: ({ action }) => <What action={action} /> },
        { key: 'subject', label: t('audit.about'), cell: (entry) => <Subject entry={entry} onlyThis={(one) => { set({ subject: one }); }} /> },
        { key: 'detail', label: t('audit.detail'), cell: ({ detail }) => (Object.keys(detail).length === 0 ? t('state.none') : <details><Text component="summary" size="xs">{Object.keys(detail).join(', ')}</Text><Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', maxWidth: 360 }}>{JSON.stringify(detail, null, 1)}</Code></details>) },
      ]} />
    </>
  );
}

function Filters({ search, set }: { search: AuditSearch; set(change: AuditSearch): void }) {
  const { t, i18n } = useTranslation();
  const users = useQuery({ queryKey: ['users'], queryFn: () => answer(api.GET('/v1/users', { params: { query: { limit: 200 } } })), staleTime: 60_000 });
  const keys = useQuery({ queryKey: ['api-keys', 'all'], queryFn: () => answer(api.GET('/v1/api-keys', { params: { query: { limit: 200 } } })), staleTime: 60_000 });
  const actors = [...(users.data?.items ?? []).map(({ id, name }) => ({ value: `user:${id}`, label: name })), ...(keys.data?.items ?? []).filter(({ kind }) => kind === 'server').map(({ id, name }) => ({ value: `server_key:${id}`, label: t('audit.key', { name }) })), { value: 'system', label: t('audit.system') }];
  if (search.actor && !actors.some(({ value }) => value === search.actor)) actors.push({ value: search.actor, label: search.actor });
  const kinds = Object.keys(i18n.getResource(i18n.language, 'translation', 'audit.kinds') as Record<Kind, string>) as Kind[];
  const clear = { 'aria-label': t('settings.clear') };
  return (
    <Group gap="sm" align="flex-end">
      <Select label={t('audit.who')} placeholder={t('audit.anybody')} searchable clearable clearButtonProps={clear} data={actors} value={search.actor ?? null} onChange={(value) => { set({ actor: value ?? undefined }); }} />
      <Select label={t('audit.kind')} placeholder={t('audit.anything')} searchable clearable clearButtonProps={clear} data={kinds.map((value) => ({ value, label: t(`audit.kinds.${value}`) }))} value={search.kind ?? null} onChange={(value) => { set({ kind: value ?? undefined }); }} />
      <DayField label={t('audit.from')} value={search.from} onChange={(day) => { set({ from: day }); }} />
      <DayField label={t('audit.to')} value={search.to} onChange={(day) => { set({ to: day }); }} />
    </Group>
  );
}

function Actor({ entry: { actor, actorName }, onlyThis }: { entry: Entry; onlyThis(actor: string): void }) {
  const { t } = useTranslation();
  if (actor === 'system' || actor === 'setup') return t(`audit.${actor}`);
  const name = actorName ?? t('audit.gone');
  const said = actor.startsWith('server_key:') ? t('audit.key', { name }) : name;
  return <Anchor component="button" type="button" size="sm" ta="left" underline="always" aria-label={t('audit.onlyOf', { name: said })} onClick={() => { onlyThis(actor); }}>{said}</Anchor>;
}

/** `campaign.publish` in words: its kind and what was done; what this dashboard does not know yet as it is. */
function What({ action }: { action: string }) {
  const { t, i18n } = useTranslation();
  const exact = action.replace('.', '_') as Exact;
  if (i18n.exists(`audit.exact.${exact}`)) return t(`audit.exact.${exact}`);
  const [kind, verb] = action.split('.') as [Kind, Verb];
  if (!i18n.exists(`audit.kinds.${kind}`) || !i18n.exists(`audit.verbs.${verb}`)) return <Code>{action}</Code>;
  return <>{t(`audit.kinds.${kind}`)} · {t(`audit.verbs.${verb}`)}</>;
}

/** A link to what it was done to, where it has a page. */
function Subject({ entry: { subject, subjectName }, onlyThis }: { entry: Entry; onlyThis(subject: string): void }) {
  const { t } = useTranslation();
  const [kind, id = ''] = subject.split(':') as [string, string?];
  const name = subjectName ?? (id.length >= 36 ? `…${id.slice(-6)}` : id);
  const only = <Anchor component="button" type="button" size="xs" underline="always" aria-label={`${t('audit.onlyThis')}: ${name === '' ? kind : name}`} onClick={() => { onlyThis(subject); }}>{t('audit.onlyThis')}</Anchor>;
  const isGone = subjectName === null && ['campaign', 'segment'].includes(kind);
  const link = isGone ? null : kind === 'campaign' ? <TextLink size="sm" underline="always" to="/campaigns/$id" params={{ id }}>{name}</TextLink>
    : kind === 'segment' ? <TextLink size="sm" underline="always" to="/segments/$id" params={{ id }}>{name}</TextLink>
    : kind === 'person' ? <TextLink size="sm" underline="always" to="/people/$id" params={{ id }}>{t('audit.person', { id: name })}</TextLink>
    : kind === 'webhook_endpoint' && subjectName !== null ? <TextLink size="sm" underline="always" to="/settings/webhooks/$id" params={{ id }}>{name}</TextLink>
    : kind === 'source' && subjectName !== null ? <TextLink size="sm" underline="always" to="/settings/sources/$id" params={{ id }}>{name}</TextLink>
    : kind === 'sending-domain' && subjectName !== null ? <TextLink size="sm" underline="always" to="/settings/sending/domains/$id" params={{ id }}>{name}</TextLink> : null;
  return <Group gap={8}>{link ?? <Text size="sm">{name === '' ? t('state.none') : name}</Text>}{only}</Group>;
}
