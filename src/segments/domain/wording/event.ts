import type { Between, CountComparison, EventCondition, EventRows } from '../../../contract/segment-conditions.js';
import { englishComparison, koreanComparison } from './comparison.js';
import { labelOf, named, quoted, regular, spans, verb, type LeafWords } from './words.js';

export const eventWords: LeafWords<EventCondition> = {
  english: (leaf, names) => `${quoted(labelOf(names, 'event', leaf.event).en)} happened ${times(leaf.count).en}${rowsInWords(leaf).en}`,
  korean(leaf, ending, names) {
    const what = `${rowsInWords(leaf).ko}${named(labelOf(names, 'event', leaf.event).ko, '을/를')}`;
    if (leaf.count.op === 'exactly' && leaf.count.value === 0) return `${what} 한 번도 ${regular('하지 않', '하지 않은')[ending]}`;
    return `${what} ${times(leaf.count).ko} ${verb('했고', '했거나', '한')[ending]}`;
  },
};

/** "at least 3 times", "3번 이상". */
export function times({ op, value, to }: CountComparison): { en: string; ko: string } {
  const words = { at_least: 'at least', at_most: 'at most', exactly: 'exactly', more_than: 'more than', less_than: 'less than', between: 'between' }[op];
  const ko = { at_least: `${value}번 이상`, at_most: `${value}번 이하`, exactly: `정확히 ${value}번`, more_than: `${value}번 초과`, less_than: `${value}번 미만`, between: `${value}번 이상 ${to}번 이하` }[op];
  return { en: op === 'between' ? `${words} ${value} and ${to} times` : `${words} ${value} time${value === 1 ? '' : 's'}`, ko };
}

/** "on or after 2026-03-01 and before 2026-04-01", "2026-03-01부터 2026-04-01 전까지". */
function betweenInWords({ from, to }: Between): { en: string; ko: string } {
  const en = [...(from === undefined ? [] : [`on or after ${from}`]), ...(to === undefined ? [] : [`before ${to}`])];
  const ko = [...(from === undefined ? [] : [`${from}부터`]), ...(to === undefined ? [] : [`${to} 전까지`])];
  return { en: ` ${en.join(' and ')}`, ko: `${ko.join(' ')} ` };
}

/** The time in which something is to have happened. */
export function windowInWords({ within, between }: Pick<EventRows, 'within' | 'between'>): { en: string; ko: string } {
  if (within) return { en: ` within the last ${spans(within).en}`, ko: `최근 ${spans(within).ko} 동안 ` };
  return between ? betweenInWords(between) : { en: '', ko: '' };
}

/** Window and filters of events; the Korean comes before the event, the English after it. */
export function rowsInWords({ where = [], within, between }: EventRows): { en: string; ko: string } {
  const filters = where.length > 0 ? ` with ${where.map((filter) => `${quoted(filter.property)} ${englishComparison(filter)}`).join(' and ')}` : '';
  const koFilters = where.length > 0 ? `(${where.map((filter, index) => koreanComparison(filter.property, filter, index === where.length - 1 ? 'of' : 'and')).join(' ')}) ` : '';
  const window = windowInWords({ within, between });
  return { en: `${window.en}${filters}`, ko: `${window.ko}${koFilters}` };
}
