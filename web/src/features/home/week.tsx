import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';

/** The last seven days in four numbers; sent leads to the messages, the others to the results they are sums of. */
export function Week({ week }: { week: Api<'Home'>['week'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const opened = week.openedHuman === week.openedMost ? format.number(week.openedHuman) : t('home.week.range', { from: format.number(week.openedHuman), to: format.number(week.openedMost) });
  const numbers = [
    { key: 'sent', value: <TextLink to="/deliveries" inherit>{format.number(week.sent)}</TextLink> },
    { key: 'opened', value: <TextLink to="/results" inherit>{opened}</TextLink> },
    { key: 'clicked', value: <TextLink to="/results" inherit>{format.number(week.clicked)}</TextLink> },
    { key: 'goals', value: <TextLink to="/results" inherit>{format.number(week.goals)}</TextLink> },
  ] as const;
  return (
    <Stack gap="sm" component="section" aria-label={t('home.week.title')}>
      <Title order={2} size="h4">{t('home.week.title')}</Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {numbers.map(({ key, value }) => <Card key={key} withBorder padding="sm"><Text size="sm" c="dimmed">{t(`home.week.${key}`)}</Text><Text fz={26} fw={650} component="div" style={{ fontVariantNumeric: 'tabular-nums' }}>{value}</Text></Card>)}
      </SimpleGrid>
      <Text size="xs" c="dimmed">{t('home.week.hint')}</Text>
    </Stack>
  );
}
