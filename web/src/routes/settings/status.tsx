import { createFileRoute } from '@tanstack/react-router';
import { StatusPage } from '../../features/settings/status-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/status')({
  loader: () => needWords('settings', 'status'),
  component: StatusPage,
});
