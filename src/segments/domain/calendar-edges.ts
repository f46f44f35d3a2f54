import type { Edge } from './leaves/leaf.js';
import type { SqlValues } from './sql-values.js';

/** An edge at which a day of some calendar begins, a number of days before an anniversary. */
export const isCalendar = ({ source }: Edge): boolean => source === 'calendar' || source === 'workspace_calendar';

const WORKSPACE = `coalesce((select w.time_zone from workspace as w), 'UTC')`;

/** Every zone that people have, one index step each, and null for those who have none. */
const ZONES = `
    zone (name) as (
      select ''
      union all
      select (select p.time_zone from person as p where p.time_zone > z.name order by p.time_zone limit 1) from zone as z where z.name is not null)`;
const ZONE = `zone as z cross join lateral (select segment_zone(z.name, ${WORKSPACE}) as name offset 0) as k`;

/** What {@link calendarBoundaries} reads: every moment in (after, to] at which a day begins in zones that people have; many share it. */
export const dayStarts = (after: string, to: string): string => `with recursive ${ZONES},
    day_start as materialized (
      select s.at, s.day, array_agg(z.name) as zones from ${ZONE} cross join lateral segment_day_starts(k.name, ${after}, ${to}) as s where z.name is distinct from '' group by s.at, s.day)
  `;

/**
 * The people and moments of an edge: only when a day begins somewhere are people read, by the days of the year on which their
 * dates can lie. A day to either side is read with them, for the zones of the world.
 */
export function calendarBoundaries(edge: Edge, values: SqlValues, after: string, to: string): { from: string; at: string; person: string; where: string } {
  const dates = `cross join lateral (
      select d.person_id from person_date as d
       where d.key = ${values.bind(edge.key, 'text')} and segment_month_day(d.at at time zone 'UTC') = any(segment_month_days(s.day + ${values.bind(edge.offset, 'int')})) offset 0) as d`;
  if (edge.source === 'workspace_calendar') return { from: `segment_day_starts(${WORKSPACE}, ${after}, ${to}) as s ${dates}`, at: 's.at', person: 'd.person_id', where: 'true' };
  const people = 'cross join lateral (select p.time_zone from person as p where p.id = d.person_id offset 0) as p';
  return { from: `day_start as s ${dates} ${people}`, at: 's.at', person: 'd.person_id', where: 'array_position(s.zones, p.time_zone) is not null' };
}

/**
 * What {@link nextDay} reads: no later than the next day begins anywhere, or an hour early where clocks change that day. Clocks that go back soon
 * after midnight (St. John's did at 00:01) begin the day before once more: while that can happen, every minute is looked at.
 */
export const nextDays = (after: string): string => `with recursive ${ZONES},
    next_day as materialized (
      select min(c.at) as at from ${ZONE}
        cross join lateral (values (${after}), (${after} + interval '1 day')) as m (at)
        cross join lateral (select ${after} at time zone k.name as now, (m.at at time zone k.name) - (m.at at time zone 'UTC') as east) as l
        cross join lateral (
          select (l.now::date + 1 - l.east) at time zone 'UTC' as at
          union all
          select date_trunc('minute', ${after}) + interval '1 minute' where (${after} at time zone 'UTC' + l.east)::date < l.now::date) as c
       where c.at > ${after})
  `;

/** The moment at which to look again for an edge; null while nobody has such a date. */
export const nextDay = (edge: Edge, values: SqlValues): string => `select (select n.at from next_day as n where exists (select 1 from person_date as d where d.key = ${values.bind(edge.key, 'text')})) as at`;

/** How many anniversaries of one person are looked ahead. */
const YEARS = 3;

/**
 * The next boundaries of one person: the days around each anniversary, as zones may have it a day earlier or later.
 *
 * @param person SQL of their id
 */
export function personDays(edge: Edge, values: SqlValues, person: string, after: string): string {
  const offset = values.bind(edge.offset, 'int');
  const zone = edge.source === 'workspace_calendar' ? WORKSPACE : `segment_zone(p.time_zone, ${WORKSPACE})`;
  return `
    select s.at from person_date as d join person as p on p.id = d.person_id
      cross join generate_series(-1, 1) as n (days) cross join generate_series(0, ${YEARS}) as y (years)
      cross join lateral (select segment_anniversary((d.at at time zone 'UTC')::date + n.days, ((${after} at time zone 'UTC')::date + ${offset} - 2 + make_interval(years => y.years))::date) - ${offset} as day) as a
      cross join lateral segment_day_starts(${zone}, greatest(${after}, (a.day - 2)::timestamp at time zone 'UTC'), (a.day + 2)::timestamp at time zone 'UTC') as s
     where d.person_id = ${person} and d.key = ${values.bind(edge.key, 'text')} and s.day = a.day`;
}
