import { createFileRoute } from '@tanstack/react-router';
import { VIEWS, type MessageSearch } from '../../../../features/messages/message-search.ts';
import { MessagePage } from '../../../../features/messages/message-page.tsx';
import { needWords } from '../../../../i18n/index.ts';
import { oneOf, textOf } from '../../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/messages/$stepId')({
  validateSearch: (search): MessageSearch => ({ variant: textOf(search.variant), lang: textOf(search.lang), view: oneOf(VIEWS, search.view) }),
  loader: () => needWords('messages', 'hooks', 'people', 'inApp', 'tagField', 'segments'),
  component: MessagePage,
});
