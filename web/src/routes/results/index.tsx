import { createFileRoute } from '@tanstack/react-router';
import { ResultsListPage } from '../../features/results/list-page.tsx';
import { listSearch } from '../../features/results/results-search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/results/')({ validateSearch: listSearch, loader: () => needWords('results', 'reports'), component: ResultsListPage });
