import { TooManyError } from '../kernel/errors.js';
import type { Db } from '../platform/database/db.js';
import { LOGIN_WINDOW_MINUTES } from './domain/login-limits.js';
import { countTries } from './store/login-failures.store.js';

/** What is tried by whom, as a hash, and how often within {@link LOGIN_WINDOW_MINUTES}. */
export type Limit = readonly [keyHash: string, most: number];

/** Counts a try against each limit, before the secret is looked at. @throws TooManyError `access.too-many-tries` when there were too many of one */
export async function takeTries(db: Db, limits: readonly Limit[], now: Date): Promise<void> {
  const tries = await countTries(db, limits.map(([keyHash]) => keyHash), now, new Date(now.getTime() - LOGIN_WINDOW_MINUTES * 60_000));
  if (limits.some(([, most], index) => tries[index]! > most)) throw new TooManyError('access.too-many-tries', `Too many wrong tries. Wait ${LOGIN_WINDOW_MINUTES} minutes and try again.`, LOGIN_WINDOW_MINUTES * 60);
}
