import { createFileRoute } from '@tanstack/react-router';
import { WebhooksPage } from '../../../features/settings/webhooks/webhooks-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/settings/webhooks/')({
  loader: () => needWords('settings', 'webhooks'),
  component: WebhooksPage,
});
