import { createFileRoute } from '@tanstack/react-router';
import { SourcePage } from '../../../features/settings/sources/source-page.tsx';
import { ASKS, SOURCE_TABS, type SourceSearch } from '../../../features/settings/settings-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/settings/sources/$id')({
  validateSearch: (search): SourceSearch => ({ tab: oneOf(SOURCE_TABS, search.tab), sample: textOf(search.sample), ask: oneOf(ASKS, search.ask) }),
  loader: () => needWords('settings', 'sources'),
  component: SourcePage,
});
