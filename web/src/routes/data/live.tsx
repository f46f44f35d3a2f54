import { createFileRoute } from '@tanstack/react-router';
import { LivePage } from '../../features/data/live-page.tsx';
import { textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/data/live')({
  validateSearch: (search): { event?: string | undefined; person?: string | undefined } => ({ event: textOf(search.event), person: textOf(search.person) }),
  loader: () => needWords('data', 'people'),
  component: LivePage,
});
