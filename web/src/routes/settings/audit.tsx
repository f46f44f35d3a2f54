import { createFileRoute } from '@tanstack/react-router';
import { AuditPage } from '../../features/settings/audit-page.tsx';
import type { AuditSearch } from '../../features/settings/settings-search.ts';
import { needWords } from '../../i18n/index.ts';
import { dayOf, textOf } from '../../lib/search.ts';

export const Route = createFileRoute('/settings/audit')({
  validateSearch: (search): AuditSearch => ({ actor: textOf(search.actor), kind: textOf(search.kind), subject: textOf(search.subject), from: dayOf(search.from), to: dayOf(search.to) }),
  loader: () => needWords('settings', 'audit'),
  component: AuditPage,
});
