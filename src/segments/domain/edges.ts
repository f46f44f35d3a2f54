import { builtIn } from './operands.js';
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

function sourceOf(edge: Edge, values: SqlValues): Source {
  if (edge.source === 'event') return { from: 'event as e', person: 'e.person_id', at: 'e.occurred_at', only: `e.name = ${values.bind(edge.key, 'text')} and ` };
  if (edge.source === 'date') return { from: 'person_date as d', person: 'd.person_id', at: 'd.at', only: `d.key = ${values.bind(edge.key, 'text')} and ` };
  return { from: 'person as p', person: 'p.id', at: builtIn(edge.key)!.sql, only: '' };
}

const shifted = (date: Date, seconds: number) => new Date(date.getTime() - seconds * 1000);
const offsetSql = (edge: Edge, values: SqlValues) => (edge.offset === 0 ? '' : ` + ${values.bind(edge.offset, 'int')} * interval '1 second'`);

/**
 * Question 4: the people, and their boundaries, between two moments (from, to], by index ranges only, in time order.
 * `at` is text, so that it keeps microseconds.
 */
export function compileFrontier(edges: readonly Edge[], from: Date, to: Date, limit: number): Compiled {
  const values = new SqlValues();
  const parts = edges.map((edge) => {
    const { from: table, person, at, only } = sourceOf(edge, values);
    return `select ${person} as person_id, ${at}${offsetSql(edge, values)} as at from ${table} where ${only}${at} > ${values.bind(shifted(from, edge.offset), 'timestamptz')} and ${at} <= ${values.bind(shifted(to, edge.offset), 'timestamptz')}`;
  });
  return { text: `select f.person_id, f.at::text as at from (${parts.join('\n union ')}) as f order by f.at, f.person_id limit ${values.bind(limit, 'int')}`, values: values.list };
}

/** The boundaries of one person after a moment, earliest first. */
export function compilePersonBoundaries(edges: readonly Edge[], personId: string, after: Date, limit: number): Compiled {
  const values = new SqlValues();
  const parts = edges.map((edge) => {
    const { from: table, person, at, only } = sourceOf(edge, values);
    return `(select ${at}${offsetSql(edge, values)} as at from ${table} where ${only}${person} = ${values.bind(personId, 'uuid')} and ${at} > ${values.bind(shifted(after, edge.offset), 'timestamptz')} order by ${at} limit ${values.bind(limit, 'int')})`;
  });
  return { text: `select distinct f.at::text as at, f.at as instant from (${parts.join('\n union all ')}) as f order by f.at limit ${values.bind(limit, 'int')}`, values: values.list };
}

/** The earliest boundary of anybody after a moment: one index step an edge. */
export function compileNextBoundary(edges: readonly Edge[], after: Date): Compiled {
  const values = new SqlValues();
  const parts = edges.map((edge) => {
    const { from: table, at, only } = sourceOf(edge, values);
    return `select (select min(${at}) from ${table} where ${only}${at} > ${values.bind(shifted(after, edge.offset), 'timestamptz')})${offsetSql(edge, values)} as at`;
  });
  return { text: `select min(f.at) as at from (${parts.join('\n union all ')}) as f`, values: values.list };
}
