import type { PropertyFilter } from '../../contract/segment-conditions.js';
import { rows, type Db } from '../../platform/database/db.js';
import { propertyCondition } from '../../segments/domain/operands.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { EventRef } from '../domain/settled.js';

/** An event by name, with conditions on its properties: what entries and goals ask for. */
export interface EventRule {
  name: string;
  where: readonly PropertyFilter[];
  /** The property that tells runs apart. */
  key?: string;
}

export interface FoundEvent {
  id: string;
  personId: string;
  occurredAt: Date;
  properties: Record<string, unknown>;
  /** What the rule's key property says, as text; null without one, or when it is no plain value. */
  key: string | null;
}

/** A plain value of a property as text: a key must be the same for the same value, and short enough for an index. */
const keyText = (property: string): string => `case when jsonb_typeof(e.properties -> ${property}) in ('string', 'number', 'boolean') and length(e.properties ->> ${property}) between 1 and ${LONGEST_KEY} then e.properties ->> ${property} end`;
const LONGEST_KEY = 256;

/** The segments' own reading of a property filter, over `event as e` and `person as p`. */
export function filters(where: readonly PropertyFilter[], zone: string, values: SqlValues): string {
  const bind = (value: unknown, type: string) => values.bind(value, type);
  // Properties take no operator that moves with the clock. The zone is bound when a filter asks for it: a value that no
  // statement uses has no type.
  const frame = { now: 'null::timestamptz', get zone() { return bind(zone, 'text'); } };
  return where.map((filter) => `\n and ${propertyCondition('e.properties', filter, { frame, bind })}`).join('');
}

/** An event as it is told of. */
export type NamedEvent = Omit<FoundEvent, 'key'> & { name: string };

/**
 * Those of the events told of that have one of these names, with the person they belong to today: news names people as they were, and one
 * statement sees a merge and the events it moved together.
 */
export function eventsNamed(db: Db, names: readonly string[], refs: readonly EventRef[]): Promise<NamedEvent[]> {
  if (names.length === 0 || refs.length === 0) return Promise.resolve([]);
  return rows<NamedEvent>(db, `
    select e.id, e.person_id as "personId", e.name, e.occurred_at as "occurredAt", e.properties
      from unnest($1::uuid[], $2::uuid[]) as n (person_id, id)
      left join person_merge as m on m.from_id = n.person_id
      join event as e on e.person_id = coalesce(m.into_id, n.person_id) and e.name = any($3::text[]) and e.id = n.id
      join person as p on p.id = e.person_id`, [refs.map((ref) => ref.personId), refs.map((ref) => ref.eventId), names]);
}

/** Which of the events named satisfy a rule, oldest first. */
export function matchingEvents(db: Db, rule: EventRule, refs: readonly EventRef[], zone: string): Promise<FoundEvent[]> {
  const values = new SqlValues();
  const wanted = `unnest(${values.bind(refs.map((ref) => ref.personId), 'uuid[]')}, ${values.bind(refs.map((ref) => ref.eventId), 'uuid[]')}) as n (person_id, id)`;
  const text = `
    select e.id, e.person_id as "personId", e.occurred_at as "occurredAt", e.properties, ${rule.key === undefined ? 'null' : keyText(values.bind(rule.key, 'text'))} as key
      from ${wanted}
      join event as e on e.person_id = n.person_id and e.name = ${values.bind(rule.name, 'text')} and e.id = n.id
      join person as p on p.id = e.person_id
     where true${filters(rule.where, zone, values)}
     order by e.occurred_at, e.id`;
  return rows<FoundEvent>(db, text, values.list);
}

