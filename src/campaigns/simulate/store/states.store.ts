import { deriveColumns, personDates } from '../../../people/domain/derived.js';
import type { JsonObject, JsonValue } from '../../../people/domain/json.js';
import { isReservedKey } from '../../../people/domain/reserved-keys.js';
import { rows, type Db } from '../../../platform/database/db.js';
import type { KnownThen } from '../../../segments/past-questions.js';
import type { PersonState } from '../replay/sim-person.js';

export interface Present {
  id: string;
  externalId: string | null;
  kind: string;
  email: string | null;
  timeZone: string | null;
  language: string | null;
  attributes: JsonObject;
  signedUpAt: Date | null;
  createdAt: Date;
}

interface Consent { personId: string; channel: string; topic: string; state: string; at: Date }
interface DateRow { personId: string; key: string; at: Date; text: string | null }

/** What states are asked for. */
export interface StatesAsked {
  from: Date;
  to: Date;
  /** Its own writes are done anew by the simulation. */
  campaignId: string;
  dateKeys: readonly string[];
  /** Actions change what is known: everybody needs a state of their own. */
  whole: boolean;
}

/**
 * What was known of these people over a span, state by state. Who did not change since `from` is as the tables have them; of the
 * others every state is made of the history, as `past-person` makes one of them.
 */
export async function loadStates(db: Db, personIds: readonly string[], asked: StatesAsked): Promise<Map<string, PersonState[]>> {
  const present = await rows<Present>(db, `
    select p.id, p.external_id as "externalId", p.kind, p.email, p.time_zone as "timeZone", p.language, p.attributes, p.signed_up_at as "signedUpAt", p.created_at as "createdAt" from person as p where p.id = any($1::uuid[])`, [personIds]);
  const changed = asked.whole ? new Set(personIds) : await changedSince(db, personIds, asked);
  const still = present.filter(({ id }) => !changed.has(id)).map(({ id }) => id);
  const consents = grouped(await consentsOf(db, still));
  const dates = asked.dateKeys.length === 0 ? new Map<string, DateRow[]>() : grouped(await datesOf(db, still, asked.dateKeys));
  const history = grouped(await historyOf(db, [...changed], asked));
  return new Map(present.map((one) => [one.id, changed.has(one.id) ? statesOf(one, history.get(one.id) ?? [], asked) : [stillState(one, consents.get(one.id) ?? [], dates.get(one.id) ?? [])]]));
}

function grouped<T extends { personId: string }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(one.personId);
    if (group) group.push(one);
    else groups.set(one.personId, [one]);
  }
  return groups;
}

async function changedSince(db: Db, personIds: readonly string[], { from }: StatesAsked): Promise<Set<string>> {
  const found = await rows<{ id: string }>(db, `
    select distinct h.person_id as id from attribute_history as h where h.person_id = any($1::uuid[]) and h.recorded_at > $2::timestamptz
    union
    select m.into_id from person_merge as m where m.into_id = any($1::uuid[]) and m.at > $2::timestamptz`, [personIds, from]);
  return new Set(found.map(({ id }) => id));
}

const consentsOf = (db: Db, personIds: readonly string[]): Promise<Consent[]> =>
  rows<Consent>(db, `select c.person_id as "personId", c.channel, c.topic, c.state, c.at from consent as c where c.person_id = any($1::uuid[])`, [personIds]);

const datesOf = (db: Db, personIds: readonly string[], keys: readonly string[]): Promise<DateRow[]> => rows<DateRow>(db, `
  select d.person_id as "personId", d.key, d.at, coalesce(p.attributes ->> d.key, p.attributes #>> string_to_array(d.key, '.')) as text
    from person_date as d join person as p on p.id = d.person_id where d.person_id = any($1::uuid[]) and d.key = any($2::text[])`, [personIds, keys]);

const clientOf = ({ externalId, email, timeZone, language, attributes }: Omit<Present, 'id' | 'kind' | 'signedUpAt' | 'createdAt'>) => ({ externalId, email, timeZone, language, attributes });

function stillState(present: Present, consents: readonly Consent[], dates: readonly DateRow[]): PersonState {
  return {
    from: -Infinity, since: present.createdAt.getTime(), known: null, person: clientOf(present),
    consents: new Map(consents.map(({ channel, topic, state, at }) => [`${channel} ${topic}`, { state, at: at.getTime() }])),
    dates: new Map(dates.map(({ key, at, text }) => [key, { at, text }])),
  };
}

