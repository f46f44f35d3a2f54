import { createFileRoute } from '@tanstack/react-router';
import { AutoFrame } from '../../../features/auto-messages/auto-frame.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/auto-messages/$id')({ loader: () => needWords('autoMessages', 'campaigns', 'draft'), component: AutoFrame });
