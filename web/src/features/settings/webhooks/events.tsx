import { Alert, Badge, Button, Code, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SubscriptionForm } from './subscription-form.tsx';

type State = Api<'OutgoingEvent'>['state'];
const STATES = ['waiting', 'sent', 'dead'] as const;
const COLORS = { waiting: 'orange', sent: 'green', dead: 'red' } as const;

/** What becomes of messages, told to this endpoint: which of it, and what was told. */
export function Events({ id, canChange, canEdit }: { id: string; canChange: boolean; canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const path = { params: { path: { id } } };
  const found = useQuery({ queryKey: ['event-subscription', id], queryFn: () => answer(api.GET('/v1/webhook-endpoints/{id}/subscription', path)) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { subscription } = found.data;
  const close = () => { setAsking(false); };
  const stop = async () => { await api.DELETE('/v1/webhook-endpoints/{id}/subscription', path); await Promise.all(['event-subscription', 'outgoing-events'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
  return (
    <Stack>
      {subscription === null
        ? <EmptyState title={t('webhooks.events.none')} hint={t('webhooks.events.noneHint')} action={canChange && <Button onClick={() => { setAsking(true); }}>{t('webhooks.events.subscribe')}</Button>} />
        : (
            <Section title={t('webhooks.events.title')} hint={t('webhooks.events.since', { when: format.instant(subscription.since) })} actions={canChange && (
              <Group gap={6}>
                <Button size="xs" variant="default" aria-label={`${t('settings.change')}: ${t('webhooks.events.title')}`} onClick={() => { setAsking(true); }}>{t('settings.change')}</Button>
                <RemoveButton title={t('webhooks.events.stop')} name={t('webhooks.events.stop')} action={t('webhooks.events.stop')} text={t('webhooks.events.stopText')} onRemove={stop} />
              </Group>
            )}>
              <Group gap={6}>{subscription.kinds.map((kind) => <Badge key={kind} variant="light">{t(`webhooks.events.kinds.${kind}`)}</Badge>)}</Group>
              <Text size="sm" c="dimmed">{t(`webhooks.events.formats.${subscription.format}`)}</Text>
              {subscription.failingSince && <Alert color="orange" variant="light">{t('webhooks.events.failing', { when: format.instant(subscription.failingSince) })}</Alert>}
            </Section>
          )}
      {canEdit && <Told id={id} dead={subscription?.dead ?? 0} />}
      <Dialog opened={isAsking} onClose={close} size="lg" title={t('webhooks.events.subscribe')}><SubscriptionForm id={id} subscription={subscription} onDone={close} /></Dialog>
    </Stack>
  );
}

/** What was told, newest first; any of it can be posted again under its id. */
function Told({ id, dead }: { id: string; dead: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [state, setState] = useState<State | null>(null);
  const [open, setOpen] = useState<Api<'OutgoingEvent'> | null>(null);
  const list = useList(['outgoing-events', id, state], (after) => answer(api.GET('/v1/webhook-endpoints/{id}/events', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}), ...(state ? { state } : {}) } } })));
  const again = async (call: Promise<unknown>) => { await call; await Promise.all(['event-subscription', 'outgoing-events'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
  return (
    <Section bare title={t('webhooks.events.list')} actions={dead > 0 && <ActButton label={t('webhooks.events.againAll')} onAct={() => again(api.POST('/v1/webhook-endpoints/{id}/events/redeliver', { params: { path: { id } } }))} />}>
      <Group><Select label={t('settings.state')} placeholder={t('webhooks.events.anyState')} clearable clearButtonProps={{ 'aria-label': t('settings.clear') }} data={STATES.map((value) => ({ value, label: t(`webhooks.events.states.${value}`) }))} value={state} onChange={(value) => { setState(value as State | null); }} /></Group>
      <Listing caption={t('webhooks.events.list')} list={list} keyOf={(one) => one.id} empty={{ title: t('webhooks.events.empty'), hint: t('webhooks.events.emptyHint') }} noMatch={state ? { title: t('webhooks.events.noneSuch'), hint: '' } : undefined} onClear={() => { setState(null); }} columns={[
        { key: 'at', label: t('deliveries.when'), cell: ({ at }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(at)}</Text> },
        { key: 'kind', label: t('webhooks.events.event'), cell: ({ kind, personId }) => <Stack gap={0}><Text size="sm">{t(`webhooks.events.kinds.${kind}`)}</Text><TextLink size="xs" to="/people/$id" params={{ id: personId }} underline="always">…{personId.slice(-6)}</TextLink></Stack> },
        { key: 'state', label: t('settings.state'), cell: ({ state: is, detail, attempts, dueAt }) => <><Badge variant="light" color={COLORS[is]}>{t(`webhooks.events.states.${is}`)}</Badge>{detail && is !== 'sent' && <Text size="xs"><Code>{detail}</Code></Text>}{is === 'waiting' && attempts > 0 && <Text size="xs" c="dimmed">{t('webhooks.next', { when: format.instant(dueAt) })}</Text>}</> },
        { key: 'act', label: t('settings.actions'), cell: (one) => <Group gap={6}><Button size="xs" variant="default" aria-label={`${t('webhooks.events.look')}: ${format.instant(one.at)}`} onClick={() => { setOpen(one); }}>{t('webhooks.events.look')}</Button>{one.state !== 'waiting' && <ActButton label={t('webhooks.events.again')} name={`${t('webhooks.events.again')}: ${format.instant(one.at)}`} onAct={() => again(api.POST('/v1/webhook-endpoints/{id}/events/{eventId}/redeliver', { params: { path: { id, eventId: one.id } } }))} />}</Group> },
      ]} />
      <Dialog opened={open !== null} onClose={() => { setOpen(null); }} size="lg" title={t('webhooks.events.body')}>{open && <Code block tabIndex={0} style={{ overflow: 'auto' }}>{JSON.stringify(open.payload, null, 2)}</Code>}</Dialog>
    </Section>
  );
}
