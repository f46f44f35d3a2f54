import { createFileRoute } from '@tanstack/react-router';
import { DeliveriesPage } from '../features/deliveries/deliveries-page.tsx';
import { STATES } from '../features/deliveries/delivery-search.ts';
import { oneOf } from '../lib/search.ts';

export const Route = createFileRoute('/deliveries')({
  validateSearch: (search): { state?: (typeof STATES)[number] | undefined } => ({ state: oneOf(STATES, search.state) }),
  component: DeliveriesPage,
});
