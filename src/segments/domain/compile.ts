import { startOfDay } from '../../kernel/local-time.js';
import { kindOf } from './leaves/leaf-kinds.js';
import type { Exceptions, Frame, Query } from './leaves/leaf.js';
import { isLeaf, type Leaf, type Resolved } from './resolved.js';
import { SqlValues, type Compiled } from './sql-values.js';

/** The moment a question is about, and the workspace's zone for people without one. */
export interface Moment {
  now: Date;
  timeZone: string;
}

/** What the set question gives back. */
export type SetAnswer = 'people' | 'count' | { sample: number };

/**
 * Question 1: everybody who matches. Conditions at the top become semi and anti joins, as one would write them by hand;
 * deeper ones are joined as grouped sets, so that the plan is made of hash joins over what matches, whatever the tree.
 */
export function compileSet(tree: Resolved, moment: Moment, answer: SetAnswer = 'people'): Compiled {
  const values = new SqlValues();
  const compiler = new SetCompiler(queryOf(values, moment));
  const alone = compiler.alone(tree);
  const where = alone === null ? compiler.conjunct(tree, true) : '';
  const select = answer === 'count' ? 'count(*)::int as count' : `${alone === null ? 'p.id' : 'r.person_id'} as person_id`;
  const limit = typeof answer === 'object' ? ` limit ${values.bind(answer.sample, 'int')}` : '';
  if (alone !== null) return { text: `select ${select} from ${alone} as r${limit}`, values: values.list };
  return { text: `select ${select} from person as p${compiler.joins.map((join) => `\n  left join ${join}`).join('')}\n where ${where}${limit}`, values: values.list };
}

/** Question 2: which of these people match. Every leaf is an index look-up for the people named. */
export function compileSome(tree: Resolved, personIds: readonly string[], moment: Moment): Compiled {
  const values = new SqlValues();
  const where = lookupSql(tree, queryOf(values, moment));
  return { text: `select p.id as person_id from person as p\n where p.id = any(${values.bind(personIds, 'uuid[]')}) and ${where}`, values: values.list };
}

/** Question 2 for several definitions at once: a row a person, `truths` has a 0 or 1 for each of `trees`. */
export function compileTruths(trees: readonly Resolved[], personIds: readonly string[], moment: Moment): Compiled {
  const values = new SqlValues();
  const query = queryOf(values, moment);
  const truths = trees.map((tree) => `case when ${lookupSql(tree, query)} then '1' else '0' end`);
  return { text: `select p.id as person_id, concat(${truths.join(', ')}) as truths from person as p\n where p.id = any(${values.bind(personIds, 'uuid[]')})`, values: values.list };
}

/** A definition (its place among those asked), a person, and the moment of the question (as text, which keeps microseconds). */
export interface MomentQuestion { tree: number; personId: string; at: string }

/** Question 2 at a moment of its own for each person; `place` counts the questions from 1. */
export function compileMoments(trees: readonly Resolved[], questions: readonly MomentQuestion[], timeZone: string): Compiled {
  const values = new SqlValues();
  const query = queryAt('q.at', values, timeZone);
  const truths = trees.map((tree, index) => `when ${index} then ${lookupSql(tree, query)}`);
  const asked = [values.bind(questions.map(({ tree }) => tree), 'int[]'), values.bind(questions.map(({ personId }) => personId), 'uuid[]'), values.bind(questions.map(({ at }) => at), 'timestamptz[]')];
  return { text: `select q.place::int as place, case q.tree ${truths.join('\n ')} end as truth from unnest(${asked.join(', ')}) with ordinality as q (tree, person_id, at, place) join person as p on p.id = q.person_id\n order by q.place`, values: values.list };
}

/** Bound when read: PostgreSQL refuses a parameter that its statement does not use. */
const queryOf = (values: SqlValues, moment: Moment): Query => {
  const frame: Frame = { get now() { return values.bind(moment.now, 'timestamptz'); }, get zone() { return values.bind(moment.timeZone, 'text'); } };
  return { frame, ...valuesOf(values, moment.timeZone) };
};

const valuesOf = (values: SqlValues, timeZone: string): Pick<Query, 'bind' | 'startOfDay'> => ({ bind: (value, type) => values.bind(value, type), startOfDay: (day) => startOfDay(day, timeZone) });

/** A question whose moment is a column of the statement. */
export const queryAt = (now: string, values: SqlValues, timeZone: string, asOf = false): Query => ({ frame: { now, get zone() { return values.bind(timeZone, 'text'); }, asOf }, ...valuesOf(values, timeZone) });

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

const rowsOf = ({ person, from, where }: Exceptions): string => `select ${person} as person_id from ${from} where ${where}`;
/** One row a person. */
const grouped = (exceptions: Exceptions): string => `(${rowsOf(exceptions)} group by ${exceptions.person}${exceptions.having === undefined ? '' : ` having ${exceptions.having}`})`;

class SetCompiler {
  readonly joins: string[] = [];
  private readonly aliases = new Map<string, string>();

  constructor(private readonly query: Query) {}

  /** The people of a tree that is nothing but one set of rows, or null: then the table of people need not be read. */
  alone(node: Resolved): string | null {
    if (node.type === 'segment') return node.op === 'in' ? this.alone(node.of) : null;
    if ((node.type === 'all' || node.type === 'any') && node.of.length === 1) return this.alone(node.of[0]!);
    if (!isLeaf(node) || kindOf(node).unknown(node)) return null;
    const exceptions = kindOf(node).exceptions(node, this.query);
    return exceptions?.ownedByPerson ? grouped(exceptions) : null;
  }

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
    const people = exceptions.having === undefined ? `(${rowsOf(exceptions)})` : grouped(exceptions);
    return `${kind.unknown(leaf) === wanted ? 'not ' : ''}exists (select 1 from ${people} as r where r.person_id = p.id)`;
  }

  private nested(node: Resolved): string {
    return treeSql(node, (leaf) => {
      const kind = kindOf(leaf);
      const exceptions = kind.exceptions(leaf, this.query);
      if (!exceptions) return kind.lookup(leaf, this.query);
      return `(${this.join(grouped(exceptions))}.person_id is ${kind.unknown(leaf) ? '' : 'not '}null)`;
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
