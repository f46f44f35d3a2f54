import { row, rows, type Db } from '../../../platform/database/db.js';

export interface DemoSite {
  writeKeyId: string;
  /** Null once the key was revoked: the demo is then as good as not set up. */
  writeKey: string | null;
  campaignIds: string[];
  /** Those of them that are still to be published. */
  drafts: string[];
  setUpAt: Date;
}

export function findDemo(db: Db): Promise<DemoSite | null> {
  return row<DemoSite>(db, `
    select s.write_key_id as "writeKeyId", case when k.revoked_at is null then k.public_value end as "writeKey", s.campaign_ids as "campaignIds",
           array(select c.id from campaign as c where c.id = any(s.campaign_ids) and c.state = 'draft' order by c.id) as drafts, s.set_up_at as "setUpAt"
      from demo_site as s left join api_key as k on k.id = s.write_key_id where s.id = 1`);
}

/** Two who set it up at once take turns. */
export async function lockDemo(tx: Db): Promise<void> {
  await rows(tx, 'select pg_advisory_xact_lock(7305015)');
}

export async function saveDemo(tx: Db, demo: { writeKeyId: string; campaignIds: readonly string[]; by: string; now: Date }): Promise<void> {
  await rows(tx, `
    insert into demo_site (id, write_key_id, campaign_ids, set_up_by, set_up_at) values (1, $1::uuid, $2::uuid[], $3, $4::timestamptz)
    on conflict (id) do update set write_key_id = excluded.write_key_id, campaign_ids = excluded.campaign_ids, set_up_by = excluded.set_up_by, set_up_at = excluded.set_up_at`,
  [demo.writeKeyId, demo.campaignIds, demo.by, demo.now]);
}

export async function forgetDemo(tx: Db): Promise<void> {
  await rows(tx, 'delete from demo_site where id = 1');
}
