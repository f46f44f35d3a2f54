import { createFileRoute } from '@tanstack/react-router';
import { PacingPage } from '../../features/settings/pacing/pacing-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/pacing')({
  loader: () => needWords('settings', 'pacing', 'series', 'people'),
  component: PacingPage,
});
