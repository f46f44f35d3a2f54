import { createFileRoute } from '@tanstack/react-router';
import { ApiKeysPage } from '../../features/settings/api-keys-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/api-keys')({
  loader: () => needWords('settings'),
  component: ApiKeysPage,
});
