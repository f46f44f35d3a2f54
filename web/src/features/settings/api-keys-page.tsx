import { Badge, Button, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { isOwner, useMe } from '../../lib/me.ts';
import { IconPlus } from '../../ui/icons.ts';
import { Listing } from '../../ui/listing.tsx';
import { Page } from '../../ui/page.tsx';
import { Loading } from '../../ui/states.tsx';
import { CopyLine, Dialog, OnceSecret, OwnersNote, type Secret } from './kit/parts.tsx';
import { RemoveButton } from './kit/removal.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';

type Key = Api<'ApiKey'>;
const ROLES = ['owner', 'marketer', 'analyst', 'ingest'] as const;

/** Keys of programs, and the public ones of websites. */
export function ApiKeysPage() {
  const { t } = useTranslation();
  const me = useMe();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  if (me === undefined) return <Loading />;
  const done = (made: Api<'ApiKeyCreated'> | null) => {
    setMaking(false);
    if (made) setSecret({ title: made.key.name, name: t('settings.keys.secret'), value: made.secret, hint: t(made.key.kind === 'server' ? 'settings.keys.onceServer' : 'settings.keys.onceWrite') });
  };
  return (
    <Page title={t('settings.places.apiKeys')} note={t('settings.keys.hint')} actions={isOwner(me) && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setMaking(true); }}>{t('settings.keys.new')}</Button>}>
      {isOwner(me) ? <Keys /> : <OwnersNote text={t('settings.ownersSee')} />}
      <Dialog opened={isMaking} onClose={() => { setMaking(false); }} title={t('settings.keys.new')}><NewKey onDone={done} /></Dialog>
      <OnceSecret secret={secret} onClose={() => { setSecret(null); }} />
    </Page>
  );
}

function Keys() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const list = useList(['api-keys'], (after) => answer(api.GET('/v1/api-keys', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  const revoke = async (id: string) => { await api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } }); await queries.invalidateQueries({ queryKey: ['api-keys'] }); };
  return (
    <Listing caption={t('settings.places.apiKeys')} list={list} keyOf={({ id }) => id} empty={{ title: t('settings.keys.empty'), hint: t('settings.keys.hint') }} columns={[
      { key: 'name', label: t('settings.name'), cell: ({ name, kind, role }) => <><Text size="sm" fw={600}>{name}</Text><Text size="xs" c="dimmed">{kind === 'write' ? t('settings.keys.kinds.write') : `${t('settings.keys.kinds.server')} · ${t(`settings.keys.roles.${role}`)}`}</Text></> },
      { key: 'value', label: t('settings.keys.value'), cell: ({ value, allowedOrigins, kind, name }) => (value === null ? <Text size="sm" c="dimmed">{t('settings.keys.hidden')}</Text> : <Stack gap={2}><CopyLine text={value} name={name} />{kind === 'write' && <Text size="xs" c="dimmed">{allowedOrigins.length > 0 ? allowedOrigins.join(', ') : t('settings.keys.everyOrigin')}</Text>}</Stack>) },
      { key: 'used', label: t('settings.keys.used'), cell: ({ lastUsedAt, createdAt }) => <><Text size="sm">{lastUsedAt ? format.ago(lastUsedAt) : t('settings.never')}</Text><Text size="xs" c="dimmed">{t('settings.made', { when: format.day(createdAt) })}</Text></> },
      { key: 'actions', label: t('settings.actions'), cell: (key) => (key.revokedAt ? <Badge variant="light" color="red">{t('settings.keys.revoked', { when: format.day(key.revokedAt) })}</Badge> : <Stack gap={6} align="flex-start">{key.kind === 'write' && <Origins apiKey={key} />}<RemoveButton action={t('settings.keys.revoke')} name={t('settings.keys.revokeOf', { name: key.name })} title={t('settings.keys.revokeOf', { name: key.name })} text={t('settings.keys.revokeText')} onRemove={() => revoke(key.id)} /></Stack>) },
    ]} />
  );
}

/** The origins whose pages may use a write key. */
export function Origins({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" aria-label={t('settings.keys.originsOf', { name: apiKey.name })} onClick={() => { setOpen(true); }}>{t('settings.keys.origins')}</Button>
      <Dialog opened={isOpen} onClose={() => { setOpen(false); }} title={t('settings.keys.originsOf', { name: apiKey.name })}><OriginsForm apiKey={apiKey} onDone={() => { setOpen(false); }} /></Dialog>
    </>
  );
}

function OriginsForm({ apiKey, onDone }: { apiKey: Key; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { allowedOrigins: apiKey.allowedOrigins }, inDialog: true,
    save: async (body) => {
      await api.PATCH('/v1/api-keys/{id}', { params: { path: { id: apiKey.id } }, body });
      await queries.invalidateQueries({ queryKey: ['api-keys'] });
      onDone();
    },
  });
  return <form onSubmit={submit} noValidate><Stack><TagsInput data-autofocus label={t('settings.keys.origins')} description={t('settings.keys.originsHint')} placeholder="https://shop.example" acceptValueOnBlur {...form.getInputProps('allowedOrigins')} /><SaveBar {...state} onCancel={onDone} /></Stack></form>;
}

type Values = { kind: Key['kind']; name: string; role: Key['role']; allowedOrigins: string[] };

function NewKey({ onDone }: { onDone(made: Api<'ApiKeyCreated'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { kind: 'server', name: '', role: 'ingest', allowedOrigins: [] }, inDialog: true,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ kind, name, role, allowedOrigins }) => {
      const made = await answer(api.POST('/v1/api-keys', { body: kind === 'server' ? { kind, name, role } : { kind, name, allowedOrigins } }));
      void queries.invalidateQueries({ queryKey: ['api-keys'] });
      onDone(made);
    },
  });
  const { kind, role } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('settings.name')} description={t('settings.keys.nameHint')} maxLength={200} {...form.getInputProps('name')} />
        <Select label={t('settings.keys.kind')} description={t(`settings.keys.kindHints.${kind}`)} allowDeselect={false} data={(['server', 'write'] as const).map((value) => ({ value, label: t(`settings.keys.kinds.${value}`) }))} {...form.getInputProps('kind')} />
        {kind === 'server' ? <Select label={t('settings.keys.may')} description={t(`settings.keys.roleHints.${role}`)} allowDeselect={false} data={ROLES.map((value) => ({ value, label: t(`settings.keys.roles.${value}`) }))} {...form.getInputProps('role')} /> : <TagsInput label={t('settings.keys.origins')} description={t('settings.keys.originsHint')} placeholder="https://shop.example" acceptValueOnBlur {...form.getInputProps('allowedOrigins')} />}
        <SaveBar {...state} label={t('settings.keys.make')} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}
