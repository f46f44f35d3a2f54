import { createFileRoute } from '@tanstack/react-router';
import { NewCampaignPage } from '../../features/campaigns/recipes/new-campaign-page.tsx';
import { needWords } from '../../i18n/index.ts';

export const Route = createFileRoute('/campaigns/new')({ loader: () => needWords('campaigns', 'recipes'), component: NewCampaignPage });
