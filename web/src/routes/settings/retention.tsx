import { createFileRoute } from '@tanstack/react-router';
import { RetentionPage } from '../../features/settings/retention-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/retention')({
  loader: () => needWords('settings', 'retention'),
  component: RetentionPage,
});
