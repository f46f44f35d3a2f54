import { Code, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { IconCheck, IconX } from '../../ui/icons.ts';

const isGroup = (type: string) => type === 'all' || type === 'any' || type === 'not';

/** A condition with what it holds; of groups the kind alone is said, because their parts follow. */
export function ConditionTree({ node }: { node: Api<'ExplainedNode'> }) {
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
