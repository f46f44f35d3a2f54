import { createFileRoute } from '@tanstack/react-router';
import { ImportPage } from '../../features/people/import-page.tsx';

export const Route = createFileRoute('/people/import')({ component: ImportPage });
