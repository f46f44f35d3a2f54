import type { PageCondition, UrlRule } from '../../../contract/segment-conditions.js';
import { hostOf, translatePattern } from '../url-pattern.js';
import { eventTime } from './event-rows.js';
import type { Query } from './leaf.js';

export const PAGE = '$page';
export const ENGAGED = '$page_engaged';

/** The name of the events a condition is about. */
export const pageEvent = ({ measure }: PageCondition): string => (measure === 'dwell' ? ENGAGED : PAGE);

/** How long nothing may be seen of a person before the next page view begins another visit. */
const VISIT_GAP = `interval '30 minutes'`;

/** What the page said of itself; `page` calls carry it as properties, other events in their context. */
const said = (key: string, event: string): string => `coalesce(${event}.properties ->> '${key}', ${event}.context #>> '{page,${key}}')`;
const location = (event: string): string => `page_location(${said('url', event)}, ${said('path', event)})`;
const search = (event: string): string => `page_search(${said('url', event)}, ${said('search', event)})`;
const utm = (part: string, event: string): string => `page_utm('${part}', ${event}.context, ${search(event)})`;
const click = (event: string): string => `page_click(${search(event)})`;

/** Conditions on one event `e`: its name, its time, and what the page view was like. Null is no match. */
export function pageFilter(leaf: PageCondition, query: Query): string {
  return [`e.name = '${pageEvent(leaf)}'`, ...eventTime(leaf, query), ...detailFilters(leaf, query), ...(leaf.measure === 'visits' ? [STARTS_VISIT] : [])].join(' and ');
}

function detailFilters({ url, referrer, utm: campaign = {}, device, language }: PageCondition, { bind }: Query): string[] {
  const filters = Object.entries(campaign).map(([part, values]) => `${utm(part, 'e')} = any(${bind(values, 'text[]')})`);
  if (device) filters.push(`page_device(e.context) = any(${bind(device, 'text[]')})`);
  if (language) filters.push(prefixed(`replace(lower(e.context ->> 'locale'), '_', '-') || '-'`, bind(language.map((prefix) => `${prefix.toLowerCase().replaceAll('_', '-')}-`), 'text[]')));
  if (referrer) filters.push(suffixed(`'.' || split_part(page_location(${said('referrer', 'e')}, null), '/', 1)`, bind(referrer.map((host) => `.${hostOf(host)}`), 'text[]')));
  if (url) filters.push(`(${url.map((rule) => ruleSql(rule, bind)).join(' or ')})`);
  return filters;
}

const prefixed = (text: string, prefixes: string): string => `exists (select 1 from unnest(${prefixes}) as f (one) where starts_with(${text}, f.one))`;
const suffixed = (text: string, suffixes: string): string => `exists (select 1 from unnest(${suffixes}) as f (one) where right(${text}, length(f.one)) = f.one)`;

function ruleSql(rule: UrlRule, bind: Query['bind']): string {
  const translated = translatePattern(rule);
  const matches = `${location('e')} ~ ${bind('postgres' in translated ? translated.postgres : '', 'text')}`;
  const parameters = (rule.query ?? []).map(({ key, value }) => `exists (select 1 from page_params(${search('e')}) as q where q.key = ${bind(key, 'text')}${value === undefined ? '' : ` and q.value = ${bind(value, 'text')}`})`);
  return `(${[matches, ...parameters].join(' and ')})`;
}

/** Whether `b` came before `e`; events of one instant have the order of their ids. */
const BEFORE = 'b.person_id = e.person_id and b.occurred_at <= e.occurred_at and (b.occurred_at, b.id) < (e.occurred_at, e.id)';

/**
 * Whether the page view `e` begins a visit: nothing was seen of the person in the 30 minutes before, or it came through a
 * campaign or an advertisement other than that of the page view before. Subqueries that stop at one row are always read by
 * index; as joins, somebody with many page views would be compared with himself.
 */
const STARTS_VISIT = `(${[
  `(select b.id from event as b where ${BEFORE} and b.occurred_at >= e.occurred_at - ${VISIT_GAP} and b.name = any('{${PAGE},${ENGAGED}}') limit 1) is null`,
  ...[(event: string) => utm('campaign', event), click].map((what) => `(${what('e')} is not null and ${what('e')} is distinct from (select ${what('b')} from event as b where ${BEFORE} and b.name = '${PAGE}' order by b.occurred_at desc, b.id desc limit 1))`),
].join(' or ')})`;

/** The first or last page view of a person, as a subquery of all columns; `person` is SQL. */
export function touched(touch: 'first' | 'last', person: string, columns: string, { frame }: Query): string {
  const order = touch === 'first' ? '' : ' desc';
  return `(select ${columns} from event as b where b.person_id = ${person} and b.name = '${PAGE}' and b.occurred_at <= ${frame.now} order by b.occurred_at${order}, b.id${order} limit 1)`;
}

/** Milliseconds of reading by visit of a page, each the largest report of it; `people` narrows whose. */
export function dwellByPage(leaf: PageCondition, query: Query, people = ''): string {
  const reported = `case when jsonb_typeof(e.properties -> 'dwell_ms') = 'number' then greatest((e.properties -> 'dwell_ms')::numeric, 0) end`;
  const page = `nullif(e.properties ->> 'pv', '')`;
  return `(select e.person_id, max(${reported}) as ms from event as e where ${people}${pageFilter(leaf, query)} group by e.person_id, ${page}, case when ${page} is null then e.id end)`;
}
