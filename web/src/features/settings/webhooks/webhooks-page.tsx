import { Badge, Button, Group, Text } from '@mantine/core';
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
import { Dialog, OnceSecret, OwnersNote, type Secret } from '../kit/parts.tsx';
import { EndpointForm } from './endpoint-form.tsx';

type Endpoint = Api<'WebhookEndpoint'>;

/** Where webhooks and chat notices go. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const canEdit = isOwner(me);
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  const list = useList(['webhook-endpoints'], (after) => answer(api.GET('/v1/webhook-endpoints', { params: { query: { limit: 50, ...(after ? { after } : {}) } } })));
  if (me === undefined) return <Loading />;
  const done = (made: Api<'WebhookEndpointWithSecret'> | null) => {
    setMaking(false);
    if (made?.secret) setSecret({ title: made.endpoint.name, name: t('webhooks.secret'), value: made.secret, hint: t('webhooks.once') });
  };
  return (
    <Page title={t('settings.places.webhooks')} note={t('webhooks.hint')} actions={canEdit && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => { setMaking(true); }}>{t('webhooks.new')}</Button>}>
      {!canEdit && <OwnersNote text={t('settings.ownersChange')} />}
      <Listing caption={t('settings.places.webhooks')} list={list} keyOf={({ id }) => id} empty={{ title: t('webhooks.empty'), hint: t('webhooks.hint') }} columns={[
        { key: 'name', label: t('settings.name'), cell: ({ id, name, kind }) => <><TextLink to="/settings/webhooks/$id" params={{ id }} fw={600} size="sm">{name}</TextLink><Text size="xs" c="dimmed">{t(`webhooks.kinds.${kind}`)}</Text></> },
        { key: 'url', label: t('webhooks.url'), cell: ({ url }) => <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{url}</Text> },
        { key: 'state', label: t('settings.state'), cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
        { key: 'waiting', label: t('webhooks.waiting'), numeric: true, cell: ({ waiting }) => format.number(waiting) },
        { key: 'dead', label: t('webhooks.dead'), numeric: true, cell: ({ id, dead }) => (dead > 0 ? <TextLink to="/settings/webhooks/$id" params={{ id }} search={{ tab: 'dead' }} underline="always">{format.number(dead)}</TextLink> : format.number(dead)) },
      ]} />
      <Dialog opened={isMaking} onClose={() => { setMaking(false); }} title={t('webhooks.new')} size="lg"><EndpointForm endpoint={null} onDone={done} /></Dialog>
      <OnceSecret secret={secret} onClose={() => { setSecret(null); }} />
    </Page>
  );
}

/** Whether it is switched on, and whether it answers. */
export function EndpointState({ endpoint: { secretLost, enabled, disabledBecause, circuit, pausedUntil } }: { endpoint: Endpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (secretLost) return <Badge variant="light" color="red">{t('settings.secretLost.badge')}</Badge>;
  if (!enabled) return <Badge variant="light" color="gray">{t(disabledBecause === 'gone' || disabledBecause === 'failing' ? `webhooks.states.${disabledBecause}` : 'webhooks.states.off')}</Badge>;
  return (
    <Group gap={6}>
      <Badge variant="light" color={circuit.state === 'closed' ? 'green' : circuit.state === 'open' ? 'red' : 'orange'}>{t(`webhooks.states.${circuit.state}`)}</Badge>
      {(pausedUntil ?? circuit.openUntil) && <Text size="xs" c="dimmed">{t('webhooks.until', { when: format.instant((pausedUntil ?? circuit.openUntil)!) })}</Text>}
    </Group>
  );
}
