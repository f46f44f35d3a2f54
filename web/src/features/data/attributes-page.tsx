import { Badge, Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { DataTabs } from './data-tabs.tsx';
import { Fields } from './fields.tsx';

/** Every attribute of people with its values, and the tags there are. */
export function AttributesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ queryKey: ['fields'], queryFn: () => answer(api.GET('/v1/segments/fields', { params: { query: {} } })) });
  return (
    <Page title={t('data.attributes')} note={found.data && t('data.looked', { shown: format.number(found.data.looked) })} actions={<DataTabs />}>
      {found.isPending ? <Loading /> : !found.data ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />
        : found.data.fields.length === 0 ? <EmptyState title={t('data.noAttributes')} hint={t('data.noAttributesHint')} /> : <Fields caption={t('data.attributes')} found={found.data} labelled />}
      {(found.data?.tags.length ?? 0) > 0 && <Stack gap="xs" component="section" aria-label={t('data.tags')}><Title order={2} size="h4">{t('data.tags')}</Title><Group gap={6}>{found.data?.tags.map((tag) => <Badge key={tag} variant="light" color="gray" size="lg">{tag}</Badge>)}</Group></Stack>}
    </Page>
  );
}
