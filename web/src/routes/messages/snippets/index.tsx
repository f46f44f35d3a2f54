import { createFileRoute } from '@tanstack/react-router';
import { SnippetsPage } from '../../../features/messages/snippets/snippets-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/messages/snippets/')({ loader: () => needWords('messages'), component: SnippetsPage });
