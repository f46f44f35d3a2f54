import { createFileRoute } from '@tanstack/react-router';
import { WalkPage } from '../../../features/campaigns/walk/walk-page.tsx';
import type { WalkSearch } from '../../../features/campaigns/walk/walk-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/walk')({
  validateSearch: (search): WalkSearch => ({ person: textOf(search.person) }),
  loader: () => needWords('walk', 'flow', 'people', 'reasons'),
  component: WalkPage,
});
