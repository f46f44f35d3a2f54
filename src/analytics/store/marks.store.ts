import { exists, row, rows, type Db } from '../../platform/database/db.js';

/** One worker at a time moves the cells. */
const RESULTS_LOCK = 7_305_007;
/** Marks taken at once; each names at most 2,000 people of one change. */
const MARKS = 2_000;

/** Whether anybody is to be counted again; asked each second of an idle installation. */
export const hasWork = (db: Db, now: Date): Promise<boolean> =>
  exists(db, 'select from result_mark union all select from result_person as p where p.next_at <= $1::timestamptz union all select from result_goals as g where g.cursor is not null', [now]);

/** @returns false when another process is at it */
export const takeTurn = async (tx: Db): Promise<boolean> => (await row<{ mine: boolean }>(tx, 'select pg_try_advisory_xact_lock($1) as mine', [RESULTS_LOCK]))!.mine;

/** Waits for its turn: for tests and repairs that change the cells beside the worker. */
export const awaitTurn = (tx: Db): Promise<unknown> => rows(tx, 'select pg_advisory_xact_lock($1)', [RESULTS_LOCK]);

/** A row of `result_mark`. */
export interface Mark { campaignId: string | null; personIds: string[]; deliveryIds: string[]; reads: string[] | null }

/** Takes the oldest marks but those of some campaigns, about so many people of them; `folded`: only what was put together. `full`: there are more. */
export async function takeMarks(tx: Db, people: number, { except, folded }: { except: readonly string[]; folded: boolean }): Promise<{ marks: Mark[]; full: boolean }> {
  const taken = await rows<Mark & { left: boolean }>(tx, `
    with oldest as materialized (select m.id, m.people from result_mark as m where ${folded ? 'm.folded and ' : ''}(m.campaign_id is null or m.campaign_id <> all($2::uuid[])) order by m.id limit ${MARKS} for update skip locked),
         counted as materialized (select o.id, sum(o.people) over (order by o.id) - o.people as before from oldest as o)
    delete from result_mark as m using counted as c where m.id = c.id and c.before < $1
    returning m.campaign_id as "campaignId", m.person_ids as "personIds", m.delivery_ids as "deliveryIds", m.reads, (select count(*) = ${MARKS} or max(o.before) >= $1 from counted as o) as left`, [people, except]);
  return { marks: taken, full: taken[0]?.left ?? false };
}

/** Who is to be counted again in which campaign; without people only its goals have to be looked at. */
export type Marked = Map<string, Set<string>>;

/**
 * Whom marks mean. Asked in a statement after the one that took them: it sees all that their transactions wrote. Whoever is
 * not counted in a campaign yet has a mark there too, taken or to come, and is counted then with everything.
 */
export async function whomMarksMean(tx: Db, marks: readonly Mark[]): Promise<Marked> {
  const meant: Marked = new Map();
  const add = (campaignId: string, personId: string) => (meant.get(campaignId) ?? meant.set(campaignId, new Set()).get(campaignId)!).add(personId);
  for (const { campaignId, personIds } of marks) {
    if (campaignId === null) continue;
    if (!meant.has(campaignId)) meant.set(campaignId, new Set());
    for (const personId of personIds) add(campaignId, personId);
  }
  const deliveryIds = [...new Set(marks.flatMap((mark) => mark.deliveryIds))];
  if (deliveryIds.length > 0) {
    const found = await rows<{ campaignId: string; personId: string }>(tx, 'select distinct d.campaign_id as "campaignId", d.person_id as "personId" from delivery as d where d.id = any($1::uuid[])', [deliveryIds]);
    for (const { campaignId, personId } of found) add(campaignId, personId);
  }
  const news = marks.filter((mark) => mark.campaignId === null && mark.personIds.length > 0);
  for (const reads of new Set(news.map((mark) => JSON.stringify(mark.reads)))) {
    const personIds = [...new Set(news.filter((mark) => JSON.stringify(mark.reads) === reads).flatMap((mark) => mark.personIds))];
    for (const { campaignId, personId } of await partsOf(tx, personIds, JSON.parse(reads) as string[] | null)) add(campaignId, personId);
  }
  return meant;
}

/** The campaigns in which these people have a part and, with `reads`, whose goals read one of these things. */
function partsOf(tx: Db, personIds: readonly string[], reads: readonly string[] | null): Promise<{ campaignId: string; personId: string }[]> {
  return rows(tx, `
    select p.campaign_id as "campaignId", p.person_id as "personId" from result_person as p
     where p.person_id = any($1::uuid[]) and ($2::text[] is null or p.campaign_id in (select r.campaign_id from result_reads as r where r.reads && $2::text[]))`, [personIds, reads]);
}

