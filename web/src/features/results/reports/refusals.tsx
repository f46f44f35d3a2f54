import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useReason } from '../../../lib/reasons.ts';
import { Bars } from '../../../ui/bars.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Picture } from '../../../ui/picture.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { periodOf } from '../period.ts';
import type { ResultsFilter } from '../results-search.ts';

type Report = Api<'RefusalReport'>;
/** Messages without a reason code say how they ended; those with one failed or were cancelled. */
const stateOf = (code: string) => ({ CANCELLED: 'cancelled', RECALLED: 'recalled', FAILED: 'failed' } as const)[code];

/** Why messages did not go, largest reason first, and on which day or in which hour. */
export function RefusalsSection({ id, filter, zone }: { id: string; filter: ResultsFilter; zone: string }) {
  const { t } = useTranslation();
  const [by, setBy] = useState<'day' | 'hour'>('day');
  // It stays also where the hours of a long period are too many, so that there is a way back.
  return (
    <>
      <Select aria-label={t('reports.refusals.by')} value={by} allowDeselect={false} w={140} data={(['day', 'hour'] as const).map((value) => ({ value, label: t(`reports.time.${value}`) }))} onChange={(value) => { if (value) setBy(value); }} />
      <Refusals id={id} filter={filter} zone={zone} by={by} />
    </>
  );
}

function Refusals({ id, filter, zone, by }: { id: string; filter: ResultsFilter; zone: string; by: 'day' | 'hour' }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const query = { ...periodOf(filter, zone), by };
  const found = useQuery({ queryKey: ['refusals', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/refusals', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { reasons, items } = found.data;
  if (reasons.length === 0) return <EmptyState title={t('reports.refusals.empty')} hint={t('reports.refusals.emptyHint')} />;
  const label = ({ code, stage }: Report['reasons'][number]) => t('reports.refusals.label', { reason: reason(code), stage: t(`reports.refusals.stages.${stage}`) });
  return (
    <>
      <Picture title={t('reports.refusals.title')} note={t('reports.refusals.note')} text={reasons.map((one) => `${label(one)}: ${format.number(one.count)}.`).join(' ')}
      drawing={<Bars bars={reasons.map((one) => ({ key: `${one.code} ${one.stage}`, label: label(one), text: format.number(one.count), value: one.count }))} />}
      table={<DataTable caption={t('reports.refusals.title')} items={items.toReversed()} keyOf={({ start, code, stage }) => `${start} ${code} ${stage}`} columns={[
        { key: 'when', label: t('reports.time.when'), cell: ({ local }) => format.local(local) },
        { key: 'reason', label: t('results.reason'), cell: ({ code, stage }) => (stage === 'message' ? reason(code) : <TextLink to="/campaigns/$id/decisions" params={{ id }} search={{ code }} underline="always">{reason(code)}</TextLink>) },
        { key: 'stage', label: t('reports.refusals.stage'), cell: ({ stage }) => t(`reports.refusals.stages.${stage}`) },
        { key: 'count', label: t('reports.count'), numeric: true, cell: ({ count, code, stage, start, end }) => (stage === 'message' ? <TextLink to="/deliveries" search={{ campaign: id, state: stateOf(code) }} underline="always">{format.number(count)}</TextLink> : <TextLink to="/campaigns/$id/decisions" params={{ id }} search={{ code, from: start, to: end }} underline="always">{format.number(count)}</TextLink>) },
      ]} />} />
      <TextLink to="/campaigns/$id/decisions" params={{ id }} size="sm" underline="always">{t('reports.refusals.people')}</TextLink>
    </>
  );
}
