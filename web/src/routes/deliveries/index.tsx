import { createFileRoute } from '@tanstack/react-router';
import { DeliveriesPage } from '../../features/deliveries/deliveries-page.tsx';
import { CHANNELS, STATES, type DeliverySearch } from '../../features/deliveries/delivery-search.ts';
import { oneOf, textOf } from '../../lib/search.ts';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/deliveries/')({
  validateSearch: (search): DeliverySearch => ({ state: oneOf(STATES, search.state), channel: oneOf(CHANNELS, search.channel), campaign: textOf(search.campaign), person: textOf(search.person) }),
  loader: () => needWords('deliveries', 'people', 'reasons'),
  component: DeliveriesPage,
});
