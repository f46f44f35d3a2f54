import { createFileRoute } from '@tanstack/react-router';
import { BehindPage } from '../../../features/results/people-page.tsx';
import { peopleSearch } from '../../../features/results/results-search.ts';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id/results_/people')({ validateSearch: peopleSearch, loader: () => needWords('results', 'reasons'), component: BehindPage });
