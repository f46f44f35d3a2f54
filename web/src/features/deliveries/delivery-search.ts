/** What the address of the list of deliveries says. Apart from the page, so that reading an address loads no page. */
export const STATES = ['queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost'] as const;
export type State = (typeof STATES)[number];
export const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface DeliverySearch {
  state?: State | undefined;
  channel?: Channel | undefined;
  /** Ids. */
  campaign?: string | undefined;
  person?: string | undefined;
}
