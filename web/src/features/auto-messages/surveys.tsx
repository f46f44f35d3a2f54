import { Card, Group, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';

type Item = Api<'SurveyReport'>['items'][number];

/** What was answered to each question: the number that stands for it, and how the answers are spread. */
export function Surveys({ id }: { id: string }) {
  const { t } = useTranslation();
  const report = useQuery({ queryKey: ['survey-report', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/surveys', { params: { path: { id }, query: {} } })), refetchInterval: 15_000 });
  const items = report.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label={t('autoMessages.results.surveys')}>
      <Title order={2} size="h4">{t('autoMessages.results.surveys')}</Title>
      {items.map((item) => <Survey key={`${item.version}-${item.variant ?? ''}`} item={item} />)}
    </Stack>
  );
}

function Survey({ item }: { item: Item }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { question, version, answers, answered, nps, csat, scores, choices } = item;
  const spread = [...scores.map(({ score, count }) => ({ label: String(score), count })), ...choices.map(({ label, share }) => ({ label, count: share.count }))];
  return (
    <Card withBorder component="section" aria-label={question}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start"><Text fw={600} maw={620}>{question}</Text><Text size="xs" c="dimmed">{t('autoMessages.results.version', { version })}</Text></Group>
        {nps && <Text size="sm"><Text span fw={700} size="xl">{nps.score === null ? t('state.none') : format.number(Math.round(nps.score))}</Text> {t('autoMessages.results.nps', { promoters: nps.promoters, passives: nps.passives, detractors: nps.detractors })}</Text>}
        {csat && <Text size="sm"><Text span fw={700} size="xl">{format.percent(csat.count, csat.of)}</Text> {t('autoMessages.results.csat')}</Text>}
        <Text size="sm" c="dimmed">{t('autoMessages.results.answered', { count: answers })}{answered && answered.of > 0 && ` · ${t('autoMessages.results.rate', { rate: format.percent(answered.count, answered.of) })}`}</Text>
        {spread.length > 0 && (
          <Table verticalSpacing={4}>
            <caption style={{ position: 'absolute', clipPath: 'inset(50%)' }}>{t('autoMessages.results.spread')}</caption>
            <Table.Thead style={{ position: 'absolute', clipPath: 'inset(50%)' }}><Table.Tr><Table.Th scope="col">{t('autoMessages.results.answer')}</Table.Th><Table.Th scope="col">{t('autoMessages.results.times')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {spread.map(({ label, count }) => (
                <Table.Tr key={label}>
                  <Table.Th scope="row" w="35%" style={{ fontWeight: 400 }}>{label}</Table.Th>
                  <Table.Td><Group gap="xs" wrap="nowrap"><Progress value={answers === 0 ? 0 : (count / answers) * 100} style={{ flex: 1 }} aria-hidden /><Text size="sm" w={70} ta="right">{format.number(count)}</Text></Group></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Card>
  );
}
