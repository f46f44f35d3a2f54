import { createFileRoute } from '@tanstack/react-router';
import { periodSearch } from '../../features/results/results-search.ts';
import { OverlapPage } from '../../features/results/workspace/overlap-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/results/overlap')({ validateSearch: periodSearch, loader: () => needWords('results', 'reports'), component: OverlapPage });
