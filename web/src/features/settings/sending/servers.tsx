import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { TextLink } from '../../../ui/links.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog, OwnersNote, SecretLost } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { RelayForm } from './relay-form.tsx';

type Relay = Api<'Relay'>;

/** Whether mail leaves for real, and through which servers. */
export function Servers() {
  const { t } = useTranslation();
  const canEdit = isOwner(useMe());
  const [open, setOpen] = useState<Relay | 'new' | null>(null);
  const found = useQuery({ queryKey: ['relays'], queryFn: () => answer(api.GET('/v1/relays')) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { items, sending: mode } = found.data;
  const close = () => { setOpen(null); };
  return (
    <Stack gap="lg">
      {!canEdit && <OwnersNote text={t('settings.ownersChange')} />}
      <Alert color={mode === 'sandbox' ? 'orange' : mode === 'off' || mode === 'away' ? 'red' : 'green'} variant="light" title={t(`sending.mode.${mode}`)}>
        <Text size="sm">{t(`sending.modeText.${mode}`)}</Text>
        {mode === 'sandbox' && <TextLink to="/deliveries/mailbox" size="sm" underline="always">{t('sending.mailbox')}</TextLink>}
      </Alert>
      <Group justify="space-between"><Title order={2} size="h4">{t('sending.relays.title')}</Title>{canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpen('new'); }}>{t('sending.relays.new')}</Button>}</Group>
      {items.length === 0 && <Text c="dimmed">{t('sending.relays.empty')}</Text>}
      {items.map((relay) => <OneRelay key={relay.id} relay={relay} canEdit={canEdit} onChange={() => { setOpen(relay); }} />)}
      <Dialog opened={open !== null} onClose={close} size="lg" title={open === 'new' || open === null ? t('sending.relays.new') : open.name}><RelayForm relay={open === 'new' ? null : open} onDone={close} /></Dialog>
    </Stack>
  );
}

function OneRelay({ relay, canEdit, onChange }: { relay: Relay; canEdit: boolean; onChange(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [trial, setTrial] = useState<Api<'RelayTrial'> | null>(null);
  const path = { params: { path: { id: relay.id } } };
  const again = async (call: Promise<unknown>) => { await call; await queries.invalidateQueries({ queryKey: ['relays'] }); };
  const { state } = relay;
  const how = !relay.enabled ? 'off' : state.breaker === 'open' ? 'open' : 'ok';
  return (
    <Card withBorder component="article" aria-label={relay.name}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs"><Title order={3} size="h5">{relay.name}</Title>{relay.secretLost ? <Badge variant="light" color="red">{t('settings.secretLost.badge')}</Badge> : <Badge variant="light" color={how === 'ok' ? 'green' : how === 'open' ? 'red' : 'gray'}>{t(`sending.relays.states.${how}`)}</Badge>}</Group>
          {canEdit && (
            <Group gap={6}>
              <ActButton label={t('sending.relays.test')} name={t('sending.relays.testOf', { name: relay.name })} onAct={async () => { setTrial(null); setTrial(await answer(api.POST('/v1/relays/{id}/test', path))); }} />
              <Button size="xs" variant="default" aria-label={`${t('settings.change')}: ${relay.name}`} onClick={onChange}>{t('settings.change')}</Button>
              <ActButton label={t(relay.enabled ? 'settings.switchOff' : 'settings.switchOn')} name={`${t(relay.enabled ? 'settings.switchOff' : 'settings.switchOn')}: ${relay.name}`} onAct={() => again(api.PATCH('/v1/relays/{id}', { ...path, body: { enabled: !relay.enabled } }))} />
              <RemoveButton title={t('settings.removeOf', { name: relay.name })} name={t('settings.removeOf', { name: relay.name })} text={t('sending.relays.removeText')} onRemove={() => again(api.DELETE('/v1/relays/{id}', path))} />
            </Group>
          )}
        </Group>
        {relay.secretLost && <SecretLost of="relay" />}
        <Text size="sm">{relay.host}:{relay.port} · {t(`sending.relays.security.${relay.security}`)} · {t(`sending.relays.providers.${relay.provider}`)}</Text>
        <Text size="xs" c="dimmed">{t('sending.relays.pace', { connections: relay.connections, rate: relay.sendRate === null ? t('sending.relays.noRate') : t('sending.relays.rate', { rate: relay.sendRate }) })}</Text>
        {state.lastError && state.lastErrorAt && <Text size="xs" c="dimmed">{t('sending.relays.lastError', { when: format.instant(state.lastErrorAt), error: state.lastError })}</Text>}
        {state.lowered.map(({ domain, rate, at, because }) => <Text key={domain} size="xs" c="dimmed">{t('sending.relays.lowered', { domain, rate, when: format.instant(at), because })}</Text>)}
        {trial && (
          <Alert role="status" color={trial.ok ? 'green' : 'red'} variant="light" title={t(trial.ok ? 'sending.relays.trialOk' : 'sending.relays.trialBad')}>
            <Text size="sm">{trial.answer}</Text>
            {trial.ok && <Text size="xs">{t(trial.encrypted ? 'sending.relays.encrypted' : 'sending.relays.plain')}{trial.largest !== null && ` ${t('sending.relays.largest', { size: format.number(Math.floor(trial.largest / 1024)) })}`}</Text>}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}
