/** What the addresses of messages say. Apart from the pages, so that reading an address loads no page. */
export const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
export const VIEWS = ['design', 'source', 'text'] as const;
export interface MessagesSearch { q?: string | undefined; channel?: (typeof CHANNELS)[number] | undefined; state?: 'draft' | 'active' | 'paused' | 'draining' | 'stopped' | 'archived' | undefined }
export interface MessageSearch { variant?: string | undefined; lang?: string | undefined; view?: (typeof VIEWS)[number] | undefined }
