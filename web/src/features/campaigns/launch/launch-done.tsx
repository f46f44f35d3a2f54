import { Alert, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { ButtonLink } from '../../../ui/links.tsx';
import { PauseButton, StopButton } from './lifecycle.tsx';
import { FirstMessageWords } from './sends.tsx';

/** What has just been launched, with the ways to hold it while nothing or little has gone. */
export function LaunchDone({ published, onClose }: { published: Api<'CampaignPublished'>; onClose(): void }) {
  const { t } = useTranslation();
  const { campaign, version } = published;
  return (
    <Stack gap="md">
      <Alert color="green" role="status">{t(version.number === 1 ? 'launch.done.launched' : 'launch.done.published', { number: version.number })}</Alert>
      {version.number === 1 && campaign.definition && <FirstMessageWords definition={campaign.definition} />}
      <Text size="sm">{t('launch.done.window')}</Text>
      <Group gap="xs">
        <PauseButton campaign={campaign} onDone={onClose} />
        <StopButton campaign={campaign} onDone={onClose} />
        <ButtonLink to="/campaigns/$id/walk" params={{ id: campaign.id }} search={{}} onClick={onClose}>{t('launch.done.walk')}</ButtonLink>
      </Group>
    </Stack>
  );
}
