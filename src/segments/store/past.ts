import type { PastPerson } from '../../people/past-person.js';
import type { Compiled } from '../domain/sql-values.js';

/** Somebody of the past, or as they would be: with events that did not happen. */
type Hidden = PastPerson & { events?: readonly { id: string; name: string; properties: object; occurredAt: Date }[] };

/**
 * The same question asked of the past: the tables that hold what is known of people are hidden by what they held of this one
 * person then. Conditions need not know of it, and one that reads a table which is not named here reads it as it is now.
 */
export function inPast({ text, values }: Compiled, person: Hidden): Compiled {
  const list = [...values];
  const bind = (value: unknown, type: string): string => `$${list.push(value)}::${type}`;
  const id = bind(person.id, 'uuid');
  const at = bind(person.at, 'timestamptz');
  const tables = [personThen(person, id, bind), datesThen(person, id, bind), marksThen(person, id, bind), consentsThen(person, id, bind), eventsThen(person, { id, at }, bind), engagementThen(id, at)].join(',\n');
  return { text: `with ${tables}\n${text}`, values: list };
}

type Bind = (value: unknown, type: string) => string;

function personThen(person: PastPerson, id: string, bind: Bind): string {
  const columns = [
    `${id} as id`, `${bind(person.externalId, 'text')} as external_id`, `${bind(person.kind, 'text')} as kind`, `${bind(person.email, 'text')} as email`,
    `${bind(person.timeZone, 'text')} as time_zone`, `${bind(person.language, 'text')} as language`, `${bind(JSON.stringify(person.attributes), 'jsonb')} as attributes`,
    `${bind(person.signedUpAt, 'timestamptz')} as signed_up_at`, `${bind(person.firstSeenAt, 'timestamptz')} as first_seen_at`,
    `${bind(person.lastSeenAt, 'timestamptz')} as last_seen_at`, `${bind(person.createdAt, 'timestamptz')} as created_at`,
  ];
  return `person as (select ${columns.join(', ')})`;
}

function datesThen({ dates }: PastPerson, id: string, bind: Bind): string {
  return `person_date as (select ${id} as person_id, d.key, d.at from unnest(${bind([...dates.keys()], 'text[]')}, ${bind([...dates.values()], 'timestamptz[]')}) as d (key, at))`;
}

function marksThen({ reserved }: PastPerson, id: string, bind: Bind): string {
  const table = (prefix: string, name: string, column: string, type: string): string => {
    const marks = [...reserved].filter(([key]) => key.startsWith(prefix)).map(([key, { at }]) => ({ value: key.slice(prefix.length), at }));
    return `${name} as (select ${id} as person_id, m.value as ${column}, m.at as added_at from unnest(${bind(marks.map(({ value }) => value), `${type}[]`)}, ${bind(marks.map((mark) => mark.at), 'timestamptz[]')}) as m (value, at))`;
  };
  return [table('$tag:', 'person_tag', 'tag', 'text'), table('$list:', 'list_member', 'list_id', 'uuid')].join(',\n');
}

function consentsThen({ reserved }: PastPerson, id: string, bind: Bind): string {
  const said = [...reserved].flatMap(([key, { value }]) => {
    const [, channel, topic] = /^\$consent:([^:]+):(.+)$/.exec(key) ?? [];
    return channel === undefined ? [] : [{ channel, topic, value }];
  });
  return `consent as (select ${id} as person_id, c.channel, c.topic, c.state from unnest(${bind(said.map(({ channel }) => channel), 'text[]')}, ${bind(said.map(({ topic }) => topic), 'text[]')}, ${bind(said.map(({ value }) => value), 'text[]')}) as c (channel, topic, state))`;
}

/** Not materialized: conditions keep their index look-ups. */
function eventsThen({ events = [] }: Hidden, { id, at }: { id: string; at: string }, bind: Bind): string {
  const supposed = events.length === 0 ? '' : `
      union all
      select s.id, ${id}, 'track', s.name, s.properties, '{}'::jsonb, s.occurred_at, ${at}, s.id::text, null::uuid
        from jsonb_to_recordset(${bind(JSON.stringify(events.map(({ id: eventId, name, properties, occurredAt }) => ({ id: eventId, name, properties, occurred_at: occurredAt }))), 'jsonb')}) as s (id uuid, name text, properties jsonb, occurred_at timestamptz)`;
  return `event as not materialized (
      select e.id, e.person_id, e.type, e.name, e.properties, e.context, e.occurred_at, e.received_at, e.message_id, e.from_id from event as e
       where e.person_id = ${id} and e.received_at <= ${at} and (e.from_id is null or exists (select 1 from person_merge as m where m.from_id = e.from_id and m.at <= ${at}))${supposed})`;
}

/** A message that was sent or shown later was on its way then; one that bounced since counts as it does now. */
function engagementThen(id: string, at: string): string {
  const received = `case when o.channel = 'in_app' then o.settled_at else o.sent_at end`;
  const rowsBy = (table: string, moment: string): string => `${table} as not materialized (select o.* from ${table} as o where o.person_id = ${id} and o.${moment} <= ${at})`;
  return [
    `delivery as not materialized (
      select o.id, o.person_id, o.campaign_id, o.step_id, o.variant, o.channel, o.topic, o.is_control, o.sent_at, o.settled_at, case when ${received} <= ${at} then o.state else 'queued' end as state
        from delivery as o where o.person_id = ${id})`,
    rowsBy('delivery_event', 'at'), rowsBy('assignment', 'assigned_at'), rowsBy('decision', 'at'), rowsBy('step_visit', 'arrived_at'), rowsBy('membership_change', 'recorded_at'),
  ].join(',\n');
}
