import { createFileRoute } from '@tanstack/react-router';
import { AutoResults } from '../../../features/auto-messages/auto-results.tsx';

export const Route = createFileRoute('/auto-messages/$id/results')({ component: AutoResults });
