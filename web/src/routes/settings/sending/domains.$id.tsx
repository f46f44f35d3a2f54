import { createFileRoute } from '@tanstack/react-router';
import { DomainPage } from '../../../features/settings/sending/domain-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/settings/sending/domains/$id')({
  loader: () => needWords('settings', 'sending'),
  component: DomainPage,
});
