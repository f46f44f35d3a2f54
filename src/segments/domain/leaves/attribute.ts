import type { AttributeCondition } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { MAX_DATE_PATH } from '../../../people/domain/derived.js';
import { builtIn, BUILT_IN_KEYS, columnOperand, inZone, jsonOperand, withInstant } from '../operands.js';
import { conditionSql, findOperator, followsCalendar, operatorOf, OPERATORS, readsDays, readsZone, type Operand, type Operator } from '../operators.js';
import { joinPath } from '../resolved.js';
import type { Edge, LeafKind, Query } from './leaf.js';
import { checkText, checkValue, checkZone, unknownOperator } from './values.js';

/** E-mail addresses are compared in lower case, as the column is. */
const lowered = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : value);
/** A pattern is left as it stands: `\D` is not `\d`. */
const wanted = (leaf: AttributeCondition): unknown => (leaf.key === '$email' && operatorOf(leaf.op).value !== 'pattern' ? lowered(leaf.value) : leaf.value);

/**
 * Dates are read from `person_date`, where they are parsed and indexed. It holds those inside objects up to a number and a
 * depth: only the operators that the clock moves need it for them.
 */
function isStoredDate(leaf: AttributeCondition): boolean {
  const operator = operatorOf(leaf.op);
  return operator.group === 'date' && !builtIn(leaf.key) && (operator.relative || !leaf.key.includes('.'));
}

function operandOf(leaf: AttributeCondition, { bind, ...query }: Query): Operand {
  const frame = inZone(query.frame, leaf.zone);
  const column = builtIn(leaf.key);
  if (column) return columnOperand(column, frame);
  const json = jsonOperand('p.attributes', leaf.key, frame, bind);
  return isStoredDate(leaf) ? withInstant(json, `(select d.at from person_date as d where d.person_id = p.id and d.key = ${bind(leaf.key, 'text')})`, frame) : json;
}

/** Compares what is known of a person. */
export const attributeLeaf: LeafKind<AttributeCondition> = {
  check: (leaf, path) => [...checkText(leaf.key, joinPath(path, 'key')), ...checkOperator(leaf, path)],
  lookup: (leaf, query) => conditionSql(operatorOf(leaf.op), operandOf(leaf, query), wanted(leaf), query.bind),
  exceptions(leaf, query) {
    if (!isStoredDate(leaf)) return null;
    const frame = inZone(query.frame, leaf.zone);
    const stored = withInstant(jsonOperand('p.attributes', leaf.key, frame, query.bind), 'd.at', frame);
    const from = readsDays(leaf) ? 'person_date as d join person as p on p.id = d.person_id' : 'person_date as d';
    return { person: 'd.person_id', from, where: `d.key = ${query.bind(leaf.key, 'text')} and ${conditionSql(operatorOf(leaf.op), stored, leaf.value, query.bind)}`, ownedByPerson: true };
  },
  compared(leaf, query) {
    const column = builtIn(leaf.key);
    if (column) return `to_jsonb(${column.sql})`;
    if (operatorOf(leaf.op).group === 'date') return `to_jsonb(${operandOf(leaf, query).instant()})`;
    const key = query.bind(leaf.key, 'text');
    return leaf.key.includes('.') ? `coalesce(p.attributes -> ${key}, p.attributes #> ${query.bind(leaf.key.split('.'), 'text[]')})` : `(p.attributes -> ${key})`;
  },
  edges(leaf) {
    const operator = operatorOf(leaf.op);
    return [
      ...operator.edges(leaf.value).map((offset): Edge => ({ source: builtIn(leaf.key) ? 'column' : 'date', key: leaf.key, offset })),
      ...operator.days(leaf.value).map((offset): Edge => ({ source: leaf.zone === 'workspace' ? 'workspace_calendar' : 'calendar', key: leaf.key, offset })),
    ];
  },
  reads: (leaf) => [leaf.key, leaf.key.split('.')[0]!, ...(readsZone(leaf) ? ['$time_zone'] : [])].map((key) => `attribute:${key}`),
  unknown: (leaf) => operatorOf(leaf.op).missing === 'match',
};

function checkOperator(leaf: AttributeCondition, path: string): Problem[] {
  const operator = findOperator(leaf.op);
  if (!operator) return [unknownOperator(leaf.op, path)];
  const column = builtIn(leaf.key);
  if (leaf.key.startsWith('$') && !column) return [{ path: joinPath(path, 'key'), code: 'segment.unknown-attribute', message: `There is no built-in attribute "${leaf.key}". Known: ${BUILT_IN_KEYS.join(', ')}.` }];
  if (column && !fits(operator, column.reading)) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${leaf.key}" is a ${column.reading}; "${leaf.op}" does not apply to it. Known: ${keysOf(['any', column.reading]).join(', ')}.` }];
  if (followsCalendar(operator) && column && leaf.key !== '$signed_up_at') return [{ path: joinPath(path, 'key'), code: 'segment.operator-type', message: `"${leaf.op}" needs a date that stays the same; "${leaf.key}" moves with what people do. Use "$signed_up_at" or an attribute.` }];
  if (operator.relative && leaf.key.split('.').length > MAX_DATE_PATH) return [{ path: joinPath(path, 'key'), code: 'segment.operator-type', message: `"${leaf.op}" follows dates down to ${MAX_DATE_PATH} names deep; "${leaf.key}" has more. Keep the date nearer to the top.` }];
  return [...checkValue(operator, leaf, path), ...checkZone(leaf, path)];
}

const fits = (operator: Operator, reading: string): boolean => operator.group === 'any' || operator.group === reading;
const keysOf = (groups: readonly string[]): string[] => OPERATORS.filter((operator) => groups.includes(operator.group)).map((operator) => operator.key);
