import { calendarBoundaries, dayStarts, isCalendar, nextDay, nextDays, personDays } from './calendar-edges.js';
import { builtIn } from './operands.js';
import { LEDGERS } from './leaves/engagement-rows.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Edge } from './leaves/leaf.js';
import { leavesOf, type Resolved } from './resolved.js';
import { SqlValues, type Compiled } from './sql-values.js';

/** The edges of a definition, each once; empty when only data changes it. */
export function edgesOf(tree: Resolved): Edge[] {
  const edges = new Map<string, Edge>();
  for (const edge of leavesOf(tree).flatMap((leaf) => kindOf(leaf).edges(leaf))) edges.set(`${edge.source} ${edge.offset} ${edge.key}`, edge);
  return [...edges.values()];
}

interface Source { from: string; person: string; at: string; only: string }

const isLedger = (source: Edge['source']): source is keyof typeof LEDGERS => Object.hasOwn(LEDGERS, source);

function sourceOf(edge: Edge, values: SqlValues): Source {
  if (edge.source === 'event') return { from: 'event as e', person: 'e.person_id', at: 'e.occurred_at', only: `e.name = ${values.bind(edge.key, 'text')} and ` };
  if (edge.source === 'date') return { from: 'person_date as d', person: 'd.person_id', at: 'd.at', only: `d.key = ${values.bind(edge.key, 'text')} and ` };
  if (edge.source === 'entered') return { from: 'membership_change as m', person: 'm.person_id', at: 'm.at', only: `m.segment_id = ${values.bind(edge.key, 'uuid')} and m.entered and ` };
  if (!isLedger(edge.source)) return { from: 'person as p', person: 'p.id', at: builtIn(edge.key)!.sql, only: '' };
  const { from, person, campaign, at, where, timed } = LEDGERS[edge.source];
  if (edge.key !== '') return { from, person, at, only: `${where} and ${campaign} = ${values.bind(edge.key, 'uuid')} and ` };
  // The index begins with the campaign: each of them is looked up.
  return { from: timed ? from : `campaign as c join ${from} on ${campaign} = c.id`, person, at, only: `${where} and ` };
}

const shifted = (date: Date, seconds: number) => new Date(date.getTime() - seconds * 1000);
const offsetSql = (edge: Edge, values: SqlValues) => (edge.offset === 0 ? '' : ` + ${values.bind(edge.offset, 'int')} * interval '1 second'`);

/** Edges over the same rows (those of calendars are none): planned once, asked for each offset `o.seconds` by turns. `o.edge` is the place among all edges. */
interface Offsets { first: Edge; from: string }

function byRows(edges: readonly Edge[], values: SqlValues): Offsets[] {
  const groups = new Map<string, { edge: Edge; place: number }[]>();
  edges.forEach((edge, place) => {
    if (isCalendar(edge)) return;
    const key = JSON.stringify({ ...edge, offset: 0 });
    groups.set(key, [...(groups.get(key) ?? []), { edge, place }]);
  });
  return [...groups.values()].map((group) => ({
    first: group[0]!.edge,
    from: `unnest(${values.bind(group.map(({ place }) => place), 'int[]')}, ${values.bind(group.map(({ edge }) => edge.offset), 'int[]')}) as o (edge, seconds)`,
  }));
}

const LATER = `o.seconds * interval '1 second'`;

/** How far the clock was followed: every boundary before `at`, and at that very instant those of people up to `personId` (null: everybody). */
export interface Followed { at: string; personId: string | null }

/** Beyond `after`: later, or at that instant the people that were not reached yet. */
function beyond(after: Followed, { at, person }: Source, values: SqlValues): string {
  const moment = `${values.bind(after.at, 'timestamptz')} - ${LATER}`;
  // Said twice, because months are passed over by the first and people by the second.
  return after.personId === null ? `${at} > ${moment}` : `${at} >= ${moment} and (${at}, ${person}) > (${moment}, ${values.bind(after.personId, 'uuid')})`;
}

/**
 * Question 4: the first `limit` boundaries beyond `after` and up to `to`, in order of time and person. Every edge reads its
 * own index range and no more of it than `limit`; `edge` is its place in `edges`. `at` is text, so that it keeps microseconds.
 */
export function compileFrontier(edges: readonly Edge[], after: Followed, to: Date, limit: number): Compiled {
  const values = new SqlValues();
  const ofCalendars = edges.flatMap((edge, place) => (isCalendar(edge) ? [calendarPart(edge, place, { after, to, limit }, values)] : []));
  const ofRows = byRows(edges, values).map(({ first, from }) => {
    const source = sourceOf(first, values);
    const range = `${source.only}${beyond(after, source, values)} and ${source.at} <= ${values.bind(to, 'timestamptz')} - ${LATER}`;
    const rows = `select distinct ${source.at} as at, ${source.person} as person_id from ${source.from} where ${range} order by 1, 2 limit ${values.bind(limit, 'int')}`;
    return `select o.edge, x.person_id, x.at + ${LATER} as at from ${from} cross join lateral (${rows}) as x`;
  });
  const days = ofCalendars.length > 0 ? dayStarts(...spanOf(after, to, values)) : '';
  return { text: `${days}select f.edge, f.person_id as "personId", f.at::text as at from (${[...ofRows, ...ofCalendars].join('\n union all ')}) as f order by f.at, f.person_id limit ${values.bind(limit, 'int')}`, values: values.list };
}

