import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';
import type { WeekNumber } from './week-search.ts';

/** The last seven days in four numbers, each of which opens the people behind it; nobody is behind 0. */
export function Week({ week }: { week: Api<'Home'>['week'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const opened = week.openedHuman === week.openedMost ? format.number(week.openedHuman) : t('home.week.range', { from: format.number(week.openedHuman), to: format.number(week.openedMost) });
  const people = (number: WeekNumber, value: number, text: string) => (value === 0 ? text : <TextLink to="/week" search={{ number }} inherit underline="always" aria-label={t('home.week.open', { text, what: t(`home.week.${number}`) })}>{text}</TextLink>);
  const numbers = [
    { key: 'sent', value: people('sent', week.sent, format.number(week.sent)) },
    { key: 'opened', value: people('opened', week.openedMost, opened) },
    { key: 'clicked', value: people('clicked', week.clicked, format.number(week.clicked)) },
    { key: 'goals', value: people('goals', week.goals, format.number(week.goals)) },
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
