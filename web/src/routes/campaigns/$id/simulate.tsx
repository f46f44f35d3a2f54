import { createFileRoute } from '@tanstack/react-router';
import { SimulatePage } from '../../../features/campaigns/simulate/simulate-page.tsx';
import type { SimulateSearch } from '../../../features/campaigns/simulate/simulate-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/simulate')({
  validateSearch: (search): SimulateSearch => ({ run: textOf(search.run), outcome: textOf(search.outcome), side: oneOf(['subject', 'running'] as const, search.side), person: textOf(search.person) }),
  loader: () => needWords('simulate', 'flow', 'reasons'),
  component: SimulatePage,
});
