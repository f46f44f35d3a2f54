import { Group, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { periodOf } from '../period.ts';
import type { ResultsFilter } from '../results-search.ts';
import { SurveyCard } from './survey-item.tsx';

/** What people answered: scores, choices, and what they wrote. */
export function SurveysSection({ id, filter, zone }: { id: string; filter: ResultsFilter; zone: string }) {
  const { t } = useTranslation();
  const query = { ...periodOf(filter, zone), ...(filter.step ? { step: filter.step } : {}) };
  const found = useQuery({ queryKey: ['surveys', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/surveys', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { items } = found.data;
  return (
    <Stack>
      {items.length === 0 ? <EmptyState title={t('reports.surveys.empty')} hint={t('reports.surveys.emptyHint')} /> : items.map((item) => <SurveyCard key={`${item.version} ${item.stepId} ${item.kind} ${item.question} ${item.variant ?? ''}`} campaignId={id} item={item} />)}
      <Verbatims id={id} step={filter.step} />
    </Stack>
  );
}

type Verbatim = Api<'Verbatims'>['items'][number];
const KINDS = ['survey', 'reply'] as const;

function Verbatims({ id, step }: { id: string; step: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [q, setQ] = useState('');
  const [kind, setKind] = useState<(typeof KINDS)[number] | null>(null);
  const list = useList(['verbatims', id, step, q, kind], (after) => answer(api.GET('/v1/campaigns/{id}/reports/surveys/verbatims', { params: { path: { id }, query: { limit: 25, ...(after ? { after } : {}), ...(step ? { step } : {}), ...(q ? { q } : {}), ...(kind ? { kind } : {}) } } })));
  const columns: Column<Verbatim>[] = [
    { key: 'at', label: t('reports.time.when'), cell: ({ at }) => format.instant(at) },
    { key: 'text', label: t('reports.surveys.text'), cell: ({ text, personId, score }) => <><Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>{text}</Text><Text size="xs" c="dimmed"><TextLink to="/people/$id" params={{ id: personId }} underline="always">{t('reports.surveys.who')}</TextLink>{score !== null && ` · ${t('reports.surveys.score', { score })}`}</Text></> },
    { key: 'variant', label: t('results.variant'), cell: ({ variant }) => variant },
  ];
  return (
    <Stack component="section" aria-label={t('reports.surveys.verbatims')}>
      <Title order={2} size="h4">{t('reports.surveys.verbatims')}</Title>
      <Group gap="sm"><SearchField label={t('reports.surveys.search')} value={q} onChange={setQ} /><Select aria-label={t('reports.surveys.kind')} placeholder={t('reports.surveys.kind')} clearable w={180} value={kind} data={KINDS.map((value) => ({ value, label: t(`reports.surveys.sources.${value}`) }))} onChange={setKind} /></Group>
      <Listing caption={t('reports.surveys.verbatims')} list={list} columns={columns} keyOf={({ deliveryId, kind: of }) => `${deliveryId} ${of}`} empty={{ title: t('reports.surveys.noText'), hint: t('reports.surveys.noTextHint') }} noMatch={q || kind ? { title: t('reports.surveys.noMatch'), hint: '' } : undefined} onClear={() => { setQ(''); setKind(null); }} />
    </Stack>
  );
}
