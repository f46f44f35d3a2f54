import { createFileRoute } from '@tanstack/react-router';
import { FeaturesPage } from '../../features/features/features-page.tsx';
import { textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/features/')({
  validateSearch: (search): { q?: string | undefined } => ({ q: textOf(search.q) }),
  loader: () => needWords('features'),
  component: FeaturesPage,
});
