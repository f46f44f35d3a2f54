import { createFileRoute } from '@tanstack/react-router';
import { EndpointPage } from '../../../features/settings/webhooks/endpoint-page.tsx';
import { ENDPOINT_TABS, type EndpointSearch } from '../../../features/settings/settings-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/settings/webhooks/$id')({
  validateSearch: (search): EndpointSearch => ({ tab: oneOf(ENDPOINT_TABS, search.tab), delivery: textOf(search.delivery) }),
  loader: () => needWords('settings', 'webhooks', 'deliveries', 'reasons'),
  component: EndpointPage,
});