/** People whose part changes by now through the passing of time alone. */
export async function duePeople(tx: Db, now: Date, limit: number, except: readonly string[]): Promise<Marked> {
  const due = await rows<{ campaignId: string; personIds: string[] }>(tx, `
    select d.campaign_id as "campaignId", array_agg(d.person_id) as "personIds"
      from (select p.campaign_id, p.person_id from result_person as p where p.next_at <= $1::timestamptz and p.campaign_id <> all($3::uuid[]) order by p.next_at limit $2) as d group by d.campaign_id`, [now, limit, except]);
  return new Map(due.map(({ campaignId, personIds }) => [campaignId, new Set(personIds)]));
}

/** Marks people of a campaign; with nobody, only its goals are to be looked at. */
export async function markPeople(tx: Db, campaignId: string, personIds: readonly string[]): Promise<void> {
  await rows(tx, `
    insert into result_mark (campaign_id, person_ids, people)
    select $1::uuid, array_agg(u.id), count(*) from unnest($2::uuid[]) with ordinality as u (id, place) group by (u.place - 1) / 2000
    union all select $1::uuid, '{}', 0 where cardinality($2::uuid[]) = 0`, [campaignId, personIds]);
}

/** Until when everything was worked off; null before the first time. */
export async function workedUntil(db: Db): Promise<Date | null> {
  return (await row<{ at: Date }>(db, 'select s.worked_at as at from result_state as s where s.id = 1'))?.at ?? null;
}

export async function noteWorked(tx: Db, now: Date): Promise<void> {
  await rows(tx, `insert into result_state (id, worked_at) values (1, $1::timestamptz) on conflict (id) do update set worked_at = greatest(result_state.worked_at, excluded.worked_at)`, [now]);
}

/** How many people of a campaign are marked; marks of many campaigns count for each. */
export async function countMarked(db: Db, campaignId: string, reads: readonly string[]): Promise<number> {
  return (await row<{ marked: number }>(db, `select coalesce(sum(greatest(m.people, 0)), 0)::float8 as marked from result_mark as m where ${MEANT}`, [campaignId, reads]))!.marked;
}

/** How many people of a campaign wait to be counted again, at most `limit` + 1 of those due. */
export async function countPending(db: Db, campaignId: string, reads: readonly string[], now: Date, limit: number): Promise<number> {
  const found = await row<{ due: number }>(db, 'select count(*)::int as due from (select from result_person as p where p.campaign_id = $1::uuid and p.next_at <= $2::timestamptz limit $3) as d', [campaignId, now, limit + 1]);
  return (await countMarked(db, campaignId, reads)) + found!.due;
}

/** Marks that may mean people of the campaign $1, whose goals read $2. */
const MEANT = '(m.campaign_id = $1::uuid or (m.campaign_id is null and (m.reads is null or m.reads && $2::text[])))';

const MARKED = `
    with m as materialized (select m.campaign_id, m.person_ids, m.delivery_ids from result_mark as m where ${MEANT})
    select u.id from m cross join lateral unnest(m.person_ids) as u (id) where m.campaign_id is not null
    union
    select d.person_id from m cross join lateral unnest(m.delivery_ids) as u (id) join delivery as d on d.id = u.id where d.campaign_id = $1::uuid
    union
    select p.person_id from m cross join lateral unnest(m.person_ids) as u (id) join result_person as p on p.campaign_id = $1::uuid and p.person_id = u.id where m.campaign_id is null`;

/** Who of a campaign is marked, in the snapshot of `tx`. */
export async function markedPeople(tx: Db, campaignId: string, reads: readonly string[]): Promise<string[]> {
  return (await rows<{ id: string }>(tx, MARKED, [campaignId, reads])).map(({ id }) => id);
}

/** Who of a campaign waits to be counted again, marked or due by the clock, in the snapshot of `tx`. */
export async function pendingPeople(tx: Db, campaignId: string, reads: readonly string[], now: Date): Promise<string[]> {
  const found = await rows<{ id: string }>(tx, `${MARKED}
    union
    select p.person_id from result_person as p where p.campaign_id = $1::uuid and p.next_at <= $3::timestamptz`, [campaignId, reads, now]);
  return found.map(({ id }) => id);
}
