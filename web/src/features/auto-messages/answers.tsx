import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { TextLink } from '../../ui/links.tsx';

type Item = Api<'AnswerList'>['items'][number];

/** What people wrote or chose, each with who it was. */
export function Answers({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { items, more } = useList(['answers', id], (after) => answer(api.GET('/v1/campaigns/{id}/answers', { params: { path: { id }, query: { limit: 50, ...(after ? { after } : {}) } } })), () => 15_000);
  if (items.length === 0) return null;
  const columns: Column<Item>[] = [
    { key: 'at', label: t('autoMessages.results.when'), cell: ({ at }) => <Text size="sm">{format.instant(at)}</Text> },
    { key: 'who', label: t('autoMessages.results.who'), cell: ({ personId, externalId }) => <TextLink to="/people/$id" params={{ id: personId }}>{externalId ?? t('autoMessages.results.visitor')}</TextLink> },
    { key: 'answer', label: t('autoMessages.results.answer'), cell: ({ score, choices, text }) => <>{score !== null && <Text size="sm" fw={600}>{score}</Text>}{choices && <Text size="sm">{choices.join(', ')}</Text>}{text && <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>{text}</Text>}</> },
    { key: 'variant', label: t('autoMessages.results.variant'), cell: ({ variant }) => variant.toUpperCase() },
  ];
  return (
    <Stack gap="sm" component="section" aria-label={t('autoMessages.results.answers')}>
      <Title order={2} size="h4">{t('autoMessages.results.answers')}</Title>
      <DataTable caption={t('autoMessages.results.answers')} items={items} columns={columns} keyOf={({ deliveryId }) => deliveryId} more={more} />
    </Stack>
  );
}
