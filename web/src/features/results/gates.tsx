import { List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';

type Gate = Api<'ExperimentResult'>['verdict']['gates'][number];
const KNOWN = ['arms', 'matured', 'with_outcome', 'without_outcome', 'non_zero', 'positive_mean', 'accounts', 'accounts_with_outcome', 'accounts_without_outcome'] as const;

/** What is missing before anything may be said, arm by arm, in words. */
export function Gates({ gates }: { gates: Gate[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (gates.length === 0) return null;
  return (
    <Stack gap={4} component="section" aria-label={t('results.gates.title')}>
      <Text size="sm" fw={600}>{t('results.gates.title')}</Text>
      <List size="sm">
        {gates.map(({ arm, gate, has, needs }) => {
          const known = KNOWN.find((one) => one === gate);
          return <List.Item key={`${arm} ${gate}`}>{known ? t(`results.gates.${known}`, { arm: arm === 'control' ? t('results.control') : arm, has: format.number(has), needs: format.number(needs) }) : gate}</List.Item>;
        })}
      </List>
    </Stack>
  );
}
