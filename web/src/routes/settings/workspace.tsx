import { createFileRoute } from '@tanstack/react-router';
import { WorkspacePage } from '../../features/settings/workspace-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/workspace')({
  loader: () => needWords('settings', 'rules'),
  component: WorkspacePage,
});
