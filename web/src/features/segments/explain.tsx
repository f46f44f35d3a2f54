import { Card, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';
import { ConditionTree } from './condition-tree.tsx';

/** Why somebody is in a segment or not: each condition with a mark, what it compared, and when time alone changes it. */
export function Explain({ id, person, onPerson }: { id: string; person: string | undefined; onPerson(person: string | undefined): void }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['segment-explain', id, person], queryFn: () => answer(api.GET('/v1/segments/{id}/explain', { params: { path: { id }, query: { personId: person! } } })), enabled: person !== undefined });
  return (
    <Stack>
      <PersonPicker label={t('segments.explain.person')} value={person} onChange={onPerson} />
      {person === undefined ? <EmptyState title={t('segments.explain.empty')} hint={t('segments.explain.emptyHint')} /> : found.isPending ? <Loading rows={3} /> : found.data ? <Answer found={found.data} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
    </Stack>
  );
}

function Answer({ found }: { found: Api<'SegmentExplanation'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { root, personId, lookedUntil, at } = found;
  return (
    <Card withBorder component="section" aria-label={t('segments.tab.explain')}>
      <Stack gap="sm">
        <Text fw={600}>{t(root.truth ? 'segments.explain.in' : 'segments.explain.out')}</Text>
        <Text size="sm" c="dimmed">{root.nextChangeAt ? t(root.truth ? 'segments.explain.leaves' : 'segments.explain.enters', { when: format.instant(root.nextChangeAt) }) : lookedUntil ? t('segments.explain.until', { when: format.instant(lookedUntil) }) : t('segments.explain.never')} · {t('segments.asOf', { when: format.instant(at) })} · <TextLink to="/people/$id" params={{ id: personId }} underline="always">{t('segments.explain.profile')}</TextLink></Text>
        <ConditionTree node={root} />
      </Stack>
    </Card>
  );
}
