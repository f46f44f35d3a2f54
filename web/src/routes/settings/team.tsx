import { createFileRoute } from '@tanstack/react-router';
import { TeamPage } from '../../features/settings/team-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/team')({
  loader: () => needWords('settings'),
  component: TeamPage,
});
