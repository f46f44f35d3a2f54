import { createFileRoute } from '@tanstack/react-router';
import { SnippetPage } from '../../../features/messages/snippets/snippet-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/messages/snippets/$key')({ loader: () => needWords('messages', 'campaigns'), component: SnippetPage });
