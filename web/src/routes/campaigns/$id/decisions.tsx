import { createFileRoute } from '@tanstack/react-router';
import { DecisionsPage } from '../../../features/campaigns/decisions/decisions-page.tsx';
import { STAGES, type DecisionsFilter } from '../../../features/campaigns/decisions/decisions-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { instantOf, oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/decisions')({
  validateSearch: (search): DecisionsFilter => ({ code: textOf(search.code), step: textOf(search.step), stage: oneOf(STAGES, search.stage), person: textOf(search.person), from: instantOf(search.from), to: instantOf(search.to) }),
  loader: () => needWords('explain', 'decisions', 'campaignPeople', 'flow', 'reasons'),
  component: DecisionsPage,
});
