import type { TFunction } from 'i18next';
import { Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../campaigns/words/use-campaign-words.ts';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat, type Format } from '../../lib/format.ts';
import { Bars, type Bar } from '../../ui/bars.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Picture } from '../../ui/picture.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import type { ResultsFilter } from './results-search.ts';

type Row = Api<'FunnelReport'>['items'][number];
type Words = TFunction;

/** People from eligible to converted, each once, arm by arm; arms given by choice stand apart. */
export function FunnelSection({ id, filter }: { id: string; filter: ResultsFilter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useCampaignWords(id);
  const query = { ...(filter.step ? { step: filter.step } : {}), ...(filter.language ? { language: filter.language } : {}) };
  const funnel = useQuery({ queryKey: ['funnel', id, query], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/funnel', { params: { path: { id }, query } })), placeholderData: (before) => before });
  if (funnel.isPending) return <Loading />;
  if (!funnel.data) return <ErrorPanel error={funnel.error} onRetry={() => { void funnel.refetch(); }} />;
  const { items } = funnel.data;
  const title = t('reports.funnel.title');
  if (items.length === 0) return <EmptyState title={t('reports.funnel.empty')} hint={t('reports.funnel.emptyHint')} />;
  const places = [...new Set(items.map(({ version, stepId }) => JSON.stringify([version, stepId])))];
  return (
    <Picture title={title} text={items.map((row) => textOf({ ...row, stepId: words.step(row.stepId) }, t, format)).join(' ')} note={<>{t('reports.funnel.note')}{(filter.from ?? filter.to) && ` ${t('reports.funnel.allDays')}`}</>} table={<FunnelTable items={items} nameOf={words.step} />} drawing={
      <Stack>
        {places.map((place) => {
          const [version, stepId] = JSON.parse(place) as [number, string];
          return (
            <Stack key={place} gap="xs">
              <Text fw={600}>{t('results.step', { step: words.step(stepId), version })}</Text>
              <SimpleGrid cols={{ base: 1, md: 2 }}>
                {items.filter((row) => row.version === version && row.stepId === stepId).map((row) => (
                  <Stack key={`${row.variant} ${row.chosen}`} gap={6}>
                    <Group gap={6}><Text fw={600}>{row.variant}</Text>{row.isControl && <Badge variant="light" color="gray">{t('results.control')}</Badge>}{row.chosen && <Badge variant="light" color="orange">{t('results.chosenBadge')}</Badge>}</Group>
                    <Bars whole={row.eligible} bars={barsOf(row, t, format)} />
                  </Stack>
                ))}
              </SimpleGrid>
            </Stack>
          );
        })}
      </Stack>
    } />
  );
}

/** A control gets nothing, so only what is not about messages can be said of it. */
const stagesOf = ({ isControl }: Row) => (isControl ? (['eligible', 'converted'] as const) : (['eligible', 'sent', 'delivered', 'opened', 'clicked', 'converted'] as const));

function barsOf(row: Row, t: Words, format: Format): Bar[] {
  return stagesOf(row).map((stage): Bar => {
    const label = t(`reports.funnel.${stage}`);
    if (stage === 'opened') return { key: stage, label, value: row.opened.atLeast, atMost: row.opened.atMost, text: row.opened.atLeast === row.opened.atMost ? format.number(row.opened.atLeast) : t('results.range', { from: row.opened.atLeast, to: row.opened.atMost }) };
    const rate = stage === 'eligible' ? null : row.rates[stage];
    return { key: stage, label, value: row[stage], text: rate === null ? format.number(row[stage]) : `${format.number(row[stage])} · ${format.percent(rate, 1)}` };
  });
}

function textOf(row: Row, t: Words, format: Format): string {
  const parts = barsOf(row, t, format).map(({ label, text }) => `${label} ${text}`).join(', ');
  return t(row.chosen ? 'reports.funnel.textChosen' : 'reports.funnel.text', { step: row.stepId, variant: row.variant, parts });
}

function FunnelTable({ items, nameOf }: { items: Row[]; nameOf(stepId: string): string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = (key: 'eligible' | 'sent' | 'delivered' | 'clicked' | 'converted') => ({ key, label: t(`reports.funnel.${key}`), numeric: true, cell: (row: Row) => (row.isControl && key !== 'eligible' && key !== 'converted' ? t('reports.notSentToControl') : format.number(row[key])) });
  return (
    <DataTable caption={t('reports.funnel.title')} items={items} keyOf={(row) => `${row.version} ${row.stepId} ${row.variant} ${row.chosen}`} columns={[
      { key: 'step', label: t('reports.step'), cell: (row) => t('results.step', { step: nameOf(row.stepId), version: row.version }) },
      { key: 'variant', label: t('results.variant'), cell: (row) => <>{row.variant}{row.chosen && <Text size="xs" c="dimmed">{t('results.chosenBadge')}</Text>}</> },
      number('eligible'), number('sent'), number('delivered'),
      { key: 'opened', label: t('reports.funnel.opened'), numeric: true, cell: (row) => (row.isControl ? t('reports.notSentToControl') : t('results.range', { from: row.opened.atLeast, to: row.opened.atMost })) },
      number('clicked'), number('converted'),
    ]} />
  );
}
