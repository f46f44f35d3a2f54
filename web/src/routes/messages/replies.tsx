import { createFileRoute } from '@tanstack/react-router';
import { RepliesPage } from '../../features/messages/replies/replies-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/messages/replies')({
  loader: () => needWords('messages', 'replies'),
  component: RepliesPage,
});