/** Events of these people that satisfy a rule: all that were received by `to` and could still be told of from `from` on, in the order of receipt. */
export function eventsOfRule(db: Db, rule: EventRule, personIds: readonly string[], { from, to }: { from: Date; to: Date }, zone: string): Promise<(FoundEvent & { receivedAt: Date })[]> {
  const values = new SqlValues();
  const text = `
    select e.id, e.person_id as "personId", e.occurred_at as "occurredAt", e.received_at as "receivedAt", '{}'::jsonb as properties, ${rule.key === undefined ? 'null' : keyText(values.bind(rule.key, 'text'))} as key
      from event as e join person as p on p.id = e.person_id
     where e.person_id = any(${values.bind(personIds, 'uuid[]')}) and e.name = ${values.bind(rule.name, 'text')} and e.received_at <= ${values.bind(to, 'timestamptz')}
       and (e.received_at >= ${values.bind(from, 'timestamptz')} or e.occurred_at >= ${values.bind(from, 'timestamptz')})${filters(rule.where, zone, values)}
     order by e.received_at, e.occurred_at, e.id`;
  return rows(db, text, values.list);
}

/** The same with their properties, of those received in (from, to]: what lets people in. */
export function enteringEvents(db: Db, rule: EventRule, personIds: readonly string[], { from, to }: { from: Date; to: Date }, zone: string): Promise<(FoundEvent & { receivedAt: Date })[]> {
  const values = new SqlValues();
  const text = `
    select e.id, e.person_id as "personId", e.occurred_at as "occurredAt", e.received_at as "receivedAt", e.properties, ${rule.key === undefined ? 'null' : keyText(values.bind(rule.key, 'text'))} as key
      from event as e join person as p on p.id = e.person_id
     where e.person_id = any(${values.bind(personIds, 'uuid[]')}) and e.name = ${values.bind(rule.name, 'text')}
       and e.received_at > ${values.bind(from, 'timestamptz')} and e.received_at <= ${values.bind(to, 'timestamptz')}${filters(rule.where, zone, values)}
     order by e.received_at, e.occurred_at, e.id`;
  return rows(db, text, values.list);
}

/** Events of a rule that looking back finds: those that happened in (from, to]. */
export interface LookedAt { rule: EventRule; from: Date; to: Date; zone: string }

/** Freezes for a launch whoever did something that satisfies a rule in a window, known by now. With a key, only an event that has it counts. */
export async function freezeWhoDid(tx: Db, launchId: string, { rule, from, to, zone }: LookedAt): Promise<void> {
  const values = new SqlValues();
  await rows(tx, `
    insert into launch_person (launch_id, person_id)
    select distinct ${values.bind(launchId, 'uuid')}, e.person_id
      from event as e join person as p on p.id = e.person_id
     where e.name = ${values.bind(rule.name, 'text')} and e.occurred_at > ${values.bind(from, 'timestamptz')} and e.occurred_at <= ${values.bind(to, 'timestamptz')}
       ${rule.key === undefined ? '' : `and ${keyText(values.bind(rule.key, 'text'))} is not null`}${filters(rule.where, zone, values)}`, values.list);
}

/** The last such event of each of these people; with a key, of each of its values. In order of person and time. */
export function lastOfRule(db: Db, { rule, from, to, zone }: LookedAt, personIds: readonly string[], receivedBy: Date | null = null): Promise<FoundEvent[]> {
  const values = new SqlValues();
  const key = rule.key === undefined ? null : keyText(values.bind(rule.key, 'text'));
  const each = ['e.person_id', ...(key === null ? [] : [key])].join(', ');
  const text = `
    select * from (
      select distinct on (${each}) e.id, e.person_id as "personId", e.occurred_at as "occurredAt", e.properties, ${key ?? 'null'} as key
        from event as e join person as p on p.id = e.person_id
       where e.person_id = any(${values.bind(personIds, 'uuid[]')}) and e.name = ${values.bind(rule.name, 'text')}
         and e.occurred_at > ${values.bind(from, 'timestamptz')} and e.occurred_at <= ${values.bind(to, 'timestamptz')}
         ${receivedBy === null ? '' : `and e.received_at <= ${values.bind(receivedBy, 'timestamptz')}`}${filters(rule.where, zone, values)}
       order by ${each}, e.occurred_at desc, e.id desc) as last
     ${key === null ? '' : 'where last.key is not null'}
     order by "personId", "occurredAt", id`;
  return rows<FoundEvent>(db, text, values.list);
}

