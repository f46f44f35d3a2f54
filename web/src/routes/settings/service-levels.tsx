import { createFileRoute } from '@tanstack/react-router';
import { LevelsPage } from '../../features/settings/levels/levels-page.tsx';
import type { LevelsSearch } from '../../features/settings/settings-search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/settings/service-levels')({
  validateSearch: ({ campaign }: Record<string, unknown>): LevelsSearch => (typeof campaign === 'string' ? { campaign } : {}),
  loader: () => needWords('settings', 'levels'),
  component: LevelsPage,
});
