import { createFileRoute } from '@tanstack/react-router';
import { NewSnippetPage } from '../../../features/messages/snippets/snippet-page.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/messages/snippets/new')({ loader: () => needWords('messages'), component: NewSnippetPage });
