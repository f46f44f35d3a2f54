import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format.ts';
import { useFlowWords, type Definition } from '../campaigns/words/use-flow-words.ts';
import { FIRST_STAGES, type DraftRamp, type DraftRate } from './draft-safety.js';

/** In which stages and how fast a draft would go; nothing when it goes to everybody as fast as it can. */
export function RampWords({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFlowWords();
  const { ramp, pacing } = definition as { ramp?: DraftRamp | null; pacing?: { sendRate?: DraftRate } | null };
  const rate = pacing?.sendRate;
  const stages = ramp ? ramp.stages ?? FIRST_STAGES : [];
  return (
    <>
      {stages.length > 0 && <Text size="sm">{t('safety.ramp.words', { stages: stages.map(({ percent, wait }) => t('safety.ramp.stage', { percent: percent === undefined ? '…' : format.number(percent), wait: wait ? words.duration(wait) : '…' })).join(' · ') })}</Text>}
      {rate && <Text size="sm">{t('safety.rate.words', { shown: rate.messages === undefined ? '…' : format.number(rate.messages), per: t(`safety.rate.${rate.per ?? 'minute'}`) })}</Text>}
    </>
  );
}
