import { createFileRoute } from '@tanstack/react-router';
import { CanariesPage } from '../../features/canaries/canaries-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/canaries')({
  loader: () => needWords('settings', 'canaries', 'reasons', 'people'),
  component: CanariesPage,
});
