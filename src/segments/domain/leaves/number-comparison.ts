import type { CountComparison } from '../../../contract/segment-conditions.js';
import type { Problem } from '../../../kernel/errors.js';
import { joinPath } from '../resolved.js';
import type { Bind } from './leaf.js';

/** Whether a number satisfies the comparison. */
export function comparisonHolds({ op, value, to = value }: CountComparison, number: number): boolean {
  switch (op) {
    case 'at_least': return number >= value;
    case 'at_most': return number <= value;
    case 'exactly': return number === value;
    case 'more_than': return number > value;
    case 'less_than': return number < value;
    default: return number >= value && number <= to;
  }
}

/** The comparison as SQL; null when the number is. */
export function comparisonSql({ op, value, to = value }: CountComparison, number: string, bind: Bind, type: 'bigint' | 'numeric' = 'bigint'): string {
  const compare = { at_least: '>=', at_most: '<=', exactly: '=', more_than: '>', less_than: '<' } as const;
  if (op === 'between') return `(${number} >= ${bind(value, type)} and ${number} <= ${bind(to, type)})`;
  return `${number} ${compare[op]} ${bind(value, type)}`;
}

/** Whether only "any" and "none" of a count matter, so that nothing needs counting. */
export function asksExistence({ op, value }: CountComparison): boolean {
  return (op === 'at_least' && value === 1) || (op === 'more_than' && value === 0) || (op === 'exactly' && value === 0) || (op === 'at_most' && value === 0) || (op === 'less_than' && value === 1);
}

/** @param noun what is counted, for the sentence of a fault; null for measures that may be below 0 */
export function checkCount({ op, value, to }: CountComparison, path: string, noun: string | null = 'events'): Problem[] {
  if (op === 'between' && to === undefined) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: '"between" needs both "value" and "to".' }];
  if (op === 'between' && to! < value) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: `"to" (${to}) is below "value" (${value}); nobody could match.` }];
  if (op !== 'between' && to !== undefined) return [{ path: joinPath(path, 'to'), code: 'segment.value', message: `Only "between" takes "to", not "${op}".` }];
  if (op === 'less_than' && value === 0 && noun !== null) return [{ path: joinPath(path, 'value'), code: 'segment.value', message: `Nobody has less than 0 ${noun}.` }];
  return [];
}
