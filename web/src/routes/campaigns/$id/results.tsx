import { createFileRoute } from '@tanstack/react-router';
import { ResultsPage } from '../../../features/results/results-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id/results')({ loader: () => needWords('results', 'reasons'), component: ResultsPage });
