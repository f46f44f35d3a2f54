import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useReason } from '../../lib/reasons.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { PeopleOf } from './people-of.tsx';

/** How people came in, and why others did not. */
export function Entry({ entry }: { entry: Api<'CampaignResults'>['entry'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const numbers = [['entered', entry.entered], ['active', entry.runs.active], ['completed', entry.runs.completed], ['exited', entry.runs.exited], ['cancelled', entry.runs.cancelled]] as const;
  return (
    <Stack gap="sm" component="section" aria-label={t('results.entry')}>
      <Title order={2} size="h4">{t('results.entry')}</Title>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }}>
        <Number label={t('results.considered')}>{format.number(entry.considered)}</Number>
        {numbers.map(([key, value]) => <Number key={key} label={t(`results.${key}`)}><PeopleOf value={value} number={key} /></Number>)}
      </SimpleGrid>
      {entry.refusals.length > 0 && <DataTable caption={t('results.refusals')} items={entry.refusals} keyOf={({ code }) => code} columns={[{ key: 'code', label: t('results.reason'), cell: ({ code }) => reason(code) }, { key: 'count', label: t('results.people'), numeric: true, cell: ({ code, count }) => <PeopleOf value={count} number="refused_entry" of={{ code }} /> }]} />}
    </Stack>
  );
}

function Number({ label, children }: { label: string; children: React.ReactNode }) {
  return <Card withBorder padding="sm"><Text size="sm" c="dimmed">{label}</Text><Text fz={24} fw={650} component="div" style={{ fontVariantNumeric: 'tabular-nums' }}>{children}</Text></Card>;
}
