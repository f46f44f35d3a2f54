import { startOfDay } from '../../kernel/local-time.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Exceptions, Frame, Query } from './leaves/leaf.js';
import { isLeaf, leavesOf, type Leaf, type Resolved } from './resolved.js';
import { SqlValues, type Compiled } from './sql-values.js';

/** The moment a question is about, and the workspace's zone for people without one. */
export interface Moment {
  now: Date;
  timeZone: string;
}

/** What the set question gives back. */
export type SetAnswer = 'people' | 'count' | { sample: number };

/**
 * Question 1: everybody who matches. Conditions at the top become semi and anti joins, or a union of sets, as one would write
 * them by hand; deeper ones are joined as grouped sets, so that the plan is made of hash joins over what matches, whatever the
 * tree.
 */
export function compileSet(tree: Resolved, moment: Moment, answer: SetAnswer = 'people'): Compiled {
  const values = new SqlValues();
  const people = everybody(tree, queryOf(values, moment));
  const limit = typeof answer === 'object' ? ` limit ${values.bind(answer.sample, 'int')}` : '';
  return { text: `select ${answer === 'count' ? 'count(*)::int as count' : 'r.person_id'} from (${people}) as r${limit}`, values: values.list };
}

/**
 * The rows of people by their ids, one after the other by the primary key: left to itself PostgreSQL reads the whole table for
 * a few thousand of them.
 */
const personOf = (id: string): string => `cross join lateral (select s.* from person as s where s.id = ${id} offset 0) as p`;
const named = (personIds: readonly string[], values: SqlValues): string => `unnest(${values.bind(personIds, 'uuid[]')}) as asked (id) ${personOf('asked.id')}`;

/** Question 2: which of these people match. Every leaf is an index look-up for the people named. */
export function compileSome(tree: Resolved, personIds: readonly string[], moment: Moment): Compiled {
  const values = new SqlValues();
  const where = lookupSql(tree, queryOf(values, moment));
  return { text: `select p.id as person_id from ${named(personIds, values)}\n where ${where}`, values: values.list };
}

/** How many values a definition binds, about: people and moment included. Several definitions of one statement share equal ones. */
export const valuesIn = (tree: Resolved): number => compileSome(tree, [], { now: new Date(0), timeZone: 'UTC' }).values.length;

/** Question 2 for several definitions at once: a row a person, `truths` has a 0 or 1 for each of `trees`. */
export function compileTruths(trees: readonly Resolved[], personIds: readonly string[], moment: Moment): Compiled {
  const values = new SqlValues();
  const query = queryOf(values, moment);
  const truths = trees.map((tree) => `case when ${lookupSql(tree, query)} then '1' else '0' end`);
  return { text: `select p.id as person_id, concat(${truths.join(', ')}) as truths from ${named(personIds, values)}`, values: values.list };
}

/** A definition (its place among those asked), a person, and the moment of the question (as text, which keeps microseconds). */
export interface MomentQuestion { tree: number; personId: string; at: string }

/** Question 2 at a moment of its own for each person; `place` counts the questions from 1. */
export function compileMoments(trees: readonly Resolved[], questions: readonly MomentQuestion[], timeZone: string): Compiled {
  const values = new SqlValues();
  const query = queryAt('q.at', values, timeZone);
  const truths = trees.map((tree, index) => `when ${index} then ${lookupSql(tree, query)}`);
  const asked = [values.bind(questions.map(({ tree }) => tree), 'int[]'), values.bind(questions.map(({ personId }) => personId), 'uuid[]'), values.bind(questions.map(({ at }) => at), 'timestamptz[]')];
  return { text: `select q.place::int as place, case q.tree ${truths.join('\n ')} end as truth from unnest(${asked.join(', ')}) with ordinality as q (tree, person_id, at, place) ${personOf('q.person_id')}\n order by q.place`, values: values.list };
}

/** Bound when read: PostgreSQL refuses a parameter that its statement does not use. */
const queryOf = (values: SqlValues, moment: Moment): Query => {
  const frame: Frame = { get now() { return values.bind(moment.now, 'timestamptz'); }, get zone() { return values.bind(moment.timeZone, 'text'); } };
  return { frame, ...valuesOf(values, moment.timeZone) };
};

const valuesOf = (values: SqlValues, timeZone: string): Pick<Query, 'bind' | 'startOfDay'> => ({ bind: (value, type) => values.bind(value, type), startOfDay: (day) => startOfDay(day, timeZone) });

/** A question whose moment is a column of the statement. */
export const queryAt = (now: string, values: SqlValues, timeZone: string): Query => ({ frame: { now, get zone() { return values.bind(timeZone, 'text'); } }, ...valuesOf(values, timeZone) });

