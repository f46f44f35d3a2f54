import { Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * A picture of numbers: what it shows in words for who does not see it, and the same numbers as a table on demand. The drawing
 * itself must hold nothing that can be focused.
 */
export function Picture({ title, text, drawing, table, note }: { title: string; text: string; drawing: ReactNode; table: ReactNode; note?: ReactNode }) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h4">{title}</Title>
        <Switch size="sm" label={t('state.asTable')} checked={asTable} onChange={(event) => { setAsTable(event.currentTarget.checked); }} />
      </Group>
      {note && <Text size="sm" c="dimmed" component="div">{note}</Text>}
      {asTable ? table : <div role="img" aria-label={text}>{drawing}</div>}
    </Stack>
  );
}
