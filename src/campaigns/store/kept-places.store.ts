import type { MessageClass } from '../../contract/pacing.js';
import { rows, type Db } from '../../platform/database/db.js';

/** Auto messages that browsers of these people may be displaying at this moment. */
export function openDisplays(db: Db, personIds: readonly string[], now: Date): Promise<{ personId: string; campaignId: string; deliveryId: string; class: MessageClass }[]> {
  return rows(db, `
    select c.person_id as "personId", c.campaign_id as "campaignId", c.delivery_id as "deliveryId", c.class from display_claim as c
     where c.person_id = any($1::uuid[]) and c.state = 'open' and c.kind = 'auto' and c.lease_until > $2::timestamptz`, [personIds, now]);
}

/** Runs of broadcasts that stand before their message (they wait for a local time) until a moment. */
export function waitingInBroadcasts(db: Db, personIds: readonly string[], until: Date): Promise<{ personId: string; versionId: string; at: Date }[]> {
  return rows(db, `
    select e.person_id as "personId", e.version_id as "versionId", e.due_at as at
      from enrollment as e join campaign as c on c.id = e.campaign_id and c.type = 'broadcast' and c.state in ('active', 'draining')
     where e.person_id = any($1::uuid[]) and e.state = 'active' and e.due_at < $2::timestamptz`, [personIds, until]);
}

/** A launch that has not taken everybody yet. */
export interface ComingLaunch { id: string; campaignId: string; versionId: string; segmentId: string | null; dueAt: Date }

/** Launches of running broadcasts that are not over and begin before a moment. */
export function launchesBefore(db: Db, until: Date): Promise<ComingLaunch[]> {
  return rows(db, `
    select l.id, l.campaign_id as "campaignId", l.version_id as "versionId", l.segment_id as "segmentId", l.due_at as "dueAt"
      from launch as l join campaign as c on c.id = l.campaign_id and c.type = 'broadcast' and c.state = 'active'
     where l.state in ('waiting', 'running') and l.due_at < $1::timestamptz order by l.due_at, l.id`, [until]);
}

/** Those of these people whom a launch means and has not taken yet. */
export async function meantBy(db: Db, { campaignId, segmentId }: ComingLaunch, personIds: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(db, `
    select p.id from unnest($1::uuid[]) as p (id)
     where ($2::uuid is null or exists (select from segment_member as m where m.segment_id = $2 and m.person_id = p.id))
       and not exists (select from enrollment as e where e.person_id = p.id and e.campaign_id = $3)
       and not exists (select from decision as d where d.person_id = p.id and d.campaign_id = $3 and d.stage = 'entry')`, [personIds, segmentId, campaignId]);
  return found.map(({ id }) => id);
}
