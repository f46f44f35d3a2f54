import { createFileRoute } from '@tanstack/react-router';
import { WebsitePage } from '../../features/settings/website/website-page.tsx';
import { WEBSITE_TABS, type WebsiteSearch } from '../../features/settings/settings-search.ts';
import { needWords } from '../../i18n/index.ts';
import { oneOf } from '../../lib/search.ts';

export const Route = createFileRoute('/settings/website')({
  validateSearch: (search): WebsiteSearch => ({ tab: oneOf(WEBSITE_TABS, search.tab) }),
  loader: () => needWords('settings', 'website'),
  component: WebsitePage,
});
