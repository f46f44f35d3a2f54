import { createFileRoute } from '@tanstack/react-router';
import { EventsPage } from '../../features/data/events-page.tsx';
import { textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/data/events')({
  validateSearch: (search): { event?: string | undefined } => ({ event: textOf(search.event) }),
  loader: () => needWords('data'),
  component: EventsPage,
});
