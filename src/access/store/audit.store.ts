import type { LastChange } from '../../kernel/errors.js';
import { row, rows, type Db } from '../../platform/database/db.js';

export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

export async function insertEntry(db: Db, entry: Omit<AuditRow, 'id'>): Promise<void> {
  await db.query(`
    insert into audit_entry (at, actor, action, subject, detail)
    values ($1::timestamptz, $2, $3, $4, $5::jsonb)`, [entry.at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail)]);
}

/** Which entries are asked for; what is left out does not matter. `to` is the first moment after. */
export interface AuditFilter { actor?: string | undefined; kind?: string | undefined; subject?: string | undefined; from?: string | undefined; to?: string | undefined }

/** An entry with how its actor and subject are called now; null where they are gone or have no name. */
export interface NamedRow extends AuditRow { actorName: string | null; subjectName: string | null }

/**
 * The newest entry first; `before` is the last id of the page before. Each filter has an index that ends in the id. Names are
 * looked up for the page alone; of people who get messages none is told.
 */
export function listEntries(db: Db, { actor, kind, subject, from, to }: AuditFilter, before: string | null, limit: number): Promise<NamedRow[]> {
  return rows<NamedRow>(db, `
    with page as materialized (
      select a.id, a.at, a.actor, a.action, a.subject, a.detail,
             case when a.actor ~ $8 then split_part(a.actor, ':', 2)::uuid end as actor_id,
             case when a.subject ~ $8 then split_part(a.subject, ':', 1) end as subject_kind,
             case when a.subject ~ $8 then split_part(a.subject, ':', 2)::uuid end as subject_id
        from audit_entry as a
       where ($1::bigint is null or a.id < $1::bigint)
         and ($3::text is null or a.actor = $3) and ($4::text is null or split_part(a.action, '.', 1) = $4) and ($5::text is null or a.subject = $5)
         and ($6::timestamptz is null or a.at >= $6) and ($7::timestamptz is null or a.at < $7)
       order by a.id desc limit $2)
    select p.id::text as id, p.at, p.actor, p.action, p.subject, p.detail,
           case when p.actor like 'user:%' then (select u.name from app_user as u where u.id = p.actor_id)
                when p.actor like 'server_key:%' then (select k.name from api_key as k where k.id = p.actor_id) end as "actorName",
           case p.subject_kind
             when 'user' then (select u.name from app_user as u where u.id = p.subject_id)
             when 'api_key' then (select k.name from api_key as k where k.id = p.subject_id)
             when 'campaign' then (select c.name from campaign as c where c.id = p.subject_id)
             when 'segment' then (select s.name from segment as s where s.id = p.subject_id)
             when 'relay' then (select r.name from relay as r where r.id = p.subject_id)
             when 'webhook_endpoint' then (select w.name from webhook_endpoint as w where w.id = p.subject_id)
             when 'source' then (select o.name from source as o where o.id = p.subject_id)
             when 'holdout' then (select h.name from holdout as h where h.id = p.subject_id)
             when 'list' then (select l.name from list as l where l.id = p.subject_id)
             when 'saved_reply' then (select y.name from saved_reply as y where y.id = p.subject_id)
             when 'provider-connection' then (select n.name from provider_connection as n where n.id = p.subject_id)
             when 'experiment' then (select c.name from experiment as x join campaign as c on c.id = x.campaign_id where x.id = p.subject_id)
             when 'sending-domain' then (select d.domain from sending_domain as d where d.id = p.subject_id)
           end as "subjectName"
      from page as p order by p.id desc`, [before, limit, actor ?? null, kind ?? null, subject ?? null, from ?? null, to ?? null, UUID_NAME]);
}

/** The newest entry of this subject with one of these actions, with the name of who made it. */
export const findLastChange = (db: Db, subject: string, actions: readonly string[]): Promise<LastChange | null> => row<LastChange>(db, `
  with last as (select a.at, a.actor, case when a.actor ~ $3 then split_part(a.actor, ':', 2)::uuid end as actor_id from audit_entry as a where a.subject = $1 and a.action = any($2::text[]) order by a.id desc limit 1)
  select l.at, case when l.actor like 'user:%' then (select u.name from app_user as u where u.id = l.actor_id)
                    when l.actor like 'server_key:%' then (select k.name from api_key as k where k.id = l.actor_id) end as by
    from last as l`, [subject, actions, UUID_NAME]);

/** `campaign:0193…`: a kind and an id that the database takes for one. */
const UUID_NAME = '^[a-z_-]+:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';
