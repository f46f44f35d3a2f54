import { builtIn } from './operands.js';
import { countRule, operatorOf } from './compile.js';
import { windowSeconds } from './operators.js';
import { leavesOf, type Leaf, type Resolved } from './resolved.js';
import { SqlValues, type Compiled } from './sql-values.js';

/**
 * Where time alone can change an answer: at `instant + offset` of every row of a source. All answers are steps that hold
 * from their boundary on, so the truth at a boundary is the truth just after it.
 */
export interface Edge {
  source: 'column' | 'date' | 'event';
  /** Built-in key, key of person_date, or event name. */
  key: string;
  /** Seconds. */
  offset: number;
}

/** The edges of a definition, each once; empty when only data changes it. */
export function edgesOf(tree: Resolved): Edge[] {
  const edges = new Map<string, Edge>();
  for (const edge of leavesOf(tree).flatMap(leafEdges)) edges.set(`${edge.source} ${edge.offset} ${edge.key}`, edge);
  return [...edges.values()];
}

function leafEdges(leaf: Leaf): Edge[] {
  if (leaf.type === 'event') return [0, ...(leaf.within ? [windowSeconds(leaf.within)] : [])].map((offset) => ({ source: 'event' as const, key: leaf.event, offset }));
  if (leaf.type !== 'attribute') return [];
  const source = builtIn(leaf.key) ? ('column' as const) : ('date' as const);
  return operatorOf(leaf.op).edges(leaf.value).map((offset) => ({ source, key: leaf.key, offset }));
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

/** What a definition reads: a change that meets none of it cannot change the answer. */
export interface Dependencies {
  /** Any change of a person may matter. */
  any: boolean;
  attributes: ReadonlySet<string>;
  events: ReadonlySet<string>;
  tags: ReadonlySet<string>;
}

/**
 * A definition that a person of whom nothing is known satisfies depends on everything: somebody new matches without
 * touching any key. So do built-in values, which move with every event.
 */
export function dependenciesOf(tree: Resolved): Dependencies {
  const leaves = leavesOf(tree);
  const keys = leaves.flatMap((leaf) => (leaf.type === 'attribute' ? [leaf.key] : []));
  return {
    any: keys.some((key) => key.startsWith('$')) || leaves.some(readsZone) || matchesUnknownPerson(tree),
    attributes: new Set(keys.flatMap((key) => [key, key.split('.')[0]!])),
    events: new Set(leaves.flatMap((leaf) => (leaf.type === 'event' ? [leaf.event] : []))),
    tags: new Set(leaves.flatMap((leaf) => (leaf.type === 'tag' ? [leaf.tag] : []))),
  };
}

/** Calendar days are days in the person's zone, which may change. */
function readsZone(leaf: Leaf): boolean {
  const compared = leaf.type === 'attribute' ? [leaf] : leaf.type === 'event' ? (leaf.where ?? []) : [];
  return compared.some(({ op, value }) => ['on', 'before', 'after'].includes(op) && typeof value === 'string' && value.length === 10);
}

function matchesUnknownPerson(tree: Resolved): boolean {
  switch (tree.type) {
    case 'all': return tree.of.every(matchesUnknownPerson);
    case 'any': return tree.of.some(matchesUnknownPerson);
    case 'not': return !matchesUnknownPerson(tree.of);
    case 'segment': return matchesUnknownPerson(tree.of) === (tree.op === 'in');
    case 'event': return countRule(tree.count).atZero;
    case 'tag': return tree.op === 'has_not';
    default: return operatorOf(tree.op).missing === 'match';
  }
}
