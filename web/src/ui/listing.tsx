import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Listed } from '../lib/lists.ts';
import { DataTable, type Column } from './data-table.tsx';
import { EmptyState, ErrorPanel, Loading } from './states.tsx';

interface Words { title: string; hint: string; action?: ReactNode }

/** A list in each of its states: coming, refused, empty, nothing that matches, and there. */
export function Listing<T>({ caption, list, columns, keyOf, empty, noMatch, onClear }: { caption: string; list: Listed<T>; columns: Column<T>[]; keyOf(item: T): string; empty: Words; noMatch?: Words | undefined; onClear?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { query, items, more } = list;
  if (query.isPending) return <Loading />;
  if (query.isError && items.length === 0) return <ErrorPanel error={query.error} onRetry={() => { void query.refetch(); }} />;
  if (items.length === 0) {
    return noMatch ? <EmptyState {...noMatch} action={onClear && <Button variant="default" onClick={onClear}>{t('state.clear')}</Button>} /> : <EmptyState {...empty} />;
  }
  return (
    <>
      {query.isError && <ErrorPanel error={query.error} onRetry={() => { void query.refetch(); }} />}
      <DataTable caption={caption} columns={columns} items={items} keyOf={keyOf} more={more} />
    </>
  );
}
