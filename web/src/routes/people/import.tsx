import { createFileRoute } from '@tanstack/react-router';
import { ImportPage } from '../../features/people/import-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/people/import')({ loader: () => needWords('people'), component: ImportPage });
