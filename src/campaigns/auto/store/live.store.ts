import { row, rows, type Db } from '../../../platform/database/db.js';
import { keepPlan } from '../../../platform/database/kept-plans.js';

const LIVE = keepPlan(`
  select c.id as "campaignId", c.current_version_id as "versionId", t.taken
    from campaign as c left join display_tally as t on t.campaign_id = c.id
   where c.type = 'auto_message' and c.state = 'active' order by c.created_at, c.id`);

/** Current versions of the auto messages that run now, the older campaign first; `exhausted`: everybody's cap is used up. */
export function liveAutoMessages(db: Db): Promise<{ campaignId: string; versionId: string; taken: string | null }[]> {
  return rows(db, LIVE);
}

const SEGMENTS = keepPlan('select m.segment_id as id from segment_member as m where m.person_id = $1 and m.segment_id = any($2::uuid[])');

/** Those of the segments a person is in, by what is maintained. */
export async function segmentsOf(db: Db, personId: string, segmentIds: readonly string[]): Promise<Set<string>> {
  if (segmentIds.length === 0) return new Set();
  const found = await rows<{ id: string }>(db, SEGMENTS, [personId, segmentIds]);
  return new Set(found.map(({ id }) => id));
}

export interface AutoCampaign { type: string; state: string; versionId: string | null; createdAt: Date }

const CAMPAIGN = 'select c.type, c.state, c.current_version_id as "versionId", c.created_at as "createdAt" from campaign as c where c.id = $1';
const [READ, LOCK] = [keepPlan(CAMPAIGN), keepPlan(`${CAMPAIGN} for share`)];

/** @param lock keeps state and version as they are until commit, so that a stop waits */
export function findAutoCampaign(db: Db, campaignId: string, lock = false): Promise<AutoCampaign | null> {
  return row(db, lock ? LOCK : READ, [campaignId]);
}
