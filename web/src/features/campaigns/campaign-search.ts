/** What the address of the list of campaigns says. Apart from the page, so that reading an address loads no page. */
export const STATES = ['draft', 'active', 'paused', 'draining', 'stopped', 'archived'] as const;
export const TYPES = ['series', 'broadcast', 'auto_message'] as const;
export const SORTS = ['created', 'updated', 'name'] as const;
export type Sort = (typeof SORTS)[number];
export interface CampaignFilter { q?: string | undefined; state?: (typeof STATES)[number] | undefined; type?: (typeof TYPES)[number] | undefined; sort?: Sort | undefined }
