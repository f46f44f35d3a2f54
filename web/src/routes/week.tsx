import { createFileRoute } from '@tanstack/react-router';
import { WeekPeoplePage } from '../features/home/week-people-page.tsx';
import { WEEK_NUMBERS, type WeekNumber } from '../features/home/week-search.ts';
import { oneOf } from '../lib/search.ts';
import { needWords } from '../i18n/index.ts';

export const Route = createFileRoute('/week')({
  validateSearch: (search): { number?: WeekNumber | undefined } => ({ number: oneOf(WEEK_NUMBERS, search.number) }),
  loader: () => needWords('home', 'people'),
  component: WeekPeoplePage,
});
