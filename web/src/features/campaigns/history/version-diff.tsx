import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ChangeWords } from './change-words.tsx';
import { diffCampaigns, type Side } from '../../../../../src/contract/campaign-diff.ts';

/** A version never changes, so it is read once. */
export const useVersion = (id: string, number: number | null) => useQuery({
  queryKey: ['version', id, number], enabled: number !== null, staleTime: Infinity,
  queryFn: () => answer(api.GET('/v1/campaigns/{id}/versions/{number}', { params: { path: { id, number: number! } } })),
});

/** What changed from a version to a later state. */
export function VersionDiff({ id, from, to }: { id: string; from: number; to: Side }) {
  const version = useVersion(id, from);
  if (version.isPending) return <Loading rows={2} />;
  if (!version.data) return <ErrorPanel error={version.error} onRetry={() => { void version.refetch(); }} />;
  return <Changes before={{ name: null, definition: version.data.definition }} after={to} />;
}

/** The changes as a list; that there are none is said too. */
export function Changes({ before, after }: { before: Side; after: Side }) {
  const { t } = useTranslation();
  const changes = diffCampaigns(before, after);
  if (changes.length === 0) return <Text size="sm" c="dimmed">{t('history.same')}</Text>;
  return <Stack gap={4} component="ul" m={0} pl={18}>{changes.map((change, index) => <li key={index}><ChangeWords change={change} /></li>)}</Stack>;
}
