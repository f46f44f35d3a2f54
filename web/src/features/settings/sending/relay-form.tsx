import { Group, NumberInput, PasswordInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, type Api } from '../../../lib/api.ts';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Relay = Api<'Relay'>;
const PROVIDERS = ['smtp', 'ses', 'sendgrid', 'mailgun', 'postmark'] as const;
const PORTS = { tls: 465, starttls: 587, none: 25 } as const;

type Values = {
  name: string; host: string; port: number | string; security: Relay['security']; verifyCertificate: boolean; username: string; password: string; provider: Relay['provider'];
  configurationSet: string; broadcastStream: string; transactionalStream: string; connections: number | string; weight: number | string; priority: number | string; sendRate: number | string; domainRates: string;
};

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());
/** `gmail.com 10`, one a line; a line that is none is given to the server as it is, which says what is wrong with it. */
const ratesOf = (text: string) => Object.fromEntries(text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => { const [domain = '', rate = ''] = line.split(/\s+/); return [domain, Number(rate)]; }));

const initialOf = (relay: Relay | null): Values => ({
  name: relay?.name ?? '', host: relay?.host ?? '', port: relay?.port ?? 587, security: relay?.security ?? 'starttls', verifyCertificate: relay?.verifyCertificate ?? true, username: relay?.username ?? '', password: '', provider: relay?.provider ?? 'smtp',
  configurationSet: relay?.configurationSet ?? '', broadcastStream: relay?.broadcastStream ?? '', transactionalStream: relay?.transactionalStream ?? '', connections: relay?.connections ?? 10, weight: relay?.weight ?? 1, priority: relay?.priority ?? 0, sendRate: relay?.sendRate ?? '',
  domainRates: Object.entries(relay?.domainRates ?? {}).map(([domain, rate]) => `${domain} ${rate}`).join('\n'),
});

/** A mail server: where it is, who we are there, how fast it takes mail. A password that is left empty stays. */
export function RelayForm({ relay, onDone }: { relay: Relay | null; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: initialOf(relay), inDialog: true,
    checks: {
      name: (value) => (value.trim() === '' ? t('settings.required') : null),
      host: (value) => (value.trim() === '' ? t('settings.required') : null),
      domainRates: (value) => (Object.values(ratesOf(value)).some((rate) => Number.isNaN(rate)) ? t('sending.relays.badRates') : null),
    },
    save: async (values) => {
      const { password, domainRates, sendRate, ...rest } = values;
      const body = {
        ...rest, host: rest.host.trim(), port: Number(rest.port), connections: Number(rest.connections), weight: Number(rest.weight), priority: Number(rest.priority),
        username: orNull(rest.username), configurationSet: orNull(rest.configurationSet), broadcastStream: orNull(rest.broadcastStream), transactionalStream: orNull(rest.transactionalStream),
        sendRate: sendRate === '' ? null : Number(sendRate), domainRates: ratesOf(domainRates), ...(password === '' ? {} : { password }),
      };
      if (relay === null) await api.POST('/v1/relays', { body: { enabled: true, password: null, ...body } });
      else await api.PATCH('/v1/relays/{id}', { params: { path: { id: relay.id } }, body });
      await queries.invalidateQueries({ queryKey: ['relays'] });
      onDone();
    },
  });
  const { provider, security } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        <Select label={t('sending.relays.provider')} description={t('sending.relays.providerHint')} allowDeselect={false} data={PROVIDERS.map((value) => ({ value, label: t(`sending.relays.providers.${value}`) }))} {...form.getInputProps('provider')} />
        <Group grow align="flex-start">
          <TextInput label={t('sending.relays.host')} placeholder="smtp.example.com" maxLength={253} {...form.getInputProps('host')} />
          <NumberInput label={t('sending.relays.port')} min={1} max={65_535} allowDecimal={false} hideControls {...form.getInputProps('port')} />
        </Group>
        <Select label={t('sending.relays.encryption')} allowDeselect={false} data={(['starttls', 'tls', 'none'] as const).map((value) => ({ value, label: t(`sending.relays.security.${value}`) }))} {...form.getInputProps('security')} onChange={(value) => { const next = value as Relay['security']; form.setFieldValue('security', next); if (Object.values(PORTS).includes(Number(form.values.port) as 25)) form.setFieldValue('port', PORTS[next]); }} />
        {security !== 'none' && <Switch label={t('sending.relays.verify')} {...form.getInputProps('verifyCertificate', { type: 'checkbox' })} />}
        <Group grow align="flex-start">
          <TextInput label={t('sending.relays.username')} autoComplete="off" {...form.getInputProps('username')} />
          <PasswordInput label={t('sending.relays.password')} description={relay === null ? undefined : t('sending.relays.passwordKeep')} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('settings.me.show') }} {...form.getInputProps('password')} />
        </Group>
        {provider === 'ses' && <TextInput label={t('sending.relays.configurationSet')} {...form.getInputProps('configurationSet')} />}
        {provider === 'postmark' && <Group grow><TextInput label={t('sending.relays.broadcastStream')} placeholder="broadcast" {...form.getInputProps('broadcastStream')} /><TextInput label={t('sending.relays.transactionalStream')} placeholder="outbound" {...form.getInputProps('transactionalStream')} /></Group>}
        <Group grow align="flex-start">
          <NumberInput label={t('sending.relays.sendRate')} description={t('sending.relays.sendRateHint')} min={0} {...form.getInputProps('sendRate')} />
          <NumberInput label={t('sending.relays.connections')} description={t('sending.relays.connectionsHint')} min={1} max={100} allowDecimal={false} {...form.getInputProps('connections')} />
        </Group>
        <Textarea label={t('sending.relays.domainRates')} description={t('sending.relays.domainRatesHint')} placeholder="gmail.com 10" autosize minRows={2} {...form.getInputProps('domainRates')} />
        <Group grow align="flex-start">
          <NumberInput label={t('sending.relays.priority')} description={t('sending.relays.priorityHint')} min={0} max={1000} allowDecimal={false} {...form.getInputProps('priority')} />
          <NumberInput label={t('sending.relays.weight')} description={t('sending.relays.weightHint')} min={1} max={1000} allowDecimal={false} {...form.getInputProps('weight')} />
        </Group>
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
