import { PasswordInput, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, type Api } from '../../../lib/api.ts';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Connection = Api<'ProviderConnection'>;
type Provider = Connection['provider'];
const PROVIDERS = ['ses', 'sendgrid', 'mailgun', 'postmark'] as const;

type Values = { provider: Provider; name: string; topicArns: string[]; networks: string[]; secret: string; user: string };

/** What a provider's proof is made with, in the words of the API; null: nothing was given. */
function secretOf(provider: Provider, secret: string, user: string) {
  if (secret.trim() === '') return null;
  if (provider === 'sendgrid') return { kind: 'public_key' as const, publicKey: secret.trim() };
  if (provider === 'mailgun') return { kind: 'signing_key' as const, signingKey: secret.trim() };
  return { kind: 'password' as const, user: user.trim(), password: secret };
}

const PLACES = { 'secret.publicKey': 'secret', 'secret.signingKey': 'secret', 'secret.password': 'secret', 'secret.user': 'user', publicKey: 'secret', signingKey: 'secret', password: 'secret' } as const;

export function ConnectionForm({ connection, onDone }: { connection: Connection | null; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { provider: connection?.provider ?? 'ses', name: connection?.name ?? '', topicArns: connection?.topicArns ?? [], networks: connection?.networks ?? [], secret: '', user: 'danbi' }, inDialog: true, places: PLACES,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ provider, name, topicArns, networks, secret, user }) => {
      const more = { name, networks, ...(provider === 'ses' ? { topicArns } : {}) };
      const given = secretOf(provider, secret, user);
      if (connection) await api.PATCH('/v1/provider-connections/{id}', { params: { path: { id: connection.id } }, body: more });
      else await api.POST('/v1/provider-connections', { body: { provider, ...more, ...(given ? { secret: given } : {}) } as never });
      await queries.invalidateQueries({ queryKey: ['provider-connections'] });
      onDone();
    },
  });
  const { provider } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {connection === null && <Select label={t('sending.relays.provider')} description={t(`sending.reports.paste.${provider}`)} allowDeselect={false} data={PROVIDERS.map((value) => ({ value, label: t(`sending.relays.providers.${value}`) }))} {...form.getInputProps('provider')} />}
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        {provider === 'ses' && <TagsInput label={t('sending.reports.arns')} description={t('sending.reports.arnsHint')} acceptValueOnBlur {...form.getInputProps('topicArns')} />}
        {connection === null && provider !== 'ses' && <SecretFields provider={provider} secret={form.getInputProps('secret')} user={form.getInputProps('user')} />}
        <TagsInput label={t('sending.reports.networks')} description={t('sending.reports.networksHint')} placeholder="203.0.113.0/24" acceptValueOnBlur {...form.getInputProps('networks')} />
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}

/** A second secret beside the first, while the provider is told the new one. */
export function SecretForm({ connection, onDone }: { connection: Connection; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { secret: '', user: 'danbi' }, inDialog: true, places: PLACES,
    checks: { secret: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ secret, user }) => {
      await api.POST('/v1/provider-connections/{id}/secrets', { params: { path: { id: connection.id } }, body: secretOf(connection.provider, secret, user)! });
      await queries.invalidateQueries({ queryKey: ['provider-connections'] });
      onDone();
    },
  });
  return <form onSubmit={submit} noValidate><Stack><SecretFields provider={connection.provider} secret={form.getInputProps('secret')} user={form.getInputProps('user')} /><SaveBar {...state} onCancel={onDone} /></Stack></form>;
}

function SecretFields({ provider, secret, user }: { provider: Provider; secret: object; user: object }) {
  const { t } = useTranslation();
  if (provider === 'ses') return null;
  return (
    <>
      {provider === 'postmark' && <TextInput label={t('sending.reports.user')} autoComplete="off" {...user} />}
      <PasswordInput label={t(`sending.reports.secretOf.${provider}`)} autoComplete="off" visibilityToggleButtonProps={{ 'aria-label': t('settings.me.show') }} {...secret} />
    </>
  );
}
