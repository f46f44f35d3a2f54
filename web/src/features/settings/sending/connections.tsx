import { Alert, Badge, Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { IconPlus } from '../../../ui/icons.ts';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, CopyLine, Dialog, OwnersNote, SecretLost, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { ConnectionForm, SecretForm } from './connection-form.tsx';

type Connection = Api<'ProviderConnection'>;

/** The providers that report bounces and complaints to us, and whether they are heard. */
export function Connections() {
  const { t } = useTranslation();
  const me = useMe();
  if (!isOwner(me)) return <OwnersNote text={t('settings.ownersSee')} />;
  return <List />;
}

function List() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Connection | 'new' | null>(null);
  const { query, items, more } = useList(['provider-connections'], (after) => answer(api.GET('/v1/provider-connections', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  if (query.isPending) return <Loading />;
  if (query.isError && items.length === 0) return <ErrorPanel error={query.error} onRetry={() => { void query.refetch(); }} />;
  const close = () => { setOpen(null); };
  return (
    <Section bare title={t('sending.tabs.reports')} hint={t('sending.reports.hint')} actions={<Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setOpen('new'); }}>{t('sending.reports.new')}</Button>}>
      {items.length === 0 && <EmptyState title={t('sending.reports.empty')} hint={t('sending.reports.emptyHint')} />}
      {items.map((connection) => <OneConnection key={connection.id} connection={connection} onChange={() => { setOpen(connection); }} />)}
      {more && <Group justify="center"><Button variant="default" loading={more.busy} onClick={() => { more.load(); }}>{t('state.more')}</Button></Group>}
      <Dialog opened={open !== null} onClose={close} size="lg" title={open === 'new' || open === null ? t('sending.reports.new') : open.name}><ConnectionForm connection={open === 'new' ? null : open} onDone={close} /></Dialog>
    </Section>
  );
}

function OneConnection({ connection, onChange }: { connection: Connection; onChange(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const { id, name, provider, enabled, url, topicArns, networks, secrets, lastEventAt, refusedCount, lastRefusedAt, lastRefusedReason } = connection;
  const path = { params: { path: { id } } };
  const again = async (call: Promise<unknown>) => { await call; await queries.invalidateQueries({ queryKey: ['provider-connections'] }); };
  return (
    <Card withBorder component="article" aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs"><Title order={3} size="h5">{name}</Title><Badge variant="light" color={!enabled ? 'gray' : lastEventAt ? 'green' : 'orange'}>{t(`sending.reports.states.${!enabled ? 'off' : lastEventAt ? 'heard' : 'waiting'}`)}</Badge></Group>
          <Group gap={6}>
            <Button size="xs" variant="default" aria-label={`${t('settings.change')}: ${name}`} onClick={onChange}>{t('settings.change')}</Button>
            <ActButton label={t(enabled ? 'settings.switchOff' : 'settings.switchOn')} name={`${t(enabled ? 'settings.switchOff' : 'settings.switchOn')}: ${name}`} onAct={() => again(api.PATCH('/v1/provider-connections/{id}', { ...path, body: { enabled: !enabled } }))} />
            <RemoveButton title={t('settings.removeOf', { name })} name={t('settings.removeOf', { name })} text={t('sending.reports.removeText')} onRemove={() => again(api.DELETE('/v1/provider-connections/{id}', path))} />
          </Group>
        </Group>
        {connection.secretLost && <SecretLost of="provider" />}
        <Text size="sm">{t(`sending.relays.providers.${provider}`)}</Text>
        <Text size="sm">{t(`sending.reports.paste.${provider}`)}</Text>
        <CopyLine text={url} name={t('sending.reports.address')} />
        <Text size="xs" c="dimmed">{t('sending.reports.addressSecret')}</Text>
        {topicArns.map((arn) => <Code key={arn}>{arn}</Code>)}
        {networks.length > 0 && <Text size="xs" c="dimmed">{t('sending.reports.from', { networks: networks.join(', ') })}</Text>}
        {provider !== 'ses' && (
          <Group gap="xs">
            <Text size="sm">{t('sending.reports.secrets')}</Text>
            {secrets.length === 0 && <Text size="sm" c="dimmed">{t('sending.reports.noSecret')}</Text>}
            {secrets.map((secret) => <Group key={secret.id} gap={4}><Code>…{secret.hint}</Code><RemoveButton title={t('settings.removeOf', { name: `…${secret.hint}` })} name={t('settings.removeOf', { name: `…${secret.hint}` })} text={t('sending.reports.secretGone')} onRemove={() => again(api.DELETE('/v1/provider-connections/{id}/secrets/{secretId}', { params: { path: { id, secretId: secret.id } } }))} /></Group>)}
            {secrets.length < 2 && <Button size="xs" variant="default" aria-label={`${t('sending.reports.addSecret')}: ${name}`} onClick={() => { setAdding(true); }}>{t('sending.reports.addSecret')}</Button>}
          </Group>
        )}
        <Text size="xs" c="dimmed">{lastEventAt ? t('sending.reports.last', { when: format.ago(lastEventAt) }) : t('sending.reports.neverHeard')}</Text>
        {refusedCount > 0 && <Alert color="orange" variant="light" title={t('sending.reports.refused', { count: refusedCount })}>{lastRefusedAt && format.instant(lastRefusedAt)} {lastRefusedReason && ` · ${t(`sending.reports.reasons.${lastRefusedReason}`)}`}</Alert>}
      </Stack>
      <Dialog opened={isAdding} onClose={() => { setAdding(false); }} title={t('sending.reports.addSecret')}><SecretForm connection={connection} onDone={() => { setAdding(false); }} /></Dialog>
    </Card>
  );
}
