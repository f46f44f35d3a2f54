import { createFileRoute } from '@tanstack/react-router';
import { NewSegmentPage } from '../../features/segments/new-segment-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/segments/new')({ loader: () => needWords('segments', 'people'), component: NewSegmentPage });
