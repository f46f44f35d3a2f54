import { createFileRoute } from '@tanstack/react-router';
import { AutoListPage } from '../../features/auto-messages/auto-list-page.tsx';
import { STATES, type AutoFilter } from '../../features/auto-messages/auto-search.ts';
import { needWords } from '../../i18n/index.ts';
import { oneOf, textOf } from '../../lib/search.ts';

export const Route = createFileRoute('/auto-messages/')({
  validateSearch: (search): AutoFilter => ({ q: textOf(search.q), state: oneOf(STATES, search.state) }),
  loader: () => needWords('autoMessages', 'campaigns', 'inApp'),
  component: AutoListPage,
});
