import type { EventValueCondition } from '../../../contract/segment-conditions.js';
import { rowsInWords } from './event.js';
import { copula, labelOf, quoted, type LeafWords } from './words.js';

export const eventValueWords: LeafWords<EventValueCondition> = {
  english: (leaf, names) => `the ${MEASURES[leaf.measure].en} of ${quoted(leaf.property)} in ${quoted(labelOf(names, 'event', leaf.event).en)}${rowsInWords(leaf).en} is ${bounds(leaf).en}`,
  korean(leaf, ending, names) {
    const measured = leaf.measure === 'distinct' ? `서로 다른 ‘${leaf.property}’ 값 수가` : `‘${leaf.property}’ ${MEASURES[leaf.measure].ko}`;
    return `${rowsInWords(leaf).ko}‘${labelOf(names, 'event', leaf.event).ko}’의 ${measured} ${copula(bounds(leaf).ko)[ending]}`;
  },
};

const MEASURES = {
  sum: { en: 'sum', ko: '합계가' },
  average: { en: 'average', ko: '평균이' },
  max: { en: 'largest value', ko: '최댓값이' },
  min: { en: 'smallest value', ko: '최솟값이' },
  distinct: { en: 'number of different values', ko: '값 수가' },
};

/** "at least 3", "3 이상". */
function bounds({ op, value, to }: EventValueCondition): { en: string; ko: string } {
  switch (op) {
    case 'at_least': return { en: `at least ${value}`, ko: `${value} 이상` };
    case 'at_most': return { en: `at most ${value}`, ko: `${value} 이하` };
    case 'exactly': return { en: `exactly ${value}`, ko: `정확히 ${value}` };
    case 'more_than': return { en: `more than ${value}`, ko: `${value} 초과` };
    case 'less_than': return { en: `less than ${value}`, ko: `${value} 미만` };
    default: return { en: `between ${value} and ${to}`, ko: `${value} 이상 ${to} 이하` };
  }
}
