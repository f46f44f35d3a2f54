import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { copyAsFile } from '../../../lib/copy-file.ts';
import { useFormat } from '../../../lib/format.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { TYPED_FROM } from '../../../ui/confirm.tsx';
import { IconDots } from '../../../ui/icons.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { LaunchButton } from './launch-button.tsx';
import { DrainNumbers, HandedOver, StopNumbers, useRemaining } from './remaining.tsx';

type Campaign = Api<'Campaign'>;
type Verb = 'pause' | 'resume' | 'drain' | 'archive';
/** What the server would obey, by state; `archive` of what is live only when it has nothing left to do, which the server knows. */
const POSSIBLE: Record<Campaign['state'], readonly (Verb | 'stop' | 'delete')[]> = {
  draft: ['delete', 'archive'], active: ['pause', 'drain', 'stop', 'archive'], paused: ['resume', 'drain', 'stop'], draining: ['pause', 'resume', 'stop', 'archive'], stopped: ['archive'], archived: [],
};
const callOf = (verb: Verb, id: string): Promise<Campaign> => {
  const path = { params: { path: { id } } };
  return answer({ pause: () => api.POST('/v1/campaigns/{id}/pause', path), resume: () => api.POST('/v1/campaigns/{id}/resume', path), drain: () => api.POST('/v1/campaigns/{id}/drain', path), archive: () => api.POST('/v1/campaigns/{id}/archive', path) }[verb]());
};
const said = (error: unknown) => (error instanceof Error ? error.message : '');

/** Takes what the server made of a campaign into everything that shows it. */
export function useAdopt(): (campaign: Campaign) => void {
  const queries = useQueryClient();
  return (campaign) => {
    queries.setQueryData(['campaign', campaign.id], campaign);
    for (const key of ['campaigns', 'versions', 'migrations', 'campaign-totals', 'home', 'campaign-people', 'results']) void queries.invalidateQueries({ queryKey: [key] });
  };
}

