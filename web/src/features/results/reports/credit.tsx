import { Alert, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../../campaigns/words/use-campaign-words.ts';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { periodOf } from '../period.ts';
import type { ResultsFilter } from '../results-search.ts';

type Item = Api<'AttributionReport'>['items'][number];
const DAYS = ['1', '7', '14', '30', '90'] as const;

/** Goal events credited to the last click or message before them. Credit is no effect, and that is said first. */
export function CreditSection({ id, filter, zone }: { id: string; filter: ResultsFilter; zone: string }) {
  const campaign = useCampaignWords(id);
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [touch, setTouch] = useState<'click' | 'message'>('click');
  const [days, setDays] = useState<(typeof DAYS)[number]>('7');
  const query = { ...periodOf(filter, zone), touch, days: Number(days) };
  const found = useQuery({ queryKey: ['attribution', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/attribution', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { goal, items, words } = found.data;
  const title = t('reports.credit.title');
  return (
    <Stack component="section" aria-label={title}>
      <Alert color="rain" variant="light"><Text size="sm">{i18n.language === 'ko' ? words.ko : words.en}</Text></Alert>
      <Group gap="sm">
        <Select label={t('reports.credit.touch')} value={touch} allowDeselect={false} data={(['click', 'message'] as const).map((value) => ({ value, label: t(`reports.credit.touches.${value}`) }))} onChange={(value) => { if (value) setTouch(value); }} />
        <Select label={t('reports.credit.days')} value={days} allowDeselect={false} data={DAYS.map((value) => ({ value, label: t('reports.credit.day', { count: Number(value) }) }))} onChange={(value) => { if (value) setDays(value); }} />
      </Group>
      {goal === null && <EmptyState title={t('reports.credit.noGoal')} hint={t('reports.credit.noGoalHint')} />}
      {goal && !goal.countable && <EmptyState title={t('reports.credit.notCountable')} hint={t('reports.credit.notCountableHint', { goal: goal.name })} />}
      {goal?.countable && items.length === 0 && <EmptyState title={t('reports.credit.empty')} hint={t('reports.credit.emptyHint')} />}
      {goal?.countable && items.length > 0 && (
        <DataTable caption={`${title}: ${goal.name}`} items={items} keyOf={(item) => `${item.version} ${item.stepId} ${item.channel} ${item.variant}`} columns={[
          { key: 'step', label: t('reports.step'), cell: ({ stepId, version }) => t('results.step', { step: campaign.step(stepId), version }) },
          { key: 'variant', label: t('results.variant'), cell: ({ variant }) => variant },
          { key: 'touched', label: t('reports.credit.touched'), numeric: true, cell: ({ touched }) => format.number(touched) },
          { key: 'credited', label: t('reports.credit.credited'), numeric: true, cell: ({ credited }) => format.number(credited) },
          { key: 'events', label: t('reports.credit.events'), numeric: true, cell: ({ events }) => format.number(events) },
          ...(goal.currency ? [{ key: 'value', label: t('reports.credit.value', { currency: goal.currency }), numeric: true, cell: ({ value }: Item) => (value === null ? t('state.none') : format.decimal(value)) }] : []),
        ]} />
      )}
    </Stack>
  );
}
