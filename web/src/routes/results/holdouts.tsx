import { createFileRoute } from '@tanstack/react-router';
import { periodSearch } from '../../features/results/results-search.ts';
import { HoldoutsPage } from '../../features/results/workspace/holdouts-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/results/holdouts')({ validateSearch: periodSearch, loader: () => needWords('results', 'reports'), component: HoldoutsPage });
