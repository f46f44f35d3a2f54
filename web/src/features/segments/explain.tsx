import { Card, Code, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { IconCheck, IconX } from '../../ui/icons.ts';
import { TextLink } from '../../ui/links.tsx';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';

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

const isGroup = (type: string) => type === 'all' || type === 'any' || type === 'not';

/** A condition with what it holds; of groups the kind alone is said, because their parts follow. */
function ConditionTree({ node }: { node: Api<'ExplainedNode'> }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const said = isGroup(node.type) ? t(`segments.explain.${node.type as 'all'}`) : i18n.language === 'ko' ? node.sentence.ko : node.sentence.en;
  const truth = t(node.truth ? 'segments.explain.true' : 'segments.explain.false');
  return (
    <Stack gap={6}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        {node.truth ? <IconCheck size={18} color="var(--mantine-color-green-light-color)" aria-hidden style={{ flexShrink: 0 }} /> : <IconX size={18} color="var(--mantine-color-error)" aria-hidden style={{ flexShrink: 0 }} />}
        <div style={{ minWidth: 0 }}>
          <Text size="sm"><VisuallyHidden>{truth}: </VisuallyHidden>{said}</Text>
          {!isGroup(node.type) && node.type !== 'segment' && <Text size="xs" c="dimmed">{t('segments.explain.compared')} {node.compared === null || node.compared === undefined ? t('segments.explain.nothing') : <Code>{JSON.stringify(node.compared).slice(0, 200)}</Code>}</Text>}
          {node.nextChangeAt && <Text size="xs" c="dimmed">{t('segments.explain.changes', { when: format.instant(node.nextChangeAt) })}</Text>}
        </div>
      </Group>
      {node.of && <Stack gap={6} pl="lg">{node.of.map((child) => <ConditionTree key={child.path} node={child} />)}</Stack>}
    </Stack>
  );
}
