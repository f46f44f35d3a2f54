import { createFileRoute } from '@tanstack/react-router';
import { periodSearch } from '../../features/results/results-search.ts';
import { DeliverabilityPage } from '../../features/results/workspace/deliverability-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/results/deliverability')({ validateSearch: periodSearch, loader: () => needWords('results', 'reports'), component: DeliverabilityPage });
