import { Button, Modal, Text } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { LaunchDone } from './launch-done.tsx';
import { LaunchSheet } from './launch-sheet.tsx';

type Published = Api<'CampaignPublished'>;

/** The only way to send: first everything is saved, then looked at, then launched. */
export function LaunchButton() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { campaign, flush, readOnly } = useDraft();
  const isNarrow = useMediaQuery('(max-width: 48em)');
  const [state, setState] = useState<'closed' | 'saving' | 'open'>('closed');
  const [notSaved, setNotSaved] = useState(false);
  const [done, setDone] = useState<Published | null>(null);
  // A broadcast that has just begun can not be launched again, but who launched it is still told so, and may hold it.
  const isOver = readOnly || !canPublish(campaign);
  const review = async () => {
    setState('saving');
    const saved = await flush();
    setNotSaved(!saved);
    setState(saved ? 'open' : 'closed');
  };
  const close = () => { setState('closed'); setDone(null); };
  // Also while something is typed; it is saved before anything is looked at.
  useHotkeys([['mod+Enter', (event) => { if (!isOver && state === 'closed' && !(event.target as Element).closest('[role="dialog"]')) void review(); }]], []);
  if (isOver && done === null) return null;
  const launched = (published: Published, mode: 'real' | 'sandbox') => {
    queries.setQueryData(['campaign', campaign.id], published.campaign);
    for (const key of ['campaigns', 'versions', 'migrations', 'campaign-people', 'campaign-totals', 'home']) void queries.invalidateQueries({ queryKey: [key] });
    if (mode === 'real' || published.version.number > 1) return setDone(published);
    close();
    void navigate({ to: '/campaigns/$id/walk', params: { id: campaign.id }, search: {} });
  };
  const isLive = campaign.currentVersion !== null;
  const action = t(isLive ? 'launch.reviewPublish' : 'launch.review');
  return (
    <>
      {!isOver && <Button loading={state === 'saving'} onClick={() => { void review(); }}>{action}</Button>}
      {notSaved && <Text size="sm" c="red" role="alert">{t('launch.notSaved')}</Text>}
      <Modal opened={state === 'open'} onClose={close} title={done ? t('launch.doneTitle') : action} size="lg" fullScreen={isNarrow ?? false} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {state === 'open' && (done ? <LaunchDone published={done} onClose={close} /> : <LaunchSheet onClose={close} onLaunched={launched} />)}
      </Modal>
    </>
  );
}

/** A broadcast that has begun can not be changed any more; what has ended neither. */
function canPublish({ state, type, definition, currentVersion }: Api<'Campaign'>): boolean {
  if (state === 'stopped' || state === 'archived') return false;
  if (type !== 'broadcast' || currentVersion === null) return true;
  const launchAt = definition.type === 'broadcast' ? definition.launchAt : undefined;
  return launchAt !== undefined && launchAt !== null && Date.parse(launchAt) > Date.now();
}
