import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';

type State = Api<'CampaignSummary'>['state'];
const COLORS: Record<State, string> = { draft: 'gray', active: 'green', paused: 'orange', draining: 'orange', stopped: 'red', archived: 'gray' };

/** The state in a word; the colour only repeats it. */
export function CampaignState({ state }: { state: State }) {
  const { t } = useTranslation();
  return <Badge variant="light" color={COLORS[state]}>{t(`campaigns.states.${state}`)}</Badge>;
}
