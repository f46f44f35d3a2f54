import type { Config } from '../../platform/config.js';
import type { Db } from '../../platform/database/db.js';
import { ENVIRONMENT, planOf, planOfUrl, SANDBOX, type RelayPlan } from './relay-settings.js';
import { listRelays } from './store/relays.store.js';

/** The relay that is tried first: the configured one of the best priority, else SMTP_URL, else the sandbox mailbox. */
export async function firstRelay(db: Db, config: Config, sandboxUrl: () => Promise<string>): Promise<RelayPlan> {
  const [first] = (await listRelays(db)).filter(({ enabled }) => enabled).toSorted((a, b) => a.priority - b.priority);
  if (first) return planOf(first);
  return planOfUrl(config.SMTP_URL ? ENVIRONMENT : SANDBOX, config.SMTP_URL ?? (await sandboxUrl()), 1);
}
