import { createFileRoute } from '@tanstack/react-router';
import { AutoEditor } from '../../../features/auto-messages/auto-editor.tsx';
import type { EditorSearch } from '../../../features/auto-messages/auto-search.ts';
import { needWords } from '../../../i18n/index.ts';
import { textOf } from '../../../lib/search.ts';

export const Route = createFileRoute('/auto-messages/$id/')({
  validateSearch: (search): EditorSearch => ({ variant: textOf(search.variant), language: textOf(search.language) }),
  loader: () => needWords('inApp', 'tagField', 'segments', 'people', 'series', 'plan'),
  component: AutoEditor,
});
