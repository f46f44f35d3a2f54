import { createFileRoute } from '@tanstack/react-router';
import { SegmentPage } from '../../features/segments/segment-page.tsx';
import { TABS, type SegmentSearch } from '../../features/segments/segment-search.ts';
import { oneOf, textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/segments/$id')({
  validateSearch: (search): SegmentSearch => ({ tab: oneOf(TABS, search.tab), person: textOf(search.person) }),
  loader: () => needWords('segments', 'people'),
  component: SegmentPage,
});