/** Everything that can be done with a campaign now. Who may only look sees none of it. */
export function CampaignActions() {
  const { t } = useTranslation();
  const { campaign, flush } = useDraft();
  const adopt = useAdopt();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState('');
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState<'stop' | 'delete' | 'archive' | 'drain' | null>(null);
  if (!mayEdit(useMe())) return null;
  const possible = POSSIBLE[campaign.state];
  const run = async (work: () => Promise<unknown>) => {
    setRefusal('');
    setNote('');
    try {
      await work();
    } catch (error) {
      setRefusal(said(error));
    }
  };
  const duplicate = () => run(async () => {
    await flush();
    const copy = await answer(api.POST('/v1/campaigns/{id}/duplicate', { params: { path: { id: campaign.id } }, body: { name: t('launch.copyName', { name: campaign.name.slice(0, 180) }) } }));
    await navigate({ to: '/campaigns/$id', params: { id: copy.id } });
  });
  const copy = () => run(async () => {
    await flush();
    await copyAsFile('campaign', campaign.id);
    setNote(t('launch.copiedFile'));
  });
  return (
    <Stack gap={4} align="flex-end">
      <Group gap="xs">
        {possible.includes('pause') && <PauseButton campaign={campaign} />}
        {possible.includes('resume') && <Button variant="default" onClick={() => { void run(async () => { adopt(await callOf('resume', campaign.id)); }); }}>{t('launch.resume')}</Button>}
        {possible.includes('stop') && <StopButton campaign={campaign} />}
        <LaunchButton key={campaign.id} />
        <Menu position="bottom-end">
          <Menu.Target><ActionIcon variant="default" size="lg" aria-label={t('launch.more')}><IconDots size={18} aria-hidden /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => { void duplicate(); }}>{t('launch.duplicate')}</Menu.Item>
            <Menu.Item onClick={() => { void copy(); }}>{t('launch.copyFile')}</Menu.Item>
            {possible.filter((verb) => verb === 'drain' || verb === 'archive' || verb === 'delete').map((verb) => <Menu.Item key={verb} onClick={() => { setAsked(verb); }}>{t(`launch.${verb}`)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      {note && <Text size="sm" c="dimmed" role="status">{note}</Text>}
      {asked !== null && asked !== 'stop' && <AskModal title={t(`launch.${asked}Title`, { name: campaign.name })} action={t(`launch.${asked}`)} typed={null} onClose={() => { setAsked(null); }} onConfirm={async () => {
        if (asked !== 'delete') return adopt(await callOf(asked, campaign.id));
        await api.DELETE('/v1/campaigns/{id}', { params: { path: { id: campaign.id } } });
        await navigate({ to: '/campaigns', search: {} });
      }}><Text size="sm">{t(`launch.${asked}Text`)}</Text>{asked === 'drain' && <DrainNumbers id={campaign.id} />}</AskModal>}
    </Stack>
  );
}

/** Holds everything at once; resuming goes on where it was, so nothing is asked. */
export function PauseButton({ campaign, onDone }: { campaign: Campaign; onDone?: () => void }) {
  const { t } = useTranslation();
  const adopt = useAdopt();
  const [refusal, setRefusal] = useState('');
  const pause = async () => {
    try {
      adopt(await callOf('pause', campaign.id));
      onDone?.();
    } catch (error) {
      setRefusal(said(error));
    }
  };
  return <><Button variant="default" onClick={() => { void pause(); }}>{t('launch.pause')}</Button>{refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}</>;
}

/** Ends a campaign for good: says how many people and messages that concerns, and afterwards what was taken back. */
export function StopButton({ campaign, onDone }: { campaign: Campaign; onDone?: () => void }) {
  const { t } = useTranslation();
  const adopt = useAdopt();
  const [opened, setOpened] = useState(false);
  const [stopped, setStopped] = useState<Api<'CampaignStopped'> | null>(null);
  const close = () => {
    setOpened(false);
    if (!stopped) return;
    adopt(stopped.campaign);
    onDone?.();
  };
  return (
    <>
      <Button variant="default" onClick={() => { setOpened(true); }}>{t('launch.stop')}</Button>
      {opened && (stopped
        ? <Modal opened onClose={close} title={t('launch.stoppedTitle')} closeButtonProps={{ 'aria-label': t('confirm.close') }}><Stopped {...stopped} /></Modal>
        : <StopAsk campaign={campaign} onClose={close} onStopped={setStopped} />)}
    </>
  );
}

function StopAsk({ campaign, onClose, onStopped }: { campaign: Campaign; onClose(): void; onStopped(stopped: Api<'CampaignStopped'>): void }) {
  const { t } = useTranslation();
  const { id } = campaign;
  const told = useRemaining(id);
  const runs = told.data?.people ?? 0;
  return (
    <AskModal title={t('launch.stopTitle', { name: campaign.name })} action={t('launch.stop')} typed={runs > TYPED_FROM ? runs : null} ready={!told.isPending} stays onClose={onClose} onConfirm={async () => { onStopped(await answer(api.POST('/v1/campaigns/{id}/stop', { params: { path: { id } } }))); }}>
      <Text size="sm">{t('launch.stopText')}</Text>
      {told.data && <StopNumbers told={told.data} />}
    </AskModal>
  );
}

function Stopped({ cancelled, recalled, handedOver }: Api<'CampaignStopped'>) {
  const { t } = useTranslation();
  return <Alert color="gray" role="status"><Text size="sm">{t('launch.stoppedRuns', { count: cancelled.runs })} {t('launch.stoppedDeliveries', { count: cancelled.deliveries })} {recalled > 0 && t('launch.stoppedRecalled', { count: recalled })}</Text><HandedOver told={handedOver} /></Alert>;
}

interface Asked { title: string; action: string; typed: number | null; ready?: boolean; /** What was done is said by whoever asked. */ stays?: boolean; children: ReactNode; onClose(): void; onConfirm(): Promise<unknown> }

function AskModal({ title, action, typed, ready = true, stays = false, children, onClose, onConfirm }: Asked) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const confirm = async () => {
    if (typed !== null && text.replaceAll(/[\s,.]/g, '') !== String(typed)) return setRefusal(t('confirm.mismatch', { typed: format.number(typed) }));
    setBusy(true);
    try {
      await onConfirm();
      if (!stays) onClose();
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
      <form onSubmit={(event) => { event.preventDefault(); void confirm(); }}>
        <Stack>
          {children}
          {typed !== null && <TextInput data-autofocus label={t('confirm.type', { typed: format.number(typed) })} value={text} autoComplete="off" inputMode="numeric" onChange={(event) => { setText(event.currentTarget.value); setRefusal(''); }} />}
          {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t('confirm.cancel')}</Button><Button color="red" type="submit" loading={busy} disabled={!ready}>{action}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
