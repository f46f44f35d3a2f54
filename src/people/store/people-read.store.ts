import { rows, row, type Db } from '../../platform/database/db.js';
import type { PersonKind } from '../domain/identity-plan.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import { matchesText, peopleByText, searchText } from './person-search.store.js';

export interface PersonRecord {
  id: string;
  externalId: string | null;
  anonymousIds: string[];
  kind: PersonKind;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: JsonObject;
  tags: string[];
  signedUpAt: Date | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `
  p.id, p.external_id as "externalId", p.kind, p.email, p.time_zone as "timeZone", p.language, p.attributes, p.signed_up_at as "signedUpAt",
  p.first_seen_at as "firstSeenAt", p.last_seen_at as "lastSeenAt", p.created_at as "createdAt", p.updated_at as "updatedAt",
  array(select i.value from person_identity as i where i.person_id = p.id and i.kind = 'anonymous_id' order by i.value) as "anonymousIds",
  array(select t.tag from person_tag as t where t.person_id = p.id order by t.tag) as tags`;

export const readPerson = (db: Db, id: string): Promise<PersonRecord | null> => row<PersonRecord>(db, `select ${COLUMNS} from person as p where p.id = $1::uuid`, [id]);

export interface PeopleFilter { email?: string; externalId?: string; anonymousId?: string; tag?: string; q?: string }

/** Of a search, first so many of the newest people are looked at: what many people match is found there. */
const NEWEST = 2_000;

/** Newest first; one row more than `limit` when there is a next page. */
export async function listPeople(db: Db, filter: PeopleFilter, page: { limit: number; after: readonly unknown[] | null }): Promise<PersonRecord[]> {
  if (filter.q === undefined) return pageOfPeople(db, filter, page);
  const text = await searchText(db, filter.q);
  const found = await pageOfPeople(db, filter, page, { text, among: { newest: NEWEST } });
  // Less than a page of the newest: all that match are few enough to be found by their names, or so many that the page fills soon.
  return found.length > page.limit ? found : pageOfPeople(db, filter, page, { text, among: await peopleByText(db, text) });
}

/** Which people a search looks at: the newest, these, or all (null). */
interface Search { text: string; among: { newest: number } | { ids: string[] } | null }

function pageOfPeople(db: Db, filter: PeopleFilter, page: { limit: number; after: readonly unknown[] | null }, search?: Search): Promise<PersonRecord[]> {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const where: string[] = [];
  const before = page.after ? `(p.created_at, p.id) < (${bind(page.after[0])}::timestamptz, ${bind(page.after[1])}::uuid)` : 'true';
  if (filter.email !== undefined) where.push(`p.email is not null and lower(p.email) = lower(${bind(filter.email)})`);
  if (filter.externalId !== undefined) where.push(`p.external_id = ${bind(filter.externalId)}`);
  if (filter.anonymousId !== undefined) where.push(`p.id = (select i.person_id from person_identity as i where i.kind = 'anonymous_id' and i.value = ${bind(filter.anonymousId)})`);
  if (filter.tag !== undefined) where.push(`exists (select 1 from person_tag as t where t.person_id = p.id and t.tag = ${bind(filter.tag)})`);
  const among = search?.among;
  if (among && 'ids' in among) where.push(`p.id = any(${bind(among.ids)}::uuid[])`);
  else if (search) where.push(matchesText(bind, search.text));
  const people = among && 'newest' in among ? `(select p.* from person as p where ${before} order by p.created_at desc, p.id desc limit ${bind(among.newest)})` : 'person';
  return rows<PersonRecord>(db, `select ${COLUMNS} from ${people} as p where ${[before, ...where].join(' and ')} order by p.created_at desc, p.id desc limit ${bind(page.limit + 1)}`, values);
}

/** Ids of the people whose address this is; at most two, to tell one from several. */
export async function findByEmail(db: Db, email: string): Promise<string[]> {
  const found = await rows<{ id: string }>(db, 'select p.id from person as p where p.email is not null and lower(p.email) = lower($1) limit 2', [email]);
  return found.map(({ id }) => id);
}

/** Who has one of these addresses, with the address in lower case. */
export function findByEmails(db: Db, emails: readonly string[]): Promise<{ id: string; email: string }[]> {
  if (emails.length === 0) return Promise.resolve([]);
  return rows(db, `
    select p.id, lower(p.email) as email from person as p where p.email is not null and lower(p.email) = any(select lower(w.email) from unnest($1::text[]) as w (email))`, [emails]);
}

export interface EventRecord { id: string; type: string; name: string; properties: JsonObject; context: JsonObject; occurredAt: Date; receivedAt: Date; messageId: string }

/** A person's events, newest first; one row more than `limit` when there is a next page. */
export function listEvents(db: Db, personId: string, page: { name?: string; limit: number; after: readonly unknown[] | null }): Promise<EventRecord[]> {
  return rows<EventRecord>(db, `
    select e.id, e.type, e.name, e.properties, e.context, e.occurred_at as "occurredAt", e.received_at as "receivedAt", e.message_id as "messageId"
      from event as e
     where e.person_id = $1::uuid and ($2::text is null or e.name = $2) and ($3::timestamptz is null or (e.occurred_at, e.id) < ($3::timestamptz, $4::uuid))
     order by e.occurred_at desc, e.id desc limit $5`, [personId, page.name ?? null, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit + 1]);
}

export interface HistoryRecord { id: string; value: JsonValue; at: Date; lastAt: Date; source: string; recordedAt: Date; fromId: string | null }

/** What was learned about one attribute, newest first. */
export function listHistory(db: Db, personId: string, key: string, page: { limit: number; after: readonly unknown[] | null }): Promise<HistoryRecord[]> {
  return rows<HistoryRecord>(db, `
    select h.id, h.value, h.at, h.last_at as "lastAt", h.source, h.recorded_at as "recordedAt", h.from_id as "fromId"
      from attribute_history as h
     where h.person_id = $1::uuid and h.key = $2 and ($3::timestamptz is null or (h.at, h.id) < ($3::timestamptz, $4::uuid))
     order by h.at desc, h.id desc limit $5`, [personId, key, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit + 1]);
}

/** Every name of an event ever stored, the most frequent first. */
export async function listEventNames(db: Db): Promise<{ name: string; count: number; lastAt: Date }[]> {
  const found = await rows<{ name: string; count: string; lastAt: Date }>(db, `
    select t.name, sum(t.events)::text as count, max(t.last_at) as "lastAt" from event_tally as t group by t.name having sum(t.events) > 0 order by sum(t.events) desc, t.name`);
  return found.map((one) => ({ ...one, count: Number(one.count) }));
}

export interface RejectionRecord { id: string; at: Date; messageId: string | null; code: string; message: string; payload: JsonValue }

export function listRejections(db: Db, page: { limit: number; after: readonly unknown[] | null }): Promise<RejectionRecord[]> {
  return rows<RejectionRecord>(db, `
    select r.id, r.at, r.message_id as "messageId", r.code, r.message, r.payload from event_rejected as r
     where $1::timestamptz is null or (r.at, r.id) < ($1::timestamptz, $2::uuid)
     order by r.at desc, r.id desc limit $3`, [page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit + 1]);
}
