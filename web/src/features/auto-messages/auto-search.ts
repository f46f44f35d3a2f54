/** What the addresses of auto messages say. Apart from the pages, so that reading an address loads no page. */
export const STATES = ['draft', 'active', 'paused', 'stopped', 'archived'] as const;
export interface AutoFilter { q?: string | undefined; state?: (typeof STATES)[number] | undefined }
/** Which variant and language are worked on. */
export interface EditorSearch { variant?: string | undefined; language?: string | undefined }
