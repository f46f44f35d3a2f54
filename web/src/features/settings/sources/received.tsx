import { Alert, Badge, Button, Code, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { useSaid } from '../../../lib/said.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog } from '../kit/parts.tsx';

type Line = Api<'SourceDeliveryLine'>;
type State = Line['state'];
const STATES = ['waiting', 'taken', 'ignored', 'failed'] as const;
const COLORS = { waiting: 'orange', taken: 'green', ignored: 'gray', failed: 'red' } as const;
/** While something waits to be read, the list looks again. */
const AGAIN_MS = 2_000;

/** What came in the last week and what became of it. */
export function Received({ source }: { source: Api<'Source'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [state, setState] = useState<State | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const { id } = source;
  const list = useList(['source-deliveries', id, state], (after) => answer(api.GET('/v1/sources/{id}/deliveries', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}), ...(state ? { state } : {}) } } })), (items) => (items.some((one) => one.state === 'waiting') ? AGAIN_MS : false));
  return (
    <Stack gap="sm">
      <Group><Select label={t('settings.state')} placeholder={t('sources.anyState')} clearable clearButtonProps={{ 'aria-label': t('settings.clear') }} data={STATES.map((value) => ({ value, label: t(`sources.deliveryStates.${value}`) }))} value={state} onChange={(value) => { setState(value as State | null); }} /></Group>
      <Listing caption={t('sources.tabs.received')} list={list} keyOf={(one) => one.id} empty={{ title: t('sources.noDeliveries'), hint: t('sources.noDeliveriesHint'), action: <TextLink to="/settings/sources/$id" params={{ id }} search={{ tab: 'setup' }} underline="always">{t('sources.toSetup')}</TextLink> }} noMatch={state ? { title: t('sources.noneSuch'), hint: '' } : undefined} onClear={() => { setState(null); }} columns={[
        { key: 'when', label: t('sources.received'), cell: ({ receivedAt }) => <Text size="sm" style={{ whiteSpace: 'nowrap' }}>{format.instant(receivedAt)}</Text> },
        { key: 'topic', label: t('sources.topic'), cell: ({ topic }) => (topic === '' ? t('state.none') : <Code>{topic}</Code>) },
        { key: 'state', label: t('settings.state'), cell: (one) => <Fate one={one} /> },
        { key: 'open', label: t('settings.actions'), cell: (one) => <Button size="xs" variant="default" aria-label={`${t('sources.look')}: ${format.instant(one.receivedAt)}`} onClick={() => { setOpen(one.id); }}>{t('sources.look')}</Button> },
      ]} />
      <Dialog opened={open !== null} onClose={() => { setOpen(null); }} size="xl" title={t('sources.oneDelivery')}>{open && <One sourceId={id} id={open} />}</Dialog>
    </Stack>
  );
}

function Fate({ one: { state, messages, rules, problems } }: { one: Line }) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <Stack gap={2} align="flex-start">
      <Group gap={6}><Badge variant="light" color={COLORS[state]}>{t(`sources.deliveryStates.${state}`)}</Badge>{messages > 0 && <Text size="xs" c="dimmed">{t('sources.made', { count: messages })}</Text>}</Group>
      {rules.length > 0 && <Text size="xs" c="dimmed">{rules.join(', ')}</Text>}
      {problems.slice(0, 3).map((problem) => <Text key={`${problem.path} ${problem.message}`} size="xs">{problem.path !== '' && <Code>{problem.path}</Code>} {said(problem)}</Text>)}
    </Stack>
  );
}

/** One body as it came, what was made of it, and the same once more. */
function One({ sourceId, id }: { sourceId: string; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const path = { params: { path: { id: sourceId, deliveryId: id } } };
  const found = useQuery({ queryKey: ['source-delivery', id], queryFn: () => answer(api.GET('/v1/sources/{id}/deliveries/{deliveryId}', path)), refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? AGAIN_MS : false) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const one = found.data;
  const again = async () => { await api.POST('/v1/sources/{id}/deliveries/{deliveryId}/read-again', path); await Promise.all(['source-delivery', 'source-deliveries'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
  return (
    <Stack gap="sm">
      <Text size="sm">{format.instant(one.receivedAt)}</Text>
      <Fate one={one} />
      {one.state === 'failed' && <Alert color="orange" variant="light">{t('sources.failedHint')}</Alert>}
      <Group gap="xs"><ActButton label={t('sources.readAgain')} onAct={again} /><TextLink size="sm" to="/settings/sources/$id" params={{ id: sourceId }} search={{ tab: 'mapping', sample: id }} underline="always">{t('sources.useAsSample')}</TextLink></Group>
      <Title order={3} size="h5">{t('sources.body')}</Title>
      <Code block tabIndex={0} style={{ maxHeight: 360, overflow: 'auto' }}>{JSON.stringify(one.body, null, 2)}</Code>
      <details><Text component="summary" size="sm">{t('sources.headers')}</Text><Code block tabIndex={0} style={{ overflow: 'auto' }}>{Object.entries(one.headers).map(([name, value]) => `${name}: ${value}`).join('\n')}</Code></details>
    </Stack>
  );
}
