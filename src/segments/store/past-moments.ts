import { lookupSql, queryAt } from '../domain/compile.js';
import type { Resolved } from '../domain/resolved.js';
import { SqlValues, type Compiled } from '../domain/sql-values.js';

/** What was known of a person at a moment, where it is not what the tables hold now; marks with the moment they were set. */
export interface KnownThen {
  externalId: string | null;
  kind: string;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: Record<string, unknown>;
  signedUpAt: Date | null;
  dates: readonly { key: string; at: Date }[];
  tags: readonly { tag: string; at: Date }[];
  lists: readonly { listId: string; at: Date }[];
  consents: readonly { channel: string; topic: string; state: string }[];
}

/** A message that is taken to have been sent, with what came of it; it takes the place of what its campaign really sent. */
export interface SupposedMessage {
  id: string;
  stepId: string;
  variant: string;
  channel: string;
  topic: string;
  isControl: boolean;
  at: Date;
  reactions: readonly { kind: 'open' | 'click'; at: Date }[];
}

export interface PastQuestion {
  personId: string;
  at: Date;
  /** Null: the tables say what was known then. */
  then: KnownThen | null;
  /** Messages of the campaign that is asked about in the statement. */
  supposed?: readonly SupposedMessage[];
}

/** The campaign whose messages are supposed, and in place of the recorded ones. */
export interface Supposing { campaignId: string | null; readsLastSeen: boolean; timeZone: string }

/**
 * Question 2 of many people, each at a moment of their own and by what was known then: every table is hidden, row by row of the
 * question, by what it held. The row of a person is read by its id, whatever else is asked of it. All questions either have a `then` or have none.
 */
export function compileKnown(tree: Resolved, questions: readonly PastQuestion[], { campaignId, readsLastSeen, timeZone }: Supposing): Compiled {
  const values = new SqlValues();
  const thens = [...new Set(questions.flatMap(({ then }) => then ?? []))];
  const place = new Map(thens.map((then, index) => [then, index]));
  const asked = [
    values.column(questions.map(({ personId }) => personId), 'uuid[]'), values.column(questions.map(({ at }) => at), 'timestamptz[]'),
    values.column(questions.map(({ then }) => (then ? place.get(then)! : null)), 'int[]'), values.column(questions.map(({ supposed }) => (campaignId ? JSON.stringify(supposed ?? []) : null)), 'jsonb[]'),
  ];
  const tables = [...(thens.length > 0 ? knownThen() : readsLastSeen ? [seenThen()] : []), events(), ...engagement(campaignId && values.bind(campaignId, 'uuid'))];
  const from = thens.length === 0 ? '' : `
    join jsonb_to_recordset(${values.bind(JSON.stringify(thens.map(rowOf)), 'jsonb')}) as s ("place" int, "externalId" text, "kind" text, "email" text, "timeZone" text, "language" text,
      "attributes" jsonb, "signedUpAt" timestamptz, "dates" jsonb, "tags" jsonb, "lists" jsonb, "consents" jsonb) on s."place" = q.known`;
  return {
    text: `select q.place::int as place, t.truth from unnest(${asked.join(', ')}) with ordinality as q (person_id, at, known, supposed, place)${from}
   cross join lateral (with ${tables.join(',\n')}
     select ${lookupSql(tree, queryAt('q.at', values, timeZone))} as truth from (select s.* from person as s where s.id = q.person_id offset 0) as p where p.created_at <= q.at) as t`,
    values: values.list,
  };
}

const rowOf = (then: KnownThen, place: number) => ({ place, ...then });
const lastSeen = `coalesce((select max(e.occurred_at) from event as e where e.person_id = q.person_id and e.received_at <= q.at), o.first_seen_at)`;

/** Everything about the person but when they were last seen stands as it did. */
const seenThen = (): string => `person as not materialized (
    select o.id, o.external_id, o.kind, o.email, o.time_zone, o.language, o.attributes, o.signed_up_at, o.first_seen_at, ${lastSeen} as last_seen_at, o.created_at from person as o where o.id = q.person_id)`;

function knownThen(): string[] {
  return [
    `person as not materialized (
      select o.id, s."externalId" as external_id, s."kind" as kind, s."email" as email, s."timeZone" as time_zone, s."language" as language, s."attributes" as attributes,
             s."signedUpAt" as signed_up_at, o.first_seen_at, ${lastSeen} as last_seen_at, o.created_at from person as o where o.id = q.person_id)`,
    `person_date as not materialized (select q.person_id, x."key" as key, x."at" as at from jsonb_to_recordset(s."dates") as x ("key" text, "at" timestamptz))`,
    `person_tag as not materialized (select q.person_id, x."tag" as tag, x."at" as added_at from jsonb_to_recordset(s."tags") as x ("tag" text, "at" timestamptz))`,
    `list_member as not materialized (select q.person_id, x."listId" as list_id, x."at" as added_at from jsonb_to_recordset(s."lists") as x ("listId" uuid, "at" timestamptz))`,
    `consent as not materialized (select q.person_id, x."channel" as channel, x."topic" as topic, x."state" as state from jsonb_to_recordset(s."consents") as x ("channel" text, "topic" text, "state" text))`,
  ];
}

/** Not materialized: conditions keep their index look-ups. */
const events = (): string => `event as not materialized (
    select e.* from event as e
     where e.person_id = q.person_id and e.received_at <= q.at and (e.from_id is null or exists (select 1 from person_merge as m where m.from_id = e.from_id and m.at <= q.at)))`;

/** As `inPast` has it for one person; of a campaign that is supposed only the supposed messages. @param own SQL of its id */
function engagement(own: string | null): string[] {
  const received = `case when o.channel = 'in_app' then o.settled_at else o.sent_at end`;
  const others = own === null ? '' : ` and o.campaign_id <> ${own}`;
  const supposed = `jsonb_to_recordset(q.supposed) as x ("id" uuid, "stepId" text, "variant" text, "channel" text, "topic" text, "isControl" boolean, "at" timestamptz, "reactions" jsonb)`;
  const alsoSupposed = own === null ? ['', ''] : [`
      union all select x."id", q.person_id, ${own}, x."stepId", x."variant", x."channel", x."topic", x."isControl", x."at", x."at", case when x."channel" = 'in_app' then 'delivered' else 'sent' end from ${supposed}`, `
      union all select x."id", q.person_id, r."kind", r."at", 'human' from ${supposed} cross join jsonb_to_recordset(x."reactions") as r ("kind" text, "at" timestamptz) where r."at" <= q.at`];
  const rowsBy = (table: string, moment: string): string => `${table} as not materialized (select o.* from ${table} as o where o.person_id = q.person_id and o.${moment} <= q.at)`;
  return [
    `delivery as not materialized (
      select o.id, o.person_id, o.campaign_id, o.step_id, o.variant, o.channel, o.topic, o.is_control, o.sent_at, o.settled_at, case when ${received} <= q.at then o.state else 'queued' end as state
        from delivery as o where o.person_id = q.person_id${others}${alsoSupposed[0]})`,
    `delivery_event as not materialized (select o.delivery_id, o.person_id, o.kind, o.at, o.verdict from delivery_event as o where o.person_id = q.person_id and o.at <= q.at${alsoSupposed[1]})`,
    rowsBy('assignment', 'assigned_at'), rowsBy('decision', 'at'), rowsBy('step_visit', 'arrived_at'), rowsBy('membership_change', 'recorded_at'),
  ];
}
