import { Anchor, Badge, Code, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { useReason } from '../../../lib/reasons.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { ConfirmButton, TYPED_FROM } from '../../../ui/confirm.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { ActButton } from '../kit/parts.tsx';

type Delivery = Api<'WebhookDelivery'>;
type State = 'sent';

/** What a delivery is of, and what the other side said last. */
function useColumns(id: string): Column<Delivery>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  return [
    { key: 'when', label: t('deliveries.when'), cell: ({ settledAt, sentAt, queuedAt }) => format.instant(settledAt ?? sentAt ?? queuedAt) },
    { key: 'person', label: t('deliveries.to'), cell: ({ personId, campaignId, stepId }) => <Stack gap={0}><TextLink size="sm" to="/people/$id" params={{ id: personId }} underline="always">…{personId.slice(-6)}</TextLink>{campaignId && <TextLink size="xs" to="/campaigns/$id" params={{ id: campaignId }} underline="always">{stepId}</TextLink>}</Stack> },
    { key: 'state', label: t('deliveries.state'), cell: ({ state, reason: code, detail }) => <><Badge variant="light" color={state === 'sent' ? 'green' : 'gray'}>{t(`deliveries.states.${state as State}`)}</Badge>{code && <Text size="xs">{reason(code)}</Text>}{detail && <Text size="xs" c="dimmed">{detail}</Text>}</> },
    { key: 'last', label: t('webhooks.last'), cell: ({ last }) => (last ? <Said status={last.status} error={last.error} response={last.response} /> : t('state.none')) },
    { key: 'attempts', label: t('webhooks.attempts'), numeric: true, cell: ({ id: delivery, attempts }) => <TextLink to="/settings/webhooks/$id" params={{ id }} search={{ tab: 'attempts', delivery }} underline="always">{format.number(attempts)}</TextLink> },
  ];
}

function Said({ status, error, response }: { status: number | null; error: string | null; response: string | null }) {
  return <Stack gap={2}>{status !== null && <Text size="sm">HTTP {status}</Text>}{error && <Text size="xs">{error}</Text>}{response && <Code style={{ maxWidth: 260, overflowWrap: 'anywhere' }}>{response.slice(0, 200)}</Code>}</Stack>;
}

export function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation();
  const columns = useColumns(id);
  const list = useList(['webhook-deliveries', id], (after) => answer(api.GET('/v1/webhook-endpoints/{id}/deliveries', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  return <Listing caption={t('webhooks.tabs.deliveries')} list={list} keyOf={(one) => one.id} columns={columns} empty={{ title: t('webhooks.noDeliveries'), hint: t('webhooks.noDeliveriesHint') }} />;
}

const FATES = { delivered: 'green', retry: 'orange', dead: 'red', uncertain: 'orange', test: 'gray' } as const;

export function Attempts({ id, delivery, onAll }: { id: string; delivery: string | undefined; onAll(): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['webhook-attempts', id, delivery], (after) => answer(api.GET('/v1/webhook-endpoints/{id}/attempts', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}), ...(delivery ? { deliveryId: delivery } : {}) } } })));
  return (
    <Stack gap="sm">
      {delivery && <Group gap="xs"><Text size="sm">{t('webhooks.onlyOne')}</Text><Anchor component="button" type="button" size="sm" underline="always" onClick={onAll}>{t('webhooks.allAttempts')}</Anchor></Group>}
      <Listing caption={t('webhooks.tabs.attempts')} list={list} keyOf={(one) => one.id} empty={{ title: t('webhooks.noAttempts'), hint: t('webhooks.noDeliveriesHint') }} columns={[
        { key: 'at', label: t('deliveries.when'), cell: ({ at, attempt }) => <>{format.instant(at)} <Text span size="xs" c="dimmed">{t('webhooks.nth', { count: attempt })}</Text></> },
        { key: 'fate', label: t('deliveries.state'), cell: ({ fate, nextAt }) => <><Badge variant="light" color={FATES[fate]}>{t(`webhooks.fates.${fate}`)}</Badge>{nextAt && <Text size="xs" c="dimmed">{t('webhooks.next', { when: format.instant(nextAt) })}</Text>}</> },
        { key: 'said', label: t('webhooks.last'), cell: ({ status, error, response }) => <Said status={status} error={error} response={response} /> },
        { key: 'ms', label: t('webhooks.duration'), numeric: true, cell: ({ durationMs }) => `${format.number(durationMs)} ms` },
      ]} />
    </Stack>
  );
}

/** What was given up or is in doubt; each can be delivered again under the same id, or all of them. */
export function DeadLetters({ id, dead, canEdit }: { id: string; dead: number; canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const columns = useColumns(id);
  const list = useList(['webhook-dead', id], (after) => answer(api.GET('/v1/webhook-endpoints/{id}/dead-letters', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })));
  const again = async () => { await Promise.all(['webhook-dead', 'webhook-deliveries', 'webhook-endpoint', 'webhook-endpoints'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
  const one = async (deliveryId: string) => { await api.POST('/v1/webhook-endpoints/{id}/dead-letters/{deliveryId}/redeliver', { params: { path: { id, deliveryId } } }); await again(); };
  const all = async () => { await api.POST('/v1/webhook-endpoints/{id}/dead-letters/redeliver', { params: { path: { id } }, body: { expected: dead } }); await again(); };
  const acting: Column<Delivery>[] = canEdit ? [{ key: 'again', label: t('settings.actions'), cell: (letter) => <ActButton label={t('webhooks.redeliver')} name={`${t('webhooks.redeliver')}: ${format.instant(letter.settledAt ?? letter.queuedAt)}`} onAct={() => one(letter.id)} /> }] : [];
  return (
    <Stack gap="sm">
      {canEdit && dead > 1 && <Group><ConfirmButton title={t('webhooks.redeliverAll')} action={t('webhooks.redeliverAll')} typed={dead > TYPED_FROM ? String(dead) : null} onConfirm={all}>{t('webhooks.redeliverText', { count: dead })}</ConfirmButton></Group>}
      <Listing caption={t('webhooks.tabs.dead')} list={list} keyOf={(letter) => letter.id} columns={[...columns, ...acting]} empty={{ title: t('webhooks.noDead'), hint: t('webhooks.noDeadHint') }} />
    </Stack>
  );
}
