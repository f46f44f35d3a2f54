import type { AttributeCondition, EventCondition, PropertyFilter } from '../../contract/segment.js';
import { AppError } from '../../kernel/errors.js';
import { builtIn, columnOperand, jsonOperand, withInstant, type Frame } from './operands.js';
import { conditionSql, findOperator, windowSeconds, type Operand, type Operator } from './operators.js';
import type { Leaf, Resolved } from './resolved.js';
import { SqlValues, type Compiled } from './sql-values.js';

/** The moment a question is about, and the workspace's zone for people without one. */
export interface Moment {
  now: Date;
  timeZone: string;
}

/** What the set question gives back. */
export type SetAnswer = 'people' | 'count' | { sample: number };

/**
 * Question 1: everybody who matches. Each leaf that looks beside the person is joined as one grouped set, so the plan is
 * made of hash joins over what matches, whatever the tree; conditions at the top turn into inner and anti joins.
 */
export function compileSet(tree: Resolved, moment: Moment, answer: SetAnswer = 'people'): Compiled {
  const values = new SqlValues();
  const compiler = new SetCompiler(values, frameOf(values, moment));
  const alone = compiler.alone(tree);
  const where = alone === null ? compiler.condition(tree) : '';
  const select = answer === 'count' ? 'count(*)::int as count' : `${alone === null ? 'p.id' : 'r.person_id'} as person_id`;
  const limit = typeof answer === 'object' ? ` limit ${values.bind(answer.sample, 'int')}` : '';
  if (alone !== null) return { text: `select ${select} from ${alone} as r${limit}`, values: values.list };
  return { text: `select ${select} from person as p${compiler.joins.map((join) => `\n  left join ${join}`).join('')}\n where ${where}${limit}`, values: values.list };
}

/** Question 2: which of these people match. Every leaf is an index look-up for the people named. */
export function compileSome(tree: Resolved, personIds: readonly string[], moment: Moment): Compiled {
  const values = new SqlValues();
  const compiler = new LookupCompiler(values, frameOf(values, moment));
  const where = compiler.condition(tree);
  return { text: `select p.id as person_id from person as p\n where p.id = any(${values.bind(personIds, 'uuid[]')}) and ${where}`, values: values.list };
}

/** Question 2 at a moment of its own for each person; `moments[i]` belongs to `personIds[i]` (texts keep microseconds). */
export function compileMoments(tree: Resolved, personIds: readonly string[], moments: readonly string[], timeZone: string): Compiled {
  const values = new SqlValues();
  const compiler = new LookupCompiler(values, { now: 'q.at', get zone() { return values.bind(timeZone, 'text'); } });
  const where = compiler.condition(tree);
  const pairs = `unnest(${values.bind(personIds, 'uuid[]')}, ${values.bind(moments, 'timestamptz[]')}) with ordinality as q (person_id, at, place)`;
  return { text: `select q.place::int as place, ${where} as truth from ${pairs} join person as p on p.id = q.person_id\n order by q.place`, values: values.list };
}

/** Bound when read: PostgreSQL refuses a parameter that its statement does not use. */
const frameOf = (values: SqlValues, moment: Moment): Frame => ({
  get now() { return values.bind(moment.now, 'timestamptz'); },
  get zone() { return values.bind(moment.timeZone, 'text'); },
});

/** The operator of a checked definition; one that is unknown here was never checked. */
export function operatorOf(key: string): Operator {
  const operator = findOperator(key);
  if (!operator) throw new AppError('segment.unknown-operator', `There is no operator "${key}".`);
  return operator;
}

/** Whether a person without any such event satisfies the count, and the count's condition as SQL. */
export function countRule(count: EventCondition['count']): { atZero: boolean; sql(counted: string, bind: (value: unknown, type: string) => string): string } {
  const { op, value, to = value } = count;
  const compare = { at_least: '>=', at_most: '<=', exactly: '=', more_than: '>', less_than: '<' } as const;
  if (op === 'between') return { atZero: value <= 0 && to >= 0, sql: (counted, bind) => `(${counted} >= ${bind(value, 'bigint')} and ${counted} <= ${bind(to, 'bigint')})` };
  const atZero = { at_least: value <= 0, at_most: value >= 0, exactly: value === 0, more_than: value < 0, less_than: value > 0 }[op];
  return { atZero, sql: (counted, bind) => `${counted} ${compare[op]} ${bind(value, 'bigint')}` };
}

/** Whether only "any" and "none" matter, so that nothing needs counting. */
function asksExistence({ op, value }: EventCondition['count']): boolean {
  return (op === 'at_least' && value === 1) || (op === 'more_than' && value === 0) || (op === 'exactly' && value === 0) || (op === 'at_most' && value === 0) || (op === 'less_than' && value === 1);
}

/** E-mail addresses are compared in lower case, as the column is. */
const lowered = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : value);

abstract class Compiler {
  protected readonly bind = (value: unknown, type: string): string => this.values.bind(value, type);

  constructor(private readonly values: SqlValues, protected readonly frame: Frame) {}

  /** The tree as one two-valued SQL condition over `p`. */
  condition(node: Resolved): string {
    switch (node.type) {
      case 'all': return `(${node.of.map((child) => this.condition(child)).join(' and ')})`;
      case 'any': return `(${node.of.map((child) => this.condition(child)).join(' or ')})`;
      case 'not': return `(not ${this.condition(node.of)})`;
      case 'segment': return node.op === 'in' ? this.condition(node.of) : `(not ${this.condition(node.of)})`;
      default: return this.leaf(node);
    }
  }

