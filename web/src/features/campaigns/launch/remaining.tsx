import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';

/** What of a campaign is still under way at this moment. */
export const useRemaining = (id: string) => useQuery({ queryKey: ['remaining', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/remaining', { params: { path: { id } } })), staleTime: 0 });

/** What stopping would take back, and what it can not. */
export function StopNumbers({ told: { people, recallable, handedOver } }: { told: Api<'CampaignRemaining'> }) {
  const { t } = useTranslation();
  const { queued, unseen, seen, displays } = recallable;
  return (
    <>
      <Text size="sm" fw={600}>{t('launch.stopRuns', { count: people })} {t('launch.stopDeliveries', { count: queued })}</Text>
      {unseen + seen + displays > 0 && <Text size="sm">{t('live.recalled', { count: unseen + seen + displays, seen })}</Text>}
      <HandedOver told={handedOver} />
    </>
  );
}

export function HandedOver({ told: { sending, sent } }: { told: Api<'CampaignRemaining'>['handedOver'] }) {
  const { t } = useTranslation();
  if (sending + sent === 0) return null;
  return <Text size="sm">{t('live.handedOver', { count: sending + sent })}{sending > 0 ? ` ${t('live.sending', { count: sending })}` : ''}</Text>;
}

/** How many go on to the end when nobody is taken in any more, and until when. */
export function DrainNumbers({ id }: { id: string }) {
  const { i18n } = useTranslation();
  const told = useRemaining(id);
  return told.data ? <Text size="sm" fw={600}>{i18n.language === 'ko' ? told.data.sentences.drain.ko : told.data.sentences.drain.en}</Text> : null;
}
