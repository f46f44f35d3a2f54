type Role = 'owner' | 'marketer' | 'analyst';

/** What each role may do, each with a route that asks for it; a test compares them with what the server demands. */
export const ABILITIES = [
  { key: 'read', route: 'GET /v1/people/{id}', roles: ['owner', 'marketer', 'analyst'] },
  { key: 'results', route: 'GET /v1/campaigns/{id}/exports/{rows}', roles: ['owner', 'marketer', 'analyst'] },
  { key: 'people', route: 'PATCH /v1/people/{id}', roles: ['owner', 'marketer'] },
  { key: 'exportPeople', route: 'GET /v1/exports/people.csv', roles: ['owner', 'marketer'] },
  { key: 'segments', route: 'POST /v1/segments', roles: ['owner', 'marketer'] },
  { key: 'campaigns', route: 'POST /v1/campaigns/{id}/publish', roles: ['owner', 'marketer'] },
  { key: 'suppress', route: 'DELETE /v1/suppressions/{address}', roles: ['owner', 'marketer'] },
  { key: 'topics', route: 'POST /v1/topics', roles: ['owner', 'marketer'] },
  { key: 'sending', route: 'POST /v1/relays', roles: ['owner'] },
  { key: 'keys', route: 'POST /v1/api-keys', roles: ['owner'] },
  { key: 'team', route: 'POST /v1/users', roles: ['owner'] },
  { key: 'audit', route: 'GET /v1/audit', roles: ['owner'] },
] as const satisfies { key: string; route: string; roles: readonly Role[] }[];

export const ROLES = ['owner', 'marketer', 'analyst'] as const;
