import { createFileRoute } from '@tanstack/react-router';
import { ResultsPage } from '../../features/results/results-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id')({ loader: () => needWords('campaigns', 'results'), component: ResultsPage });
