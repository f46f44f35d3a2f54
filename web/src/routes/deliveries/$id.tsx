import { createFileRoute } from '@tanstack/react-router';
import { DeliveryPage } from '../../features/deliveries/delivery-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/deliveries/$id')({ loader: () => needWords('explain', 'deliveries', 'people', 'reasons', 'pacing'), component: DeliveryPage });
