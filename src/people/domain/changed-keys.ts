import { DERIVED_KEYS } from './derived.js';

const BUILT_IN = { email: '$email', timeZone: '$time_zone', language: '$language', signedUpAt: '$signed_up_at' } as const;

/**
 * The keys a `person_change` row names: the attributes, and the built-in keys that may have moved with them. `$created`
 * says that there are new people in the batch, for whom everything is to be asked ("has not bought" is true at once).
 */
export function changedKeys(attributes: readonly string[], batch: { created: boolean; raised: boolean; seen: boolean }): string[] {
  const keys = new Set(attributes);
  for (const [column, names] of Object.entries(DERIVED_KEYS)) {
    if (names.some((name) => keys.has(name))) keys.add(BUILT_IN[column as keyof typeof BUILT_IN]);
  }
  if (batch.created) keys.add('$created');
  if (batch.created || batch.raised) keys.add('$kind').add('$external_id');
  if (batch.created || batch.seen) keys.add('$first_seen_at').add('$last_seen_at');
  return [...keys];
}