/** Who did it in the window, each with their last one and their zone; `limit` people at most. */
export function whoDidLately(db: Db, { rule, from, to, zone }: LookedAt, limit: number): Promise<{ personId: string; at: Date; zone: string | null }[]> {
  const values = new SqlValues();
  const text = `
    select e.person_id as "personId", max(e.occurred_at) as at, min(p.time_zone) as zone
      from event as e join person as p on p.id = e.person_id
     where e.name = ${values.bind(rule.name, 'text')} and e.occurred_at > ${values.bind(from, 'timestamptz')} and e.occurred_at <= ${values.bind(to, 'timestamptz')}
       ${rule.key === undefined ? '' : `and ${keyText(values.bind(rule.key, 'text'))} is not null`}${filters(rule.where, zone, values)}
     group by e.person_id limit ${values.bind(limit, 'int')}`;
  return rows(db, text, values.list);
}

export interface Since {
  personId: string;
  /** Events at this instant or later count. */
  at: string;
  /** The event that let the person in is not its own goal. */
  exceptEventId: string | null;
  /** With a rule that has a key: the value that counts. */
  key?: string | null;
}

/** Who did something that satisfies a rule since a moment of their own: their places in `since`. */
export async function whoDidSince(db: Db, rule: EventRule, since: readonly Since[], zone: string): Promise<number[]> {
  const values = new SqlValues();
  const people = `unnest(${values.bind(since.map((one) => one.personId), 'uuid[]')}, ${values.bind(since.map((one) => one.at), 'timestamptz[]')}, ${values.bind(since.map((one) => one.exceptEventId), 'uuid[]')}, ${values.bind(since.map((one) => one.key ?? null), 'text[]')})`;
  const sameKey = rule.key === undefined ? '' : ` and ${keyText(values.bind(rule.key, 'text'))} = n.key`;
  const text = `
    select n.place::int - 1 as place
      from ${people} with ordinality as n (person_id, since, except_id, key, place) join person as p on p.id = n.person_id
     where exists (
       select from event as e
        where e.person_id = n.person_id and e.name = ${values.bind(rule.name, 'text')} and e.occurred_at >= n.since
          and e.id is distinct from n.except_id${sameKey}${filters(rule.where, zone, values)})`;
  return (await rows<{ place: number }>(db, text, values.list)).map(({ place }) => place);
}

/** When each of them first did it since their moment, by their places in `since`; who did not is absent. */
export async function whenDidSince(db: Db, rule: EventRule, since: readonly Since[], zone: string): Promise<Map<number, Date>> {
  const values = new SqlValues();
  const people = `unnest(${values.bind(since.map((one) => one.personId), 'uuid[]')}, ${values.bind(since.map((one) => one.at), 'timestamptz[]')}, ${values.bind(since.map((one) => one.exceptEventId), 'uuid[]')}, ${values.bind(since.map((one) => one.key ?? null), 'text[]')})`;
  const sameKey = rule.key === undefined ? '' : ` and ${keyText(values.bind(rule.key, 'text'))} = n.key`;
  const text = `
    select n.place::int - 1 as place, min(e.occurred_at) as at
      from ${people} with ordinality as n (person_id, since, except_id, key, place) join person as p on p.id = n.person_id
      join event as e on e.person_id = n.person_id and e.name = ${values.bind(rule.name, 'text')} and e.occurred_at >= n.since
       and e.id is distinct from n.except_id${sameKey}${filters(rule.where, zone, values)}
     group by n.place`;
  return new Map((await rows<{ place: number; at: Date }>(db, text, values.list)).map(({ place, at }) => [place, at]));
}
