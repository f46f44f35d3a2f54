import { createFileRoute } from '@tanstack/react-router';
import { AttributesPage } from '../../features/data/attributes-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/data/attributes')({ loader: () => needWords('data'), component: AttributesPage });