/** The span (after, to] for moments at which days begin; at the instant itself when people of it are left. */
const spanOf = (after: Followed, to: Date, values: SqlValues): [string, string] =>
  [`${values.bind(after.at, 'timestamptz')}${after.personId === null ? '' : ` - interval '1 microsecond'`}`, values.bind(to, 'timestamptz')];

function calendarPart(edge: Edge, index: number, { after, to, limit }: { after: Followed; to: Date; limit: number }, values: SqlValues): string {
  const source = calendarBoundaries(edge, values, ...spanOf(after, to, values));
  const left = after.personId === null ? '' : ` and (${source.at}, ${source.person}) > (${values.bind(after.at, 'timestamptz')}, ${values.bind(after.personId, 'uuid')})`;
  const first = `select distinct ${source.at} as at, ${source.person} as person_id from ${source.from} where ${source.where}${left} order by 1, 2 limit ${values.bind(limit, 'int')}`;
  return `select ${index} as edge, x.person_id, x.at from (${first}) as x`;
}

/** The boundaries of one person after a moment, earliest first. */
export function compilePersonBoundaries(edges: readonly Edge[], personId: string, after: Date, limit: number): Compiled {
  const values = new SqlValues();
  const parts = edges.map((edge) => {
    if (isCalendar(edge)) return `(${personDays(edge, values, values.bind(personId, 'uuid'), values.bind(after, 'timestamptz'))} order by 1 limit ${values.bind(limit, 'int')})`;
    const { from: table, person, at, only } = sourceOf(edge, values);
    return `(select ${at}${offsetSql(edge, values)} as at from ${table} where ${only}${person} = ${values.bind(personId, 'uuid')} and ${at} > ${values.bind(shifted(after, edge.offset), 'timestamptz')} order by ${at} limit ${values.bind(limit, 'int')})`;
  });
  return { text: `select distinct f.at::text as at, f.at as instant from (${parts.join('\n union all ')}) as f order by f.at limit ${values.bind(limit, 'int')}`, values: values.list };
}

/** The boundaries of these people in (after, to], in no order; those of calendars look three years ahead. */
export function compileBoundariesAmong(edges: readonly Edge[], personIds: readonly string[], { after, to }: { after: Date; to: Date }): Compiled {
  const values = new SqlValues();
  const asked = `unnest(${values.bind(personIds, 'uuid[]')}) as asked (id)`;
  const instant = (at: Date) => values.bind(at, 'timestamptz');
  const parts = edges.map((edge) => {
    if (isCalendar(edge)) return `select asked.id, x.at from ${asked} cross join lateral (${personDays(edge, values, 'asked.id', instant(after))}) as x where x.at <= ${instant(to)}`;
    const { from: table, person, at, only } = sourceOf(edge, values);
    return `select asked.id, x.at${offsetSql(edge, values)} as at from ${asked} cross join lateral (
        select ${at} as at from ${table} where ${only}${person} = asked.id and ${at} > ${instant(shifted(after, edge.offset))} and ${at} <= ${instant(shifted(to, edge.offset))} offset 0) as x`;
  });
  return { text: `select distinct f.id as "personId", f.at from (${parts.join('\n union all ')}) as f`, values: values.list };
}

/** SQL of the earliest instant of a source after `after - o.seconds`, by steps of an index; it may be that of a row that is not meant. */
function earliestOf(edge: Edge, after: Date, values: SqlValues): string {
  const earliest = (from: string, at: string, only: string) => `select ${at} as at from ${from} where ${only}${at} > ${values.bind(after, 'timestamptz')} - ${LATER} order by 1 limit 1`;
  const ledger = isLedger(edge.source) ? LEDGERS[edge.source] : null;
  if (ledger?.timed) return earliest(ledger.timed.from, ledger.at, `${ledger.timed.where} and `);
  if (ledger && edge.key === '') return `select min(y.at) as at from campaign as c cross join lateral (${earliest(ledger.from, ledger.at, `${ledger.where} and ${ledger.campaign} = c.id and `)}) as y`;
  const { from, at, only } = sourceOf(edge, values);
  return earliest(from, at, only);
}

/** The earliest boundary of anybody after a moment: one index step an edge; of calendars a moment no later than it. */
export function compileNextBoundary(edges: readonly Edge[], after: Date): Compiled {
  const values = new SqlValues();
  const ofCalendars = edges.filter(isCalendar).map((edge) => nextDay(edge, values));
  const ofRows = byRows(edges, values).map(({ first, from }) => `select x.at + ${LATER} as at from ${from} cross join lateral (${earliestOf(first, after, values)}) as x`);
  const days = ofCalendars.length > 0 ? nextDays(values.bind(after, 'timestamptz')) : '';
  return { text: `${days}select min(f.at) as at from (${[...ofRows, ...ofCalendars].join('\n union all ')}) as f`, values: values.list };
}
