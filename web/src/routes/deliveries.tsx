import { createFileRoute } from '@tanstack/react-router';
import { DeliveriesPage, STATES } from '../features/deliveries/deliveries-page.tsx';
import { oneOf } from '../lib/search.ts';

export const Route = createFileRoute('/deliveries')({
  validateSearch: (search): { state?: (typeof STATES)[number] | undefined } => ({ state: oneOf(STATES, search.state) }),
  component: DeliveriesPage,
});
