/** The pages of one campaign, in the order of their tabs. */
export const TABS = [
  { to: '/campaigns/$id/results', key: 'results' },
] as const;
