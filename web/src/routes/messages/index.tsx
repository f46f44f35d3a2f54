import { createFileRoute } from '@tanstack/react-router';
import { CHANNELS, type MessagesSearch } from '../../features/messages/message-search.ts';
import { MessagesPage } from '../../features/messages/messages-page.tsx';
import { STATES } from '../../features/campaigns/campaign-search.ts';
import { needWords } from '../../i18n/index.ts';
import { oneOf, textOf } from '../../lib/search.ts';

export const Route = createFileRoute('/messages/')({
  validateSearch: (search): MessagesSearch => ({ q: textOf(search.q), channel: oneOf(CHANNELS, search.channel), state: oneOf(STATES, search.state) }),
  loader: () => needWords('messages', 'campaigns'),
  component: MessagesPage,
});