interface HistoryRow { personId: string; key: string; value: JsonValue; at: Date; lastAt: Date; id: string; own: boolean; since: Date; recordedAt: Date }

/** Rows in the order in which they became known; what came by a merge was known of this person from the merge on. */
const historyOf = (db: Db, personIds: readonly string[], { to, campaignId }: StatesAsked): Promise<HistoryRow[]> => rows<HistoryRow>(db, `
  select h.person_id as "personId", h.key, h.value, h.at, h.last_at as "lastAt", h.id, h.from_id is null as own, greatest(h.recorded_at, m.at) as since, h.recorded_at as "recordedAt"
    from attribute_history as h left join person_merge as m on m.from_id = h.from_id
   where h.person_id = any($1::uuid[]) and h.recorded_at <= $2::timestamptz and h.source <> $3 and (h.from_id is null or m.at <= $2::timestamptz)
   order by h.person_id, since, h.id`, [personIds, to, `campaign:${campaignId}`]);

/** Whether one row gives the value rather than another: the order of the history; of reserved keys that in which we did it. */
function beats(one: HistoryRow, other: HistoryRow): boolean {
  if (one.own !== other.own) return one.own;
  if (isReservedKey(one.key) && one.recordedAt.getTime() !== other.recordedAt.getTime()) return one.recordedAt > other.recordedAt;
  if (one.lastAt.getTime() !== other.lastAt.getTime()) return one.lastAt > other.lastAt;
  return one.id > other.id;
}

function statesOf(present: Present, history: readonly HistoryRow[], asked: StatesAsked): PersonState[] {
  const heads = new Map<string, HistoryRow>();
  const states: PersonState[] = [];
  let place = 0;
  const take = (until: number): void => {
    for (; place < history.length && history[place]!.since.getTime() <= until; place += 1) {
      const next = history[place]!;
      if (isReservedKey(next.key) && !next.own) continue;
      const head = heads.get(next.key);
      if (!head || beats(next, head)) heads.set(next.key, next);
    }
  };
  take(asked.from.getTime());
  states.push({ ...stateOf(present, heads), from: -Infinity });
  while (place < history.length) {
    const from = history[place]!.since.getTime();
    take(from);
    states.push({ ...stateOf(present, heads), from });
  }
  return states;
}

function stateOf(present: Present, heads: ReadonlyMap<string, HistoryRow>): Omit<PersonState, 'from'> {
  const kept = [...heads.values()].filter(({ value }) => value !== null);
  const attributes = Object.fromEntries(kept.filter(({ key }) => !isReservedKey(key)).map(({ key, value }) => [key, value])) as JsonObject;
  const columns = deriveColumns(attributes);
  const dates = personDates(attributes, columns.signedUpAt);
  const marks = (prefix: string) => kept.filter(({ key }) => key.startsWith(prefix)).map(({ key, at, value }) => ({ name: key.slice(prefix.length), at, value }));
  // Kept from their first change on: without a row they are what they always were.
  const text = (key: string, always: string | null): string | null => (heads.has(key) ? (heads.get(key)!.value as string | null) : always);
  const consents = marks('$consent:').map(({ name, at, value }) => ({ channel: name.slice(0, name.indexOf(':')), topic: name.slice(name.indexOf(':') + 1), state: String(value), at }));
  const known: KnownThen = {
    externalId: text('$external_id', present.externalId), kind: text('$kind', present.kind)!, ...columns, attributes,
    dates: [...dates].map(([key, at]) => ({ key, at })), tags: marks('$tag:').map(({ name, at }) => ({ tag: name, at })), lists: marks('$list:').map(({ name, at }) => ({ listId: name, at })),
    consents: consents.map(({ channel, topic, state }) => ({ channel, topic, state })),
  };
  return {
    since: present.createdAt.getTime(), known, person: clientOf({ externalId: known.externalId, ...columns, attributes }),
    consents: new Map(consents.map(({ channel, topic, state, at }) => [`${channel} ${topic}`, { state, at: at.getTime() }])),
    dates: new Map([...dates].map(([key, at]) => [key, { at, text: textAt(attributes, key) }])),
  };
}

/** The text a date was told as: under its name, else along its path. */
function textAt(attributes: JsonObject, key: string): string | null {
  const found = Object.hasOwn(attributes, key) ? attributes[key] : key.split('.').reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined), attributes);
  return typeof found === 'string' ? found : null;
}
