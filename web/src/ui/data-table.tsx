import { Button, Card, Group, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface Column<T> { key: string; label: string; cell(item: T): ReactNode; numeric?: boolean }

/** A list with its heads; it scrolls inside its card, never the page. Further pages are asked for, not turned. */
export function DataTable<T>({ caption, columns, items, keyOf, more }: { caption: string; columns: Column<T>[]; items: T[]; keyOf(item: T): string; more?: { busy: boolean; load(): void } | null }) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={columns.length < 4 ? columns.length * 95 : Math.max(560, columns.length * 100)} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': caption } }}>
        <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
          <caption style={{ position: 'absolute', clipPath: 'inset(50%)' }}>{caption}</caption>
          <Table.Thead>
            <Table.Tr>{columns.map(({ key, label, numeric }) => <Table.Th key={key} scope="col" ta={numeric ? 'right' : 'left'} style={{ whiteSpace: 'nowrap' }}>{label}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={keyOf(item)}>
                {columns.map(({ key, cell, numeric }) => <Table.Td key={key} data-numeric={numeric} ta={numeric ? 'right' : 'left'} style={numeric ? { fontVariantNumeric: 'tabular-nums' } : undefined}>{cell(item)}</Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more && <Group justify="center" p="sm"><Button variant="default" size="sm" loading={more.busy} onClick={() => { more.load(); }}>{t('state.more')}</Button></Group>}
    </Card>
  );
}
