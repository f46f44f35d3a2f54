/** The numbers of the week that lead to people. Apart from the page, so that reading an address loads no page. */
export const WEEK_NUMBERS = ['sent', 'opened', 'clicked', 'goals'] as const;
export type WeekNumber = (typeof WEEK_NUMBERS)[number];
