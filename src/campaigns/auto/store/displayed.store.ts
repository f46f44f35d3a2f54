import type { StopsAt } from '../../../delivery/inbox/domain/display.js';
import { stoppedAt } from '../../../delivery/inbox/domain/display.js';
import { rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';
import type { Displayed } from '../../domain/display-frequency.js';

const MERGED = keepPlan('select m.from_id as id from person_merge as m where m.into_id = $1');

/**
 * A person under all the ids campaigns may still know them by: what belonged to people merged into them is moved a moment later
 * (engine/people-moves.ts), and counts at once.
 */
export async function idsOf(db: Db, personId: string): Promise<string[]> {
  const merged = await rows<{ id: string }>(db, MERGED, [personId]);
  return [personId, ...merged.map(({ id }) => id)];
}

const COUNTS = `count(*)::int as times, max(e.entered_at) as "lastAt", min(e.entered_at) as "firstAt", coalesce(bool_or(e.entry ->> 'visit' = $3), false) as "inVisit"`;
const TOUCHES = ['seen', 'opened', 'clicked', 'replied', 'goal', 'dismissed'].map((touch) => `min(m.${touch}_at) as "${touch}At"`).join(', ');

const DISPLAYED = keepPlan(`
  with counted as (
    select e.campaign_id, ${COUNTS} from enrollment as e where e.person_id = any($1::uuid[]) and e.campaign_id = any($2::uuid[]) group by e.campaign_id)
  select c.campaign_id as "campaignId", c.times, c."lastAt", c."firstAt", c."inVisit", t.*
    from counted as c
    left join lateral (select ${TOUCHES} from in_app_message as m where m.person_id = any($1::uuid[]) and m.campaign_id = c.campaign_id) as t on true`);

/** {@link Displayed} before the author's `until` is applied, with when it first was. */
export interface DisplayedRow extends Omit<Displayed, 'stoppedAt'> { campaignId: string; firstAt: Date; touches: Parameters<typeof stoppedAt>[1] }

/** What a person has seen of these auto messages; those never seen are absent. By their runs, so that ghosts of controls count alike. */
export async function displayedOf(db: Db, personIds: readonly string[], campaignIds: readonly string[], visit: string | null): Promise<Map<string, DisplayedRow>> {
  if (personIds.length === 0 || campaignIds.length === 0) return new Map();
  const found = await rows<Omit<DisplayedRow, 'touches'> & DisplayedRow['touches']>(db, DISPLAYED, [personIds, campaignIds, visit]);
  return new Map(found.map(({ campaignId, times, lastAt, firstAt, inVisit, ...touches }) => [campaignId, { campaignId, times, lastAt, firstAt, inVisit, touches }]));
}

/**
 * Applies the author's `until`. Only one that was given stops repeats: without it the frequency alone says how often, and closing
 * the message says nothing about the next one.
 */
export const displayedBy = (found: DisplayedRow | undefined, until: StopsAt | undefined): Displayed =>
  found ? { times: found.times, lastAt: found.lastAt, inVisit: found.inVisit, stoppedAt: until ? stoppedAt(until, found.touches) : null } : { times: 0, lastAt: null, inVisit: false, stoppedAt: null };

const STANDARD = keepPlan(`
  select e.campaign_id as "campaignId", e.entered_at as at from enrollment as e
   where e.person_id = any($1::uuid[]) and e.entered_at > $2::timestamptz and e.entry ->> 'kind' = 'display' and coalesce(e.entry ->> 'class', 'standard') = 'standard'
   order by e.entered_at desc, e.id desc limit $3`);

/** The standard displays of a person since a moment, the newest first: what the limit a day counts. Ghosts of controls count alike. */
export function standardDisplays(db: Db, personIds: readonly string[], since: Date, limit: number): Promise<{ campaignId: string; at: Date }[]> {
  return rows(db, STANDARD, [personIds, since, limit]);
}
