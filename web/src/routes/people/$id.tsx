import { createFileRoute } from '@tanstack/react-router';
import { PersonPage } from '../../features/people/person-page.tsx';
import { TABS, type PersonSearch } from '../../features/people/person-search.ts';
import { oneOf, textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/people/$id')({
  validateSearch: (search): PersonSearch => ({ tab: oneOf(TABS, search.tab), campaign: textOf(search.campaign) }),
  loader: () => needWords('people', 'deliveries', 'reasons', 'campaigns', 'pacing', 'canaries', 'features'),
  component: PersonPage,
});
