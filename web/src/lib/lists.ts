import { infiniteQueryOptions, useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';

interface PageOf<T> { items: T[]; next: string | null }

/** A list that is read page by page; the pages read so far stay while more come or a filter changes. */
const pagesOf = <T>(key: readonly unknown[], load: (after: string | undefined) => Promise<PageOf<T>>) => infiniteQueryOptions({
  queryKey: key,
  queryFn: ({ pageParam }) => load(pageParam),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
  placeholderData: (before) => before,
});

export interface Listed<T> { items: T[]; query: UseInfiniteQueryResult<InfiniteData<PageOf<T>>>; more: { busy: boolean; load(): void } | null }

/** See {@link pagesOf}. `again`: after how many milliseconds to read it again, by what it holds. */
export function useList<T>(key: readonly unknown[], load: (after: string | undefined) => Promise<PageOf<T>>, again: (items: T[]) => number | false = () => false): Listed<T> {
  const query = useInfiniteQuery({ ...pagesOf(key, load), refetchInterval: ({ state }) => again(state.data?.pages.flatMap((page) => page.items) ?? []) });
  return {
    query,
    items: query.data?.pages.flatMap((page) => page.items) ?? [],
    more: query.hasNextPage ? { busy: query.isFetchingNextPage, load: () => { void query.fetchNextPage(); } } : null,
  };
}
