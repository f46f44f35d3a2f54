import { createFileRoute } from '@tanstack/react-router';
import { MePage } from '../../features/settings/me-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/me')({
  loader: () => needWords('settings'),
  component: MePage,
});
