import { createFileRoute } from '@tanstack/react-router';
import { PersonPage } from '../../features/people/person-page.tsx';

export const Route = createFileRoute('/people/$id')({ component: PersonPage });
