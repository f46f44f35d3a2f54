/** The pages of one campaign, in the order of their tabs. Without `of` every kind of campaign has the page. */
export const TABS = [
  { to: '/campaigns/$id', key: 'editor', of: ['series', 'broadcast'] },
  { to: '/campaigns/$id/results', key: 'results' },
  { to: '/campaigns/$id/people', key: 'people' },
  { to: '/campaigns/$id/walk', key: 'walk' },
  { to: '/campaigns/$id/simulate', key: 'simulate', of: ['series', 'broadcast'] },
  { to: '/campaigns/$id/history', key: 'history' },
] as const;

export const tabsOf = (type: string) => TABS.filter((tab) => !('of' in tab) || tab.of.some((one) => one === type));
