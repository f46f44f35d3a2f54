import { rows, type Db } from '../../platform/database/db.js';
import { SqlValues } from '../../segments/domain/sql-values.js';
import type { Named } from '../domain/behind.js';
import type { CountPlan } from '../domain/count-plan.js';
import { CELL_COLUMNS, contributions, type CountMoment } from '../reads/contributions.js';
import { isMeant, type AtEntry } from './subset.store.js';

/** How often somebody is in a number. */
export interface Behind { personId: string; times: number }

const NAMED = (of: string) => CELL_COLUMNS.map((column) => `${of}.${column} as "${column.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())}"`).join(', ');

/** The names of all totals of a campaign that are not zero. */
export const namedCells = (db: Db, campaignId: string): Promise<(Named & { id: number })[]> =>
  rows(db, `select c.id, ${NAMED('c')} from result_cell as c where c.campaign_id = $1::uuid and c.bucket is null and c.count <> 0`, [campaignId]);

export interface BehindQuestion { campaignId: string; in: readonly number[]; out: readonly number[]; atEntry: AtEntry | null; except: readonly string[]; before: string | null; limit: number }

/** Who adds to one of these cells and to none of those, who came last first. Takes time by the people of the campaign when few of them do. */
export function peopleOfCells(db: Db, { campaignId, in: wanted, out, atEntry, except, before, limit }: BehindQuestion): Promise<Behind[]> {
  const values = new SqlValues();
  const cells = values.bind(wanted, 'int[]');
  const parts = [`p.campaign_id = ${values.bind(campaignId, 'uuid')}`, `p.cells && ${cells}`];
  if (out.length > 0) parts.push(`not p.cells && ${values.bind(out, 'int[]')}`);
  if (except.length > 0) parts.push(`p.person_id <> all(${values.bind(except, 'uuid[]')})`);
  if (before !== null) parts.push(`p.person_id < ${values.bind(before, 'uuid')}`);
  if (atEntry) parts.push(isMeant('p.person_id', 'p.entered_at', atEntry, values));
  return rows(db, `
    select f.person_id as "personId", (select sum(coalesce(u.n, 1)) from unnest(f.cells, f.counts) as u (cell, n) where u.cell = any(${cells}))::int as times
      from (select p.person_id, p.cells, p.counts from result_person as p where ${parts.join(' and ')} order by p.person_id desc limit ${values.bind(limit, 'int')}) as f
     order by f.person_id desc`, values.list);
}

/** What people who wait to be counted add now; their last counted part says nothing any more. */
export function addedNow(db: Db, plan: CountPlan, people: readonly string[], atEntry: AtEntry | null, at: CountMoment): Promise<(Named & Behind)[]> {
  const values = new SqlValues();
  const ctes = contributions(plan, values.bind(people, 'uuid[]'), at, values);
  const meant = atEntry ? isMeant('m.person_id', 'm.entered_at', atEntry, values) : 'true';
  return rows(db, `
    with ${ctes}
    select t.person_id as "personId", t.n as times, ${NAMED('t')} from contribution as t left join moment as m on m.person_id = t.person_id where t.bucket is null and ${meant}`, values.list);
}

export interface Called { id: string; externalId: string | null; email: string | null; name: string | null }

/** How people are called in lists. */
export const callPeople = (db: Db, ids: readonly string[]): Promise<Called[]> => rows(db, `
  select p.id, p.external_id as "externalId", p.email, coalesce(p.attributes ->> 'name', nullif(concat_ws(' ', p.attributes ->> 'firstName', p.attributes ->> 'lastName'), '')) as name
    from person as p where p.id = any($1::uuid[])`, [ids]);
