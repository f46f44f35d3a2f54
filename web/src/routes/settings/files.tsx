import { createFileRoute } from '@tanstack/react-router';
import { FilesPage } from '../../features/settings/files/files-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/files')({
  loader: () => needWords('settings', 'files'),
  component: FilesPage,
});
