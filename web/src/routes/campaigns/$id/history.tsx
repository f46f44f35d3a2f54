import { createFileRoute } from '@tanstack/react-router';
import { HistoryPage } from '../../../features/campaigns/history/history-page.tsx';
import { numberOf, type HistorySearch } from '../../../features/campaigns/history/history-search.ts';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id/history')({
  validateSearch: (search): HistorySearch => ({ from: numberOf(search.from), to: numberOf(search.to) }),
  loader: () => needWords('history', 'flow', 'segments'),
  component: HistoryPage,
});
