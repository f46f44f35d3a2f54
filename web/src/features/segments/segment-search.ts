/** What the address of a segment's page says. Apart from the page, so that reading an address loads no page. */
export const TABS = ['who', 'people', 'growth', 'explain'] as const;
export type Tab = (typeof TABS)[number];
export interface SegmentSearch { tab?: Tab | undefined; person?: string | undefined }
