import { rows, type Db } from '../../../platform/database/db.js';
import type { FallbackFacts } from '../domain/fallback.js';

/** What became of the in-app messages these e-mails stand in for. Locks nothing: a message seen a moment later was not seen in time. */
export function fallbackFacts(tx: Db, deliveries: readonly { id: string; personId: string }[]): Promise<(FallbackFacts & { id: string })[]> {
  return rows(tx, `
    select f.id, f.fallback_hours as hours, a.state, a.reason, a.due_at as "dueAt", m.created_at as "createdAt", m.seen_at as "seenAt", m.recalled_at as "recalledAt"
      from unnest($1::uuid[], $2::uuid[]) as asked (id, person_id)
      join delivery as f on f.id = asked.id and f.person_id = asked.person_id
      join delivery as a on a.id = f.fallback_of and a.person_id = f.person_id
      left join in_app_message as m on m.delivery_id = a.id and m.person_id = a.person_id`, [deliveries.map(({ id }) => id), deliveries.map(({ personId }) => personId)]);
}
