import { createFileRoute } from '@tanstack/react-router';
import { CampaignEditor } from '../../../features/campaigns/campaign-editor.tsx';
import { VIEWS, type EditorSearch } from '../../../features/campaigns/editor-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { oneOf, textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/campaigns/$id/')({
  validateSearch: (search): EditorSearch => ({ at: textOf(search.at), view: oneOf(VIEWS, search.view) }),
  loader: () => needWords('series', 'plan', 'hooks', 'segments', 'broadcast', 'pacing'),
  component: CampaignEditor,
});
