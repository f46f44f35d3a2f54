import type { PropertyFilter } from '../../contract/segment-conditions.js';
import { rows, type Db } from '../../platform/database/db.js';
import { propertyCondition } from '../../segments/domain/operands.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { EventRef } from '../domain/settled.js';

/** An event by name, with conditions on its properties: what entries and goals ask for. */
export interface EventRule {
  name: string;
  where: readonly PropertyFilter[];
}

export interface FoundEvent {
  id: string;
  personId: string;
  occurredAt: Date;
  properties: Record<string, unknown>;
}

/** The segments' own reading of a property filter, over `event as e` and `person as p`. */
function filters(where: readonly PropertyFilter[], zone: string, values: SqlValues): string {
  const bind = (value: unknown, type: string) => values.bind(value, type);
  // Properties take no operator that moves with the clock. The zone is bound when a filter asks for it: a value that no
  // statement uses has no type.
  const frame = { now: 'null::timestamptz', get zone() { return bind(zone, 'text'); } };
  return where.map((filter) => `\n and ${propertyCondition('e.properties', filter, { frame, bind })}`).join('');
}

/** Which of the events named satisfy a rule, oldest first. */
export function matchingEvents(db: Db, rule: EventRule, refs: readonly EventRef[], zone: string): Promise<FoundEvent[]> {
  const values = new SqlValues();
  const wanted = `unnest(${values.bind(refs.map((ref) => ref.personId), 'uuid[]')}, ${values.bind(refs.map((ref) => ref.eventId), 'uuid[]')}) as n (person_id, id)`;
  const text = `
    select e.id, e.person_id as "personId", e.occurred_at as "occurredAt", e.properties
      from ${wanted}
      join event as e on e.person_id = n.person_id and e.name = ${values.bind(rule.name, 'text')} and e.id = n.id
      join person as p on p.id = e.person_id
     where true${filters(rule.where, zone, values)}
     order by e.occurred_at, e.id`;
  return rows<FoundEvent>(db, text, values.list);
}

export interface Since {
  personId: string;
  /** Events at this instant or later count. */
  at: string;
  /** The event that let the person in is not its own goal. */
  exceptEventId: string | null;
}

/** The people who did something that satisfies a rule since a moment of their own. */
export async function whoDidSince(db: Db, rule: EventRule, since: readonly Since[], zone: string): Promise<string[]> {
  const values = new SqlValues();
  const people = `unnest(${values.bind(since.map((one) => one.personId), 'uuid[]')}, ${values.bind(since.map((one) => one.at), 'timestamptz[]')}, ${values.bind(since.map((one) => one.exceptEventId), 'uuid[]')})`;
  const text = `
    select n.person_id as "personId"
      from ${people} as n (person_id, since, except_id) join person as p on p.id = n.person_id
     where exists (
       select from event as e
        where e.person_id = n.person_id and e.name = ${values.bind(rule.name, 'text')} and e.occurred_at >= n.since
          and e.id is distinct from n.except_id${filters(rule.where, zone, values)})`;
  return (await rows<{ personId: string }>(db, text, values.list)).map(({ personId }) => personId);
}
