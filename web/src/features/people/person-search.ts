/** What the address of a person's page says. Apart from the page, so that reading an address loads no page. */
export const TABS = ['about', 'messages', 'consent', 'timeline'] as const;
export type Tab = (typeof TABS)[number];
export interface PersonSearch { tab?: Tab | undefined; campaign?: string | undefined }
