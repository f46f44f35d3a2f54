/** The pages of the settings, in their order. */
export const SETTINGS = [
  { to: '/settings/workspace', key: 'workspace' },
  { to: '/settings/team', key: 'team' },
  { to: '/settings/sending', key: 'sending' },
  { to: '/settings/website', key: 'website' },
  { to: '/settings/topics', key: 'topics' },
  { to: '/settings/pacing', key: 'pacing' },
  { to: '/settings/safety', key: 'safety' },
  { to: '/settings/canaries', key: 'canaries' },
  { to: '/settings/api-keys', key: 'apiKeys' },
  { to: '/settings/sources', key: 'sources' },
  { to: '/settings/webhooks', key: 'webhooks' },
  { to: '/settings/files', key: 'files' },
  { to: '/settings/retention', key: 'retention' },
  { to: '/settings/status', key: 'status' },
  { to: '/settings/audit', key: 'audit' },
  { to: '/settings/me', key: 'me' },
] as const;
