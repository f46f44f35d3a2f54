import { createFileRoute } from '@tanstack/react-router';
import { SORTS, STATES, TYPES, type CampaignFilter } from '../../features/campaigns/campaign-search.ts';
import { CampaignsPage } from '../../features/campaigns/campaigns-page.tsx';
import { oneOf, textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/')({
  validateSearch: (search): CampaignFilter => ({ q: textOf(search.q), state: oneOf(STATES, search.state), type: oneOf(TYPES, search.type), sort: oneOf(SORTS, search.sort) }),
  loader: () => needWords('campaigns', 'recipes'),
  component: CampaignsPage,
});
