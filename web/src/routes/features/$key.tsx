import { createFileRoute } from '@tanstack/react-router';
import { FeaturePage } from '../../features/features/feature-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/features/$key')({ loader: () => needWords('features', 'people', 'reasons'), component: FeaturePage });
