import { createFileRoute } from '@tanstack/react-router';
import { SafetyPage } from '../../features/settings/safety/safety-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/safety')({
  loader: () => needWords('settings', 'safety'),
  component: SafetyPage,
});
