import { createFileRoute } from '@tanstack/react-router';
import { DeliveriesPage } from '../features/deliveries/deliveries-page.tsx';
import { STATES } from '../features/deliveries/delivery-search.ts';
import { oneOf } from '../lib/search.ts';
import { needWords } from '../i18n/index.ts';

export const Route = createFileRoute('/deliveries')({
  validateSearch: (search): { state?: (typeof STATES)[number] | undefined } => ({ state: oneOf(STATES, search.state) }),
  loader: () => needWords('deliveries', 'people', 'reasons'),
  component: DeliveriesPage,
});
