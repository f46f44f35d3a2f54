import { createFileRoute } from '@tanstack/react-router';
import { MailboxPage } from '../../../features/deliveries/mailbox-page.tsx';
import { textOf } from '../../../lib/search.ts';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/deliveries/mailbox/')({
  validateSearch: (search): { to?: string | undefined } => ({ to: textOf(search.to) }),
  loader: () => needWords('deliveries'),
  component: MailboxPage,
});
