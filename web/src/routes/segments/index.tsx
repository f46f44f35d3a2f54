import { createFileRoute } from '@tanstack/react-router';
import { SegmentsPage } from '../../features/segments/segments-page.tsx';

export const Route = createFileRoute('/segments/')({ component: SegmentsPage });
