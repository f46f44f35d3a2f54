import { Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { TextLink } from '../../../ui/links.tsx';
import { LEVELS_KEY, useTargetWords } from './target-words.ts';

type Measured = Api<'ServiceLevelMeasured'>;
const COLOURS = { ok: 'green', warn: 'yellow', bad: 'red' } as const;
const AGAIN_MS = 60_000;

/** On the page of a live campaign: the target that holds for it and how it is kept. Nothing, where there is none. */
export function LevelLine({ campaign }: { campaign: string }) {
  const { t } = useTranslation();
  const words = useTargetWords();
  const { data } = useQuery({ queryKey: [...LEVELS_KEY, campaign], queryFn: () => answer(api.GET('/v1/campaigns/{id}/service-level', { params: { path: { id: campaign } } })), refetchInterval: AGAIN_MS });
  if (!data?.target || !data.measured) return null;
  return (
    <Group gap="xs" component="section" aria-label={t('levels.ofCampaign')}>
      <TextLink size="sm" underline="always" to="/settings/service-levels" search={{ campaign }}>{t('levels.ofCampaign')}</TextLink>
      <Text size="sm">{words.target(data.target)}</Text>
      {data.measured.burned !== null && <LevelBadge level={data.measured.level} />}
    </Group>
  );
}

/** What was measured, in words: how many were in time, and how many wait too long at the moment. */
export function MeasuredWords({ measured: { handedOver, inTime, waiting, burned, share } }: { measured: Measured }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useTargetWords();
  const all = handedOver + waiting;
  return (
    <Stack gap={0}>
      <Text size="sm">{burned === null || share === null ? t('levels.few', { count: all }) : t('levels.inTime', { share: words.percent(Math.floor(share * 1e4) / 1e4) })}</Text>
      {all > 0 && <Text size="xs" c="dimmed">{t('levels.counts', { inTime: format.number(inTime), all: format.number(all) })}</Text>}
      {waiting > 0 && <Text size="xs" fw={600}>{t('levels.waiting', { count: waiting })}</Text>}
    </Stack>
  );
}

export function LevelBadge({ level }: { level: Measured['level'] }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLOURS[level]} styles={{ label: { color: 'var(--mantine-color-text)' } }}>{t(`levels.states.${level}`)}</Badge>;
}
