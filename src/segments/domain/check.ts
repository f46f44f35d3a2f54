import type { AttributeCondition, PropertyFilter, SegmentNode } from '../../contract/segment.js';
import type { Problem } from '../../kernel/errors.js';
import { builtIn, BUILT_IN_KEYS } from './operands.js';
import { findOperator, OPERATORS, type Operator, type ValueKind } from './operators.js';
import { joinPath } from './resolved.js';

const EXPECTED: Record<ValueKind, string> = {
  none: 'takes no value',
  text: 'needs a text, for example "pro"',
  text_list: 'needs a list of texts, for example ["pro", "team"]',
  number: 'needs a number, for example 10',
  number_pair: 'needs two numbers, the smaller first, for example [1, 10]',
  day: 'needs a day, for example "2026-03-01"',
  moment: 'needs a day or a date with time and offset, for example "2026-03-01" or "2026-03-01T09:00:00+09:00"',
  duration: 'needs a duration, for example {"days": 3}',
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether a text is a date of the calendar: 31 February is none. */
function isRealDate(text: string): boolean {
  const day = text.slice(0, 10);
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && Number(day.slice(0, 4)) > 0 && !Number.isNaN(Date.parse(text));
}

const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number') && (value[0] as number) <= (value[1] as number);

const FITS: Record<ValueKind, (value: unknown) => boolean> = {
  none: (value) => value === undefined,
  text: (value) => (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean',
  text_list: (value) => Array.isArray(value) && value.length > 0,
  number: (value) => typeof value === 'number',
  number_pair: isPair,
  day: (value) => typeof value === 'string' && DAY.test(value) && isRealDate(value),
  moment: (value) => typeof value === 'string' && (DAY.test(value) || MOMENT.test(value)) && isRealDate(value),
  duration: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** What is wrong with a definition by itself, each fault with the path of its place; nested segments are checked by `resolve`. */
export function checkDefinition(node: SegmentNode, path: string): Problem[] {
  switch (node.type) {
    case 'all': case 'any': return node.of.flatMap((child, index) => checkDefinition(child, joinPath(path, 'of', index)));
    case 'not': return checkDefinition(node.of, joinPath(path, 'of'));
    case 'attribute': return [...checkText(node.key, joinPath(path, 'key')), ...checkAttribute(node, path)];
    case 'event': return [...checkText(node.event, joinPath(path, 'event')), ...checkCount(node.count, joinPath(path, 'count')), ...(node.where ?? []).flatMap((filter, index) => checkFilter(filter, joinPath(path, 'where', index)))];
    case 'tag': return checkText(node.tag, joinPath(path, 'tag'));
    default: return [];
  }
}

function checkAttribute(node: AttributeCondition, path: string): Problem[] {
  const operator = findOperator(node.op);
  if (!operator) return [unknownOperator(node.op, path)];
  const column = builtIn(node.key);
  if (node.key.startsWith('$') && !column) return [{ path: joinPath(path, 'key'), code: 'segment.unknown-attribute', message: `There is no built-in attribute "${node.key}". Known: ${BUILT_IN_KEYS.join(', ')}.` }];
  if (column && operator.group !== 'any' && operator.group !== column.reading) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${node.key}" is a ${column.reading}; "${node.op}" does not apply to it. Known: ${keysOf(['any', column.reading]).join(', ')}.` }];
  if (operator.relative && node.key.includes('.')) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${node.op}" needs a date kept directly in an attribute; "${node.key}" lies inside one.` }];
  return checkValue(operator, node, path);
}

function checkFilter(filter: PropertyFilter, path: string): Problem[] {
  const operator = findOperator(filter.op);
  const known = OPERATORS.filter((candidate) => !candidate.relative).map((candidate) => candidate.key);
  if (!operator) return [unknownOperator(filter.op, path, known)];
  if (operator.relative) return [{ path: joinPath(path, 'op'), code: 'segment.operator-type', message: `"${filter.op}" does not apply to a property of an event. Known: ${known.join(', ')}.` }];
  return [...checkText(filter.property, joinPath(path, 'property')), ...checkValue(operator, filter, path)];
}

const keysOf = (groups: readonly string[]): string[] => OPERATORS.filter((operator) => groups.includes(operator.group)).map((operator) => operator.key);

const unknownOperator = (op: string, path: string, known = OPERATORS.map((operator) => operator.key)): Problem => ({ path: joinPath(path, 'op'), code: 'segment.unknown-operator', message: `There is no operator "${op}". Known: ${known.join(', ')}.` });

function checkValue(operator: Operator, { value }: { value?: unknown }, path: string): Problem[] {
  const place = joinPath(path, 'value');
  if (!FITS[operator.value](value)) return [{ path: place, code: 'segment.value', message: `"${operator.key}" ${EXPECTED[operator.value]}.` }];
  const texts = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => (typeof text === 'string' ? checkText(text, place) : [])).slice(0, 1);
}

/** PostgreSQL stores every text but these two. */
function checkText(text: string, path: string): Problem[] {
  return /\0|\p{Surrogate}/u.test(text) ? [{ path, code: 'segment.text', message: 'The text holds a character that cannot be stored (zero or half of a surrogate pair).' }] : [];
}

function checkCount({ op, value, to }: { op: string; value: number; to?: number }, path: string): Problem[] {
  if (op === 'between' && to === undefined) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: '"between" needs both "value" and "to".' }];
  if (op === 'between' && to! < value) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: `"to" (${to}) is below "value" (${value}); nobody could match.` }];
  if (op !== 'between' && to !== undefined) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: `Only "between" takes "to", not "${op}".` }];
  if (op === 'less_than' && value === 0) return [{ path: joinPath(path, 'value'), code: 'segment.value', message: 'Nobody has less than 0 events.' }];
  return [];
}
