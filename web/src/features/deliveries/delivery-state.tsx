import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { State } from './delivery-search.ts';

const COLORS: Record<State, string> = { queued: 'gray', sending: 'gray', sent: 'green', delivered: 'green', bounced: 'red', failed: 'red', uncertain: 'orange', cancelled: 'gray', recalled: 'gray', ghost: 'gray' };

export function DeliveryState({ state }: { state: State }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLORS[state]}>{t(`deliveries.states.${state}`)}</Badge>;
}
