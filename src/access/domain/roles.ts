/** Owners administer, marketers run campaigns, analysts read. */
export type Role = 'owner' | 'marketer' | 'analyst';

/** What a server key may be made for: a role, or `ingest`, which may only send events. */
export const KEY_ROLES = ['owner', 'marketer', 'analyst', 'ingest'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** Server keys of these roles may send events as well. */
export const mayIngest = (role: KeyRole): boolean => role !== 'analyst';
