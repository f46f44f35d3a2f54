import type { TFunction } from 'i18next';
import { Badge, Card, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCampaignWords } from '../../campaigns/words/use-campaign-words.ts';
import type { Api } from '../../../lib/api.ts';
import { useFormat, type Format } from '../../../lib/format.ts';
import { Bars, type Bar } from '../../../ui/bars.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Picture } from '../../../ui/picture.tsx';

export type SurveyItem = Api<'SurveyReport'>['items'][number];
type Words = TFunction;
type Share = NonNullable<SurveyItem['csat']>;

const share = (t: Words, format: Format, { count, of, rate, low, high }: Share) => (rate === null ? t('reports.surveys.nobody') : t('reports.surveys.share', { rate: format.percent(rate, 1), low: format.percent(low ?? 0, 1), high: format.percent(high ?? 1, 1), count, of }));

/** How one question was answered: its score with what is uncertain about it, and every answer that was possible as a bar. */
export function SurveyCard({ campaignId, item }: { campaignId: string; item: SurveyItem }) {
  const words = useCampaignWords(campaignId);
  const { t } = useTranslation();
  const format = useFormat();
  const headline = headlineOf(item, t, format);
  const bars = barsOf(item, t, format);
  const title = item.variant === null ? item.question : t('reports.surveys.ofVariant', { question: item.question, variant: item.variant });
  const text = [headline, ...bars.map(({ label, text: value }) => `${label}: ${value}.`)].filter(Boolean).join(' ');
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group gap="xs"><Badge variant="light" color="gray">{t(`reports.surveys.kinds.${item.kind}`)}</Badge><Text size="sm" c="dimmed">{t('results.step', { step: words.step(item.stepId), version: item.version })}</Text></Group>
        {bars.length === 0 ? <Text fw={600}>{title}</Text> : (
          <Picture title={title} text={text} note={headline} drawing={<Bars bars={bars} />} table={<DataTable caption={title} items={bars} keyOf={({ key }) => key} columns={[{ key: 'answer', label: t('reports.surveys.answer'), cell: ({ label }) => label }, { key: 'count', label: t('reports.count'), numeric: true, cell: ({ text: value }) => value }]} />} />
        )}
        <Text size="sm" c="dimmed">{item.answered && `${t('reports.surveys.answered')}: ${share(t, format, item.answered)} · `}{t('reports.surveys.comments', { count: item.comments })}</Text>
      </Stack>
    </Card>
  );
}

function headlineOf({ kind, nps, csat }: SurveyItem, t: Words, format: Format): string {
  if (kind === 'nps') return nps?.score == null ? t('reports.surveys.nobody') : t('reports.surveys.nps', { score: format.number(Math.round(nps.score)), low: format.number(Math.round(nps.low!)), high: format.number(Math.round(nps.high!)), promoters: nps.promoters, passives: nps.passives, detractors: nps.detractors });
  if (kind === 'csat') return csat ? t('reports.surveys.csat', { share: share(t, format, csat) }) : t('reports.surveys.nobody');
  return '';
}

function barsOf({ kind, scores, answers, choices }: SurveyItem, t: Words, format: Format): Bar[] {
  if (answers === 0) return [];
  if (kind === 'choice') return choices.map(({ key, label, share: part }) => ({ key, label, value: part.count, text: share(t, format, part) }));
  const range = kind === 'nps' ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : kind === 'csat' ? [1, 2, 3, 4, 5] : [];
  return range.map((score) => {
    const count = scores.find((one) => one.score === score)?.count ?? 0;
    return { key: String(score), label: format.number(score), value: count, text: `${format.number(count)} · ${format.percent(count, answers)}` };
  });
}
