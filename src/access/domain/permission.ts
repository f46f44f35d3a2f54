import type { Role } from './roles.js';

/** What a route asks for; the shape of the `ACCESS` metadata. */
export type Requirement = { kind: 'public' } | { kind: 'write_key' } | { kind: 'roles'; roles: readonly Role[] };

/** A route that says nothing is closed to all but owners. */
export const CLOSED: Requirement = { kind: 'roles', roles: [] };

/** Whether an identity of this role passes; owners pass everywhere, keys that only ingest pass no guarded route. */
export function permits(requirement: Requirement, role: Role | 'ingest'): boolean {
  if (requirement.kind !== 'roles') return true;
  if (role === 'ingest') return false;
  return role === 'owner' || requirement.roles.includes(role);
}
