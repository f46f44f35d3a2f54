import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';

type Winner = Api<'PaceWinner'>;
const RULES = ['night_gate', 'quiet_hours', 'send_window', 'cap', 'frequency_preference'] as const;
const isRule = (rule: string): rule is (typeof RULES)[number] => RULES.some((one) => one === rule);

/** What makes a message wait, in a few words; a cap by its name. */
export function useRuleWords(): (rule: string | null, cap: string | null) => string {
  const { t } = useTranslation();
  const caps = useQuery({ queryKey: ['pacing'], queryFn: () => answer(api.GET('/v1/pacing')), staleTime: 60_000 }).data?.caps;
  return (rule, cap) => {
    if (rule === 'cap' && cap !== null) return t('pacing.rules.cap', { name: caps?.find(({ key }) => key === cap)?.name || cap });
    return rule !== null && rule !== 'cap' && isRule(rule) ? t(`pacing.rules.${rule}`) : t('pacing.rules.other');
  };
}

/** The message that took the place, or for which one is kept, with the way to it. */
export function WinnerWords({ winner }: { winner: Winner }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = winner.campaignName ?? t('pacing.winner.gone');
  const said = winner.kept ? t('pacing.winner.kept', { name, at: winner.at ? format.instant(winner.at) : '' }) : winner.at ? t('pacing.winner.took', { name, at: format.instant(winner.at) }) : t('pacing.winner.moving', { name });
  return <Text span size="sm">{said} {winner.deliveryId ? <TextLink to="/deliveries/$id" params={{ id: winner.deliveryId }} underline="always">{t('pacing.winner.look')}</TextLink> : <TextLink to="/campaigns/$id" params={{ id: winner.campaignId }} underline="always">{t('pacing.winner.campaign')}</TextLink>}</Text>;
}

/** Why a message waits, until when, and for whose. */
export function WaitWords({ rule, cap, until, winner }: { rule: string | null; cap: string | null; until: string; winner: Winner | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useRuleWords();
  return (
    <>
      <Text size="sm">{t('pacing.waits', { until: format.instant(until), why: words(rule, cap) })}</Text>
      {winner && <WinnerWords winner={winner} />}
    </>
  );
}
