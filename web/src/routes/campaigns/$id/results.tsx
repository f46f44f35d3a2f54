import { createFileRoute } from '@tanstack/react-router';
import { ResultsPage } from '../../../features/results/results-page.tsx';
import { resultsSearch } from '../../../features/results/results-search.ts';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id/results')({ validateSearch: resultsSearch, loader: () => needWords('results', 'reports', 'reasons'), component: ResultsPage });
