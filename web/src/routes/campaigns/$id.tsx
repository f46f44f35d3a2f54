import { createFileRoute } from '@tanstack/react-router';
import { ResultsPage } from '../../features/results/results-page.tsx';

export const Route = createFileRoute('/campaigns/$id')({ component: ResultsPage });
