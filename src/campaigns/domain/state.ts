export const CAMPAIGN_STATES = ['draft', 'active', 'paused', 'draining', 'stopped', 'archived'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];
export const CAMPAIGN_TYPES = ['series', 'broadcast', 'auto_message'] as const;
export type CampaignType = (typeof CAMPAIGN_TYPES)[number];
