import { Alert, Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { useAct } from '../settings/kit/parts.tsx';

type Approval = Api<'CampaignApproval'>;
type Asked = Approval['history'][number];

/** Whether the launch of a draft needs a second person, and what was said so far. */
export function useApproval(id: string, revision: number) {
  return useQuery({ queryKey: ['campaign-approval', id, revision], queryFn: () => answer(api.GET('/v1/campaigns/{id}/approval', { params: { path: { id } } })), staleTime: 0 });
}

/** On the page of a campaign: what waits for an answer, and the last answer. */
export function ApprovalCard({ campaign }: { campaign: Api<'Campaign'> }) {
  const { t } = useTranslation();
  const { data } = useApproval(campaign.id, campaign.revision);
  if (!data?.needed || (data.history.length === 0 && !data.held) || (campaign.currentVersion !== null && !data.held && data.state !== 'requested')) return null;
  return <Card withBorder component="section" aria-label={t('safety.approval.card')}><Stack gap="sm"><Title order={2} size="h5">{t('safety.approval.card')}</Title><ApprovalWords id={campaign.id} approval={data} /></Stack></Card>;
}

/** Where the approval stands, with what whoever looks may do about it. */
export function ApprovalWords({ id, approval }: { id: string; approval: Approval }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canEdit = mayEdit(useMe());
  const { state, above, history } = approval;
  const last = history[0];
  return (
    <Stack gap="xs">
      {above !== null && <Text size="sm">{t('safety.approval.needed', { above: format.number(above) })}</Text>}
      {state !== 'not_needed' && <Alert color={state === 'approved' ? 'green' : 'orange'} variant="light" role="status">{t(`safety.approval.states.${state}`)}</Alert>}
      {last && <Said asked={last} />}
      {canEdit && state === 'requested' && <Decide id={id} approval={approval} />}
      {canEdit && ['missing', 'rejected', 'void', 'grown'].includes(state) && <Ask id={id} />}
    </Stack>
  );
}

function Said({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={2}>
      <Text size="sm">{t('safety.approval.asked', { name: asked.requestedByName ?? t('safety.approval.somebody'), at: format.instant(asked.requestedAt), people: asked.people === null ? t('safety.launch.unknown') : format.number(asked.people) })}</Text>
      {asked.requestNote && <Text size="sm" fs="italic">{asked.requestNote}</Text>}
      {asked.decidedAt && <Text size="sm">{t('safety.approval.decided', { name: asked.decidedByName ?? t('safety.approval.somebody'), at: format.instant(asked.decidedAt), note: asked.decisionNote === null || asked.decisionNote === '' ? t('safety.approval.noNote') : asked.decisionNote })} {asked.alone && t('safety.approval.alone')}</Text>}
    </Stack>
  );
}

function useTold(id: string): (approval: Approval) => void {
  const queries = useQueryClient();
  return () => { for (const key of [['campaign-approval', id], ['campaign-launch', id], ['home']]) void queries.invalidateQueries({ queryKey: key }); };
}

function Ask({ id }: { id: string }) {
  const { t } = useTranslation();
  const told = useTold(id);
  const { busy, refusal, act } = useAct();
  const [note, setNote] = useState('');
  const ask = () => act(async () => { told(await answer(api.POST('/v1/campaigns/{id}/approval', { params: { path: { id } }, body: { note } }))); });
  return (
    <Stack gap="xs" align="flex-start">
      <Textarea w="100%" maw={560} label={t('safety.approval.note')} maxLength={1_000} autosize minRows={1} value={note} onChange={(event) => { setNote(event.currentTarget.value); }} />
      <Button variant="default" loading={busy} onClick={() => { void ask(); }}>{t('safety.approval.ask')}</Button>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Stack>
  );
}

/** Whoever may decide does; whoever asked may take it back. */
function Decide({ id, approval: { mayDecide, because } }: { id: string; approval: Approval }) {
  const { t } = useTranslation();
  const told = useTold(id);
  const { busy, refusal, act } = useAct();
  const [note, setNote] = useState('');
  const decide = (body: { decision: 'approve' | 'reject'; note: string }) => act(async () => { told(await answer(api.POST('/v1/campaigns/{id}/approval/decision', { params: { path: { id } }, body }))); });
  if (!mayDecide) {
    return (
      <Stack gap="xs" align="flex-start">
        {because && <Text size="sm" c="dimmed">{t(`safety.approval.because.${because}`)}</Text>}
        {because === 'author' && <Button variant="subtle" loading={busy} onClick={() => { void decide({ decision: 'reject', note: t('safety.approval.withdrawn') }); }}>{t('safety.approval.withdraw')}</Button>}
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      </Stack>
    );
  }
  return (
    <Stack gap="xs" align="flex-start">
      <Textarea w="100%" maw={560} label={t('safety.approval.decisionNote')} maxLength={1_000} autosize minRows={1} value={note} onChange={(event) => { setNote(event.currentTarget.value); }} />
      <Group gap="xs">
        <Button loading={busy} onClick={() => { void decide({ decision: 'approve', note }); }}>{t('safety.approval.approve')}</Button>
        <Button variant="default" loading={busy} disabled={note.trim() === ''} onClick={() => { void decide({ decision: 'reject', note }); }}>{t('safety.approval.reject')}</Button>
      </Group>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Stack>
  );
}
