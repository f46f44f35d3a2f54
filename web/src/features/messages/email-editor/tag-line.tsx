import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../lib/format.ts';
import type { Tag } from './tags.ts';

/** A field in a list of fields: its name, and how many have it or what it is. */
export function TagLine({ tag: { path, note, share } }: { tag: Tag }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group justify="space-between" gap="md" wrap="nowrap">
      <Text size="sm" ff="monospace">{path}</Text>
      <Text size="xs" c="dimmed">{share === null ? note : t('messages.tags.share', { share: format.percent(share, 1) })}</Text>
    </Group>
  );
}
