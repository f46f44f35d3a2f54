import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { ROLES } from './abilities.ts';
import { FactorReset } from './second-factor.tsx';
import { ActButton, Dialog } from './kit/parts.tsx';
import { RemoveButton } from './kit/removal.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';

type User = Api<'User'>;

/** What an owner may do about one colleague. Oneself is changed under "Me", and the last owner by nobody. */
export function Colleague({ user, onLink }: { user: User; onLink(invitation: Api<'Invitation'>): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = useMe();
  const [isChanging, setChanging] = useState(false);
  if (me?.kind === 'user' && me.user.id === user.id) return <Text size="sm" c="dimmed">{t('settings.team.you')}</Text>;
  const path = { params: { path: { id: user.id } } };
  const again = async (call: Promise<unknown>) => { await call; await queries.invalidateQueries({ queryKey: ['users'] }); };
  const close = () => { setChanging(false); };
  return (
    <Group gap={6}>
      <Button size="xs" variant="default" aria-label={t('settings.team.changeOf', { name: user.name })} onClick={() => { setChanging(true); }}>{t('settings.change')}</Button>
      {user.state !== 'disabled' && <ActButton label={t('settings.team.newLink')} name={t('settings.team.newLinkOf', { name: user.name })} onAct={async () => { onLink(await answer(api.POST('/v1/users/{id}/invite', path))); }} />}
      <ActButton label={t(user.state === 'disabled' ? 'settings.team.enable' : 'settings.team.disable')} name={`${t(user.state === 'disabled' ? 'settings.team.enable' : 'settings.team.disable')}: ${user.name}`} onAct={() => again(api.PATCH('/v1/users/{id}', { ...path, body: { disabled: user.state !== 'disabled' } }))} />
      {user.secondFactor && <FactorReset user={user} onReset={() => again(api.DELETE('/v1/users/{id}/second-factor', path))} />}
      <RemoveButton title={t('settings.team.removeTitle', { name: user.name })} name={t('settings.removeOf', { name: user.name })} text={t('settings.team.removeText')} onRemove={() => again(api.DELETE('/v1/users/{id}', path))} />
      <Dialog opened={isChanging} onClose={close} title={t('settings.team.changeOf', { name: user.name })}><Change user={user} onDone={close} /></Dialog>
    </Group>
  );
}

function Change({ user, onDone }: { user: User; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<{ name: string; role: User['role'] }>({
    initial: { name: user.name, role: user.role }, inDialog: true,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async (body) => {
      await api.PATCH('/v1/users/{id}', { params: { path: { id: user.id } }, body });
      await queries.invalidateQueries({ queryKey: ['users'] });
      onDone();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        <Select label={t('settings.team.role')} description={t(`settings.roleHints.${form.values.role}`)} allowDeselect={false} data={ROLES.map((value) => ({ value, label: t(`settings.roles.${value}`) }))} {...form.getInputProps('role')} />
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