/** The tree as one two-valued SQL condition over `p`, every leaf by `leaf`. */
function treeSql(node: Resolved, leaf: (leaf: Leaf) => string): string {
  switch (node.type) {
    case 'all': return `(${node.of.map((child) => treeSql(child, leaf)).join(' and ')})`;
    case 'any': return `(${node.of.map((child) => treeSql(child, leaf)).join(' or ')})`;
    case 'not': return `(not ${treeSql(node.of, leaf)})`;
    case 'segment': return node.op === 'in' ? treeSql(node.of, leaf) : `(not ${treeSql(node.of, leaf)})`;
    default: return leaf(node);
  }
}

/** The tree over `p` with every leaf read by index for that person alone. */
export const lookupSql = (tree: Resolved, query: Query): string => treeSql(tree, (leaf) => kindOf(leaf).lookup(leaf, query));

/** A set of people: each as often as the rows have him, or once. */
const rowsOf = ({ person, from, where }: Exceptions): string => `select ${person} as person_id from ${from} where ${where}`;
const grouped = (exceptions: Exceptions): string => `${rowsOf(exceptions)} group by ${exceptions.person}${exceptions.having === undefined ? '' : ` having ${exceptions.having}`}`;
const setOf = (exceptions: Exceptions): string => (exceptions.having === undefined ? rowsOf(exceptions) : grouped(exceptions));

/** SQL of the people of a tree, each once. */
function everybody(tree: Resolved, query: Query): string {
  const node = unwrapped(tree);
  const alone = rowsAlone(node, query);
  if (alone) return grouped(alone);
  const united = node.type === 'any' ? union(node.of.map(unwrapped), query) : null;
  if (united) return united;
  const compiler = new SetCompiler(query);
  const where = compiler.conjunct(node, true);
  return `select p.id as person_id from person as p${compiler.joins.map((join) => `\n  left join ${join}`).join('')}\n where ${where}`;
}

/** A group of one is what it holds. */
function unwrapped(node: Resolved): Resolved {
  if (node.type === 'segment') return node.op === 'in' ? unwrapped(node.of) : node;
  return (node.type === 'all' || node.type === 'any') && node.of.length === 1 ? unwrapped(node.of[0]!) : node;
}

/** The rows of a tree that is nothing but one set of them: then the table of people need not be read. */
function rowsAlone(node: Resolved, query: Query): Exceptions | null {
  if (!isLeaf(node) || kindOf(node).unknown(node)) return null;
  const exceptions = kindOf(node).exceptions(node, query);
  return exceptions?.ownedByPerson ? exceptions : null;
}

/** "Any" of sets of rows, and of conditions on the person's own row, which are asked in one reading; null when there is more to it. */
function union(children: readonly Resolved[], query: Query): string | null {
  const sets = children.map((child) => rowsAlone(child, query));
  const own = children.filter((_, index) => sets[index] === null);
  if (own.length === children.length || own.some((child) => leavesOf(child).some((leaf) => kindOf(leaf).exceptions(leaf, query) !== null))) return null;
  const parts = sets.flatMap((set) => (set ? [setOf(set)] : []));
  if (own.length > 0) parts.unshift(`select p.id as person_id from person as p where ${own.map((child) => lookupSql(child, query)).join(' or ')}`);
  return parts.length === 1 ? `select distinct u.person_id from (${parts[0]}) as u` : parts.join('\n union ');
}

class SetCompiler {
  readonly joins: string[] = [];
  private readonly aliases = new Map<string, string>();

  constructor(private readonly query: Query) {}

  /** A condition that everybody found must satisfy (or, with `wanted` false, must not). */
  conjunct(node: Resolved, wanted: boolean): string {
    if (node.type === 'not') return this.conjunct(node.of, !wanted);
    if (node.type === 'segment') return this.conjunct(node.of, wanted === (node.op === 'in'));
    if (isLeaf(node)) return this.leaf(node, wanted);
    if (node.type === (wanted ? 'all' : 'any')) return node.of.map((child) => this.conjunct(child, wanted)).join(' and ');
    return `${wanted ? '' : 'not '}${this.nested(node)}`;
  }

  private leaf(leaf: Leaf, wanted: boolean): string {
    const kind = kindOf(leaf);
    const exceptions = kind.exceptions(leaf, this.query);
    if (!exceptions) return `${wanted ? '' : 'not '}${kind.lookup(leaf, this.query)}`;
    return `${kind.unknown(leaf) === wanted ? 'not ' : ''}exists (select 1 from (${setOf(exceptions)}) as r where r.person_id = p.id)`;
  }

  private nested(node: Resolved): string {
    return treeSql(node, (leaf) => {
      const kind = kindOf(leaf);
      const exceptions = kind.exceptions(leaf, this.query);
      if (!exceptions) return kind.lookup(leaf, this.query);
      return `(${this.join(`(${grouped(exceptions)})`)}.person_id is ${kind.unknown(leaf) ? '' : 'not '}null)`;
    });
  }

  /** Joins a set that has at most one row a person; the same set is joined once. */
  private join(source: string): string {
    const known = this.aliases.get(source);
    if (known) return known;
    const alias = `r${this.aliases.size}`;
    this.aliases.set(source, alias);
    this.joins.push(`${source} as ${alias} on ${alias}.person_id = p.id`);
    return alias;
  }
}
