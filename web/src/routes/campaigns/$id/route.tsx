import { createFileRoute } from '@tanstack/react-router';
import { CampaignFrame } from '../../../features/campaigns/campaign-frame.tsx';
import { needWords } from '../../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/$id')({ loader: () => needWords('campaigns', 'draft', 'launch', 'flow', 'history', 'anomalies', 'canaries', 'reasons', 'safety'), component: CampaignFrame });
