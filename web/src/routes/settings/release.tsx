import { createFileRoute } from '@tanstack/react-router';
import { ReleasePage } from '../../features/settings/release/release-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/release')({
  loader: () => needWords('settings', 'release'),
  component: ReleasePage,
});
