import { createFileRoute } from '@tanstack/react-router';
import { SendingPage } from '../../../features/settings/sending/sending-page.tsx';
import { SENDING_TABS, type SendingSearch } from '../../../features/settings/settings-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/settings/sending/')({
  validateSearch: (search): SendingSearch => ({ tab: oneOf(SENDING_TABS, search.tab), address: textOf(search.address), days: oneOf(['7', '30', '90'], search.days) }),
  loader: () => needWords('settings', 'sending'),
  component: SendingPage,
});
