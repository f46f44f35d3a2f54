import type { EventTimeCondition } from '../../../contract/segment-conditions.js';
import { englishComparison, koreanComparison } from './comparison.js';
import { rowsInWords } from './event.js';
import { labelOf, quoted, type LeafWords } from './words.js';

export const eventTimeWords: LeafWords<EventTimeCondition> = {
  english: (leaf, names) => `the ${leaf.which} ${quoted(labelOf(names, 'event', leaf.event).en)}${rowsInWords(leaf).en} ${englishComparison(leaf)}`,
  korean: (leaf, ending, names) => `${leaf.which === 'first' ? '첫' : '마지막'} ${rowsInWords(leaf).ko}${koreanComparison(labelOf(names, 'event', leaf.event).ko, leaf, ending)}`,
};
