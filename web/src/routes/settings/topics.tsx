import { createFileRoute } from '@tanstack/react-router';
import { TopicsPage } from '../../features/settings/topics-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/topics')({
  loader: () => needWords('settings'),
  component: TopicsPage,
});
