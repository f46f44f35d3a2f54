import { createFileRoute } from '@tanstack/react-router';
import { PeoplePage } from '../../features/people/people-page.tsx';
import { textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/people/')({
  validateSearch: (search): { q?: string | undefined } => ({ q: textOf(search.q) }),
  loader: () => needWords('people'),
  component: PeoplePage,
});