  protected abstract events(node: EventCondition): string;
  protected abstract tag(tag: string): string;
  /** SQL of the instant stored under a key of `person_date`. */
  protected abstract storedDate(key: string): string;

  protected leaf(node: Leaf): string {
    if (node.type === 'event') return this.events(node);
    if (node.type === 'tag') return node.op === 'has' ? this.tag(node.tag) : `(not ${this.tag(node.tag)})`;
    const operator = operatorOf(node.op);
    return conditionSql(operator, this.attribute(node, operator), node.key === '$email' ? lowered(node.value) : node.value, this.bind);
  }

  attribute(node: AttributeCondition, operator: Operator): Operand {
    const column = builtIn(node.key);
    if (column) return columnOperand(column, this.frame);
    const json = jsonOperand('p.attributes', node.key, this.frame, this.bind);
    return operator.group === 'date' && !node.key.includes('.') ? withInstant(json, this.storedDate(node.key), this.frame) : json;
  }

  /** Conditions on one event `e`: its name, the window (now - window, now], its properties. */
  eventFilter(node: EventCondition): string {
    const start = node.within ? [`e.occurred_at > ${this.frame.now} - ${this.bind(windowSeconds(node.within), 'int')} * interval '1 second'`] : [];
    return [`e.name = ${this.bind(node.event, 'text')}`, ...start, `e.occurred_at <= ${this.frame.now}`, ...(node.where ?? []).map((filter) => this.property(filter))].join(' and ');
  }

  private property(filter: PropertyFilter): string {
    return conditionSql(operatorOf(filter.op), jsonOperand('e.properties', filter.property, this.frame, this.bind), filter.value, this.bind);
  }
}

class SetCompiler extends Compiler {
  readonly joins: string[] = [];
  private readonly aliases = new Map<string, string>();

  /**
   * The people of a tree that is nothing but "has done" one event, or null: nothing reads the person, and whoever has an
   * event exists, because events go with their person in one transaction.
   */
  alone(node: Resolved): string | null {
    if (node.type === 'segment') return node.op === 'in' ? this.alone(node.of) : null;
    if ((node.type === 'all' || node.type === 'any') && node.of.length === 1) return this.alone(node.of[0]!);
    return node.type === 'event' && !countRule(node.count).atZero ? this.doers(node) : null;
  }

  /** Whoever differs from a person without such events. */
  private doers(node: EventCondition): string {
    return `(select e.person_id from event as e where ${this.eventFilter(node)} group by e.person_id${this.having(node)})`;
  }

  protected events(node: EventCondition): string {
    const rule = countRule(node.count);
    const alias = this.join('r', this.doers(node), '');
    return rule.atZero ? `(${alias}.person_id is null)` : `(${alias}.person_id is not null)`;
  }

  /** The joined set is whoever differs from a person without such events, so that it stays small. */
  private having(node: EventCondition): string {
    if (asksExistence(node.count)) return '';
    const rule = countRule(node.count);
    const counted = rule.sql('count(*)', this.bind);
    return ` having ${rule.atZero ? `not (${counted})` : counted}`;
  }

  protected tag(tag: string): string {
    return `(${this.join('t', 'person_tag', `tag = ${this.bind(tag, 'text')}`)}.person_id is not null)`;
  }

  protected storedDate(key: string): string {
    return `${this.join('d', 'person_date', `key = ${this.bind(key, 'text')}`)}.at`;
  }

  /** Joins a set that has at most one row a person; the same set is joined once. */
  private join(letter: string, source: string, on: string): string {
    const key = `${source} ${on}`;
    const known = this.aliases.get(key);
    if (known) return known;
    const alias = `${letter}${this.aliases.size}`;
    this.aliases.set(key, alias);
    this.joins.push(`${source} as ${alias} on ${alias}.person_id = p.id${on === '' ? '' : ` and ${alias}.${on}`}`);
    return alias;
  }
}

/** Reads what stands beside the person by index, one look-up a leaf. */
export class LookupCompiler extends Compiler {
  protected events(node: EventCondition): string {
    if (asksExistence(node.count)) return `(${countRule(node.count).atZero ? 'not ' : ''}exists (select 1 from event as e where e.person_id = p.id and ${this.eventFilter(node)}))`;
    return `(${countRule(node.count).sql(this.counted(node), this.bind)})`;
  }

  /** SQL that counts the person's events of a leaf. */
  counted(node: EventCondition): string {
    return `(select count(*) from event as e where e.person_id = p.id and ${this.eventFilter(node)})`;
  }

  protected tag(tag: string): string {
    return `(exists (select 1 from person_tag as t where t.person_id = p.id and t.tag = ${this.bind(tag, 'text')}))`;
  }

  protected storedDate(key: string): string {
    return `(select d.at from person_date as d where d.person_id = p.id and d.key = ${this.bind(key, 'text')})`;
  }

  /** SQL (jsonb) of what a leaf compares: the value, the instant, the number of events, whether the tag is set. */
  compared(node: Leaf): string {
    if (node.type === 'event') return `to_jsonb(${this.counted(node)})`;
    if (node.type === 'tag') return `to_jsonb(${this.tag(node.tag)})`;
    const operator = operatorOf(node.op);
    const column = builtIn(node.key);
    if (column) return `to_jsonb(${column.sql})`;
    if (operator.group === 'date') return `to_jsonb(${this.attribute(node, operator).instant()})`;
    const key = this.bind(node.key, 'text');
    return node.key.includes('.') ? `coalesce(p.attributes -> ${key}, p.attributes #> ${this.bind(node.key.split('.'), 'text[]')})` : `(p.attributes -> ${key})`;
  }
}
