import { createFileRoute } from '@tanstack/react-router';
import { SourcesPage } from '../../../features/settings/sources/sources-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/settings/sources/')({
  loader: () => needWords('settings', 'sources'),
  component: SourcesPage,
});
