import { createFileRoute } from '@tanstack/react-router';
import { NewAutoPage } from '../../features/auto-messages/new-auto-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/auto-messages/new')({ loader: () => needWords('autoMessages'), component: NewAutoPage });
