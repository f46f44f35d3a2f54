import { createFileRoute } from '@tanstack/react-router';
import { CampaignPeoplePage } from '../../../features/campaigns/people/people-page.tsx';
import { RUN_STATES, type CampaignPeopleFilter } from '../../../features/campaigns/people/people-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/people')({
  validateSearch: (search): CampaignPeopleFilter => ({ step: textOf(search.step), state: oneOf(RUN_STATES, search.state) }),
  loader: () => needWords('stuck', 'explain', 'campaignPeople', 'flow', 'reasons'),
  component: CampaignPeoplePage,
});
