import { Badge, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useReason } from '../../lib/reasons.ts';
import type { CanaryCheck } from './use-canaries.ts';

const COLORS = { yes: 'teal', later: 'rain', no: 'gray' } as const;

/** What explain said last: the verdict, and the sentence behind it. */
export function Said({ check: { verdict, said } }: { check: CanaryCheck }) {
  const { t, i18n } = useTranslation();
  if (!verdict || !said) return <Text size="sm" c="dimmed">{t('canaries.notYet')}</Text>;
  return <><Badge variant="light" color={COLORS[verdict]}>{t(`canaries.verdicts.${verdict}`)}</Badge><Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{i18n.language === 'ko' ? said.ko : said.en}</Text></>;
}

/** Why it is told: against what is expected, or otherwise than before. */
export function NoteText({ check: { note, expected } }: { check: CanaryCheck }) {
  const { t } = useTranslation();
  const reason = useReason();
  if (!note) return null;
  if (note.kind === 'unexpected') return <>{t(expected === 'get' ? 'canaries.mustGet' : 'canaries.mustNotGet')}</>;
  const was = note.wasVerdict ? t(`canaries.verdicts.${note.wasVerdict}`) : '';
  return <>{t('canaries.changed', { was: note.wasCode ? `${was}: ${reason(note.wasCode)}` : was })}</>;
}
