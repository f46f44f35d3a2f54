import { Alert, Button, Card, Code, Group, NumberInput, Stack, Tabs, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, mayEdit, useMe } from '../../../lib/me.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog, OnceSecret, SecretLost, Section, type Secret } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { ENDPOINT_TABS, type EndpointSearch } from '../settings-search.ts';
import { EndpointForm } from './endpoint-form.tsx';
import { Attempts, DeadLetters, Deliveries } from './endpoint-lists.tsx';
import { Events } from './events.tsx';
import { EndpointState } from './webhooks-page.tsx';

const route = getRouteApi('/settings/webhooks/$id');
type Endpoint = Api<'WebhookEndpoint'>;

/** One endpoint: how it is, what was delivered, every try, and what was given up. */
export function EndpointPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { id } = route.useParams();
  const { tab = 'deliveries', delivery } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({ queryKey: ['webhook-endpoint', id], queryFn: () => answer(api.GET('/v1/webhook-endpoints/{id}', { params: { path: { id } } })) });
  if (me === undefined || found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const endpoint = found.data;
  return (
    <Page title={endpoint.name} note={<Group gap="xs"><TextLink to="/settings/webhooks" underline="always">{t('settings.places.webhooks')}</TextLink><EndpointState endpoint={endpoint} /></Group>}>
      {endpoint.secretLost && <SecretLost of="endpoint" />}
      <About endpoint={endpoint} canEdit={isOwner(me)} canTest={mayEdit(me)} />
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'deliveries' ? undefined : (next as EndpointSearch['tab']) }, replace: true }); }}>
        <Tabs.List mb="md">{ENDPOINT_TABS.filter((one) => one !== 'events' || endpoint.kind === 'standard').map((one) => <Tabs.Tab key={one} value={one}>{t(`webhooks.tabs.${one}`)}{one === 'dead' && endpoint.dead > 0 ? ` (${endpoint.dead})` : ''}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="deliveries"><Deliveries id={id} /></Tabs.Panel>
        <Tabs.Panel value="attempts"><Attempts id={id} delivery={delivery} onAll={() => { void navigate({ search: { tab: 'attempts' }, replace: true }); }} /></Tabs.Panel>
        <Tabs.Panel value="dead"><DeadLetters id={id} dead={endpoint.dead} canEdit={mayEdit(me)} /></Tabs.Panel>
        <Tabs.Panel value="events"><Events id={id} canChange={isOwner(me)} canEdit={mayEdit(me)} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function About({ endpoint, canEdit, canTest }: { endpoint: Endpoint; canEdit: boolean; canTest: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<'change' | 'rotate' | null>(null);
  const [secret, setSecret] = useState<Secret | null>(null);
  const [told, setTold] = useState<Api<'WebhookTest'> | null>(null);
  const { id, name, url, description, headerNames, secrets, enabled } = endpoint;
  const path = { params: { path: { id } } };
  const close = () => { setDialog(null); };
  const again = async () => { await Promise.all(['webhook-endpoints', 'webhook-endpoint', 'webhook-attempts'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
  const test = async () => { setTold(null); setTold(await answer(api.POST('/v1/webhook-endpoints/{id}/test', path))); await again(); };
  const actions = (
    <Group gap={6}>
      {canTest && <ActButton label={t('webhooks.test')} onAct={test} />}
      {canEdit && <Button size="xs" variant="default" onClick={() => { setDialog('change'); }}>{t('settings.change')}</Button>}
      {canEdit && endpoint.kind === 'standard' && <Button size="xs" variant="default" onClick={() => { setDialog('rotate'); }}>{t('webhooks.rotate')}</Button>}
      {canEdit && <ActButton label={t(enabled ? 'settings.switchOff' : 'settings.switchOn')} onAct={async () => { await api.PATCH('/v1/webhook-endpoints/{id}', { ...path, body: { enabled: !enabled } }); await again(); }} />}
    </Group>
  );
  return (
    <Section title={t('webhooks.about')} hint={description} actions={actions}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{url}</Text>
      {headerNames.length > 0 && <Text size="sm" c="dimmed">{t('webhooks.headersAre', { names: headerNames.join(', ') })}</Text>}
      {secrets.map(({ hint, createdAt, expiresAt }) => <Group key={hint} gap="xs"><Text size="sm">{t('webhooks.signs')}</Text><Code>{hint}</Code><Text size="xs" c="dimmed">{t('settings.made', { when: format.day(createdAt) })}{expiresAt && ` · ${t('webhooks.until', { when: format.instant(expiresAt) })}`}</Text></Group>)}
      {told && <Told told={told} />}
      <Dialog opened={dialog === 'change'} onClose={close} size="lg" title={name}><EndpointForm endpoint={endpoint} onDone={close} /></Dialog>
      <Dialog opened={dialog === 'rotate'} onClose={close} title={t('webhooks.rotate')}><Rotate id={id} onDone={(made) => { close(); void again(); if (made?.secret) setSecret({ title: name, name: t('webhooks.secret'), value: made.secret, hint: t('webhooks.once') }); }} /></Dialog>
      <OnceSecret secret={secret} onClose={() => { setSecret(null); }} />
    </Section>
  );
}

/** What came back of a test. */
function Told({ told: { ok, outcome, status, error, response, durationMs, body } }: { told: Api<'WebhookTest'> }) {
  const { t } = useTranslation();
  return (
    <Alert role="status" color={ok ? 'green' : 'red'} variant="light" title={ok ? t('webhooks.testOk', { status, ms: durationMs }) : t(`webhooks.testBad.${outcome}`, { status })}>
      {error && <Text size="sm">{error}</Text>}
      {response && <Card padding="xs"><Code block tabIndex={0}>{response}</Code></Card>}
      <details><Text component="summary" size="xs">{t('webhooks.sentBody')}</Text><Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap' }}>{body}</Code></details>
    </Alert>
  );
}

function Rotate({ id, onDone }: { id: string; onDone(made: Api<'WebhookEndpointWithSecret'> | null): void }) {
  const { t } = useTranslation();
  const { form, submit, ...state } = useSavedForm<{ overlapHours: number | string }>({
    initial: { overlapHours: 24 }, inDialog: true,
    save: async ({ overlapHours }) => { onDone(await answer(api.POST('/v1/webhook-endpoints/{id}/rotate-secret', { params: { path: { id } }, body: { overlapHours: Number(overlapHours) } }))); },
  });
  return <form onSubmit={submit} noValidate><Stack><Text size="sm">{t('webhooks.rotateText')}</Text><NumberInput data-autofocus label={t('webhooks.overlap')} min={0} max={720} allowDecimal={false} {...form.getInputProps('overlapHours')} /><SaveBar {...state} label={t('webhooks.rotate')} onCancel={() => { onDone(null); }} /></Stack></form>;
}
