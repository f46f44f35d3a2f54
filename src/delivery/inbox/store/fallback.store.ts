import { rows, type Db } from '../../../platform/database/db.js';
import type { FallbackFacts } from '../domain/fallback.js';

/** What became of the messages these stand in for. Locks nothing: a success a moment later was not in time. */
export function fallbackFacts(tx: Db, deliveries: readonly { id: string; personId: string }[]): Promise<(FallbackFacts & { id: string })[]> {
  return rows(tx, `
    select f.id, f.fallback_hours as hours, f.rung_seconds as seconds, a.state, a.reason, a.due_at as "dueAt", a.sent_at as "sentAt", m.created_at as "createdAt", m.seen_at as "seenAt", m.recalled_at as "recalledAt",
           case f.rung_unless
             when 'displayed' then m.seen_at is not null
             when 'answered' then m.replied_at is not null
             when 'clicked' then exists (select from delivery_event as e where e.delivery_id = a.id and e.person_id = a.person_id and e.kind = 'click' and e.verdict <> 'machine')
             when 'opened' then exists (select from delivery_event as e where e.delivery_id = a.id and e.person_id = a.person_id and e.kind in ('open', 'click') and e.verdict <> 'machine')
             else false end as "hasSuccess"
      from unnest($1::uuid[], $2::uuid[]) as asked (id, person_id)
      join delivery as f on f.id = asked.id and f.person_id = asked.person_id
      join delivery as a on a.id = f.fallback_of and a.person_id = f.person_id
      left join in_app_message as m on m.delivery_id = a.id and m.person_id = a.person_id`, [deliveries.map(({ id }) => id), deliveries.map(({ personId }) => personId)]);
}
