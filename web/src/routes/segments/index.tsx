import { createFileRoute } from '@tanstack/react-router';
import { SegmentsPage } from '../../features/segments/segments-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/segments/')({ loader: () => needWords('segments'), component: SegmentsPage });
