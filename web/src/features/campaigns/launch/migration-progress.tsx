import { Alert, Progress, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import type { Campaign } from '../draft/draft-port.ts';

/** What was chosen for people on their way at each publishing, the newest first; asked again while people are being moved. */
export function useMigrations({ id, currentVersion }: Pick<Campaign, 'id' | 'currentVersion'>): Api<'CampaignMigration'>[] {
  const queries = useQueryClient();
  const queryKey = ['migrations', id];
  const found = useQuery({
    queryKey, enabled: (currentVersion?.number ?? 0) > 1,
    queryFn: async () => {
      const told = await answer(api.GET('/v1/campaigns/{id}/migrations', { params: { path: { id } } }));
      // Who is on which version has changed since the last look, if people were being moved then.
      if (queries.getQueryData<Api<'CampaignMigrationList'>>(queryKey)?.items.some((one) => one.state === 'running')) for (const key of ['versions', 'campaign-people']) void queries.invalidateQueries({ queryKey: [key, id] });
      return told;
    },
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'running') ? 3_000 : false),
  });
  return found.data?.items ?? [];
}

/** How far people have been moved to a version; nothing when nobody is being moved. */
export function MigrationProgress({ campaign }: { campaign: Campaign }) {
  const { t, i18n } = useTranslation();
  const running = useMigrations(campaign).find(({ state }) => state === 'running');
  if (!running) return null;
  const toMove = running.people - running.kept;
  const done = toMove === 0 ? 100 : Math.round(((toMove - Math.min(toMove, running.left ?? 0)) / toMove) * 100);
  return (
    <Alert color="blue" variant="light" title={t('live.moving', { number: running.version })}>
      <Stack gap="xs">
        <Progress.Root size="lg"><Progress.Section value={done} aria-label={t('live.progress')} /></Progress.Root>
        <Text size="sm">{i18n.language === 'ko' ? running.sentence.ko : running.sentence.en}{campaign.state === 'paused' ? ` ${t('live.pausedToo')}` : ''}</Text>
      </Stack>
    </Alert>
  );
}
