import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../lib/format.ts';
import type { Campaign } from '../draft/draft-port.ts';

/** Why Danbi paused a campaign by itself. Resuming is the answer of whoever has read it. */
export function PauseReason({ campaign: { pauseReason } }: { campaign: Campaign }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (!pauseReason) return null;
  return <Alert color="orange" title={t('launch.pausedBy')}><Text size="sm">{i18n.language === 'ko' ? pauseReason.text.ko : pauseReason.text.en} {format.instant(pauseReason.at)}</Text></Alert>;
}
