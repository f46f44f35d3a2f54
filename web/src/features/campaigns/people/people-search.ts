/** What the address of a campaign's people says: at which step, in which state. */
export const RUN_STATES = ['active', 'completed', 'exited', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];
export interface CampaignPeopleFilter { step?: string | undefined; state?: RunState | undefined }
