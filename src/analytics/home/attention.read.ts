import type { Db } from '../../platform/database/db.js';
import { attentionOf, type Attention } from './domain/attention.js';
import { namesOf, troubles, weekOf, type Sums } from './home.read.js';

/** What home and alarms look back on. */
export const WEEK_MS = 7 * 86_400_000;

/** Everything that needs somebody, the worst first, given the sums of the week that begins at `from`. */
export async function attentionOfWeek(db: Db, { perCampaign }: Pick<Sums, 'perCampaign'>, from: Date, now: Date): Promise<Attention[]> {
  const names = await namesOf(db, perCampaign.map(({ id }) => id));
  const sent = perCampaign.map(({ id, ...rest }) => ({ campaignId: id, name: names.get(id) ?? id, ...rest }));
  return attentionOf({ ...(await troubles(db, now, from)), sent }, now);
}

/** The same at a moment. */
export async function attentionNow(db: Db, now: Date): Promise<Attention[]> {
  const from = new Date(now.getTime() - WEEK_MS);
  return attentionOfWeek(db, await weekOf(db, from), from, now);
}
