import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';
import { useRuleWords, WaitWords, WinnerWords } from './wait-words.tsx';

type Pace = Api<'PersonPacing'>;

/** What a marketing message would meet now, by channel. */
export function NowWords({ pace }: { pace: Pace }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      {pace.channels.map(({ channel, wait }) => (
        <div key={channel}>
          <Text size="sm" fw={600}>{t(`pacing.now.${channel}`)}</Text>
          {wait ? <WaitWords {...wait} /> : <Text size="sm">{t('pacing.now.goes')}</Text>}
        </div>
      ))}
    </Stack>
  );
}

/** What of theirs waits at this moment, with until when and for whose message. */
export function WaitingList({ pace }: { pace: Pace }) {
  const { t } = useTranslation();
  if (pace.waiting.length === 0) return <Text size="sm" c="dimmed">{t('pacing.nothingWaits')}</Text>;
  return (
    <DataTable caption={t('pacing.waiting')} items={pace.waiting} keyOf={({ deliveryId }) => deliveryId} columns={[
      { key: 'message', label: t('pacing.message'), cell: (row) => <MessageOf {...row} /> },
      { key: 'wait', label: t('pacing.why'), cell: ({ wait }) => <WaitWords {...wait} /> },
    ]} />
  );
}

/** The last seven days as these settings would have paced them. */
export function WeekList({ pace }: { pace: Pace }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useRuleWords();
  const { week } = pace;
  if (week.length === 0) return <Text size="sm" c="dimmed">{t('pacing.week.none')}</Text>;
  const atOnce = week.filter(({ at, goesAt }) => at === goesAt).length;
  const never = week.filter(({ goesAt }) => goesAt === null).length;
  return (
    <Stack gap="xs">
      <Text size="sm" component="output">{t('pacing.week.sum', { all: format.number(week.length), atOnce: format.number(atOnce), later: format.number(week.length - atOnce - never), never: format.number(never) })}</Text>
      <DataTable caption={t('pacing.week.title')} items={week} keyOf={({ deliveryId }) => deliveryId} columns={[
        { key: 'at', label: t('pacing.week.wanted'), cell: ({ at }) => format.instant(at) },
        { key: 'message', label: t('pacing.message'), cell: (row) => <MessageOf {...row} /> },
        { key: 'goes', label: t('pacing.week.goes'), cell: ({ at, goesAt }) => (goesAt === null ? t('pacing.week.not') : at === goesAt ? t('pacing.week.atOnce') : format.instant(goesAt)) },
        { key: 'why', label: t('pacing.why'), cell: ({ wait }) => (wait ? <><Text size="sm">{words(wait.rule, wait.cap)}</Text>{wait.winner && <WinnerWords winner={wait.winner} />}</> : t('state.none')) },
      ]} />
    </Stack>
  );
}

function MessageOf({ deliveryId, campaignName, channel }: { deliveryId: string; campaignName: string | null; channel: string }) {
  const { t } = useTranslation();
  return <><TextLink to="/deliveries/$id" params={{ id: deliveryId }}>{campaignName ?? t('pacing.winner.gone')}</TextLink> <Text span size="xs" c="dimmed">{t(`pacing.channels.${channel as 'email'}`)}</Text></>;
}
