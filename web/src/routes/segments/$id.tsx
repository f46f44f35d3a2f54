import { createFileRoute } from '@tanstack/react-router';
import { SegmentPage } from '../../features/segments/segment-page.tsx';
import { TABS, type SegmentSearch } from '../../features/segments/segment-search.ts';
import { oneOf, textOf } from '../../lib/search.ts';

export const Route = createFileRoute('/segments/$id')({
  validateSearch: (search): SegmentSearch => ({ tab: oneOf(TABS, search.tab), person: textOf(search.person) }),
  component: SegmentPage,
});
