import { createFileRoute } from '@tanstack/react-router';
import { NewSegmentPage } from '../../features/segments/new-segment-page.tsx';

export const Route = createFileRoute('/segments/new')({ component: NewSegmentPage });
