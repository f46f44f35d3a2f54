import type { EventTimeCondition } from '../../../contract/segment-conditions.js';
import { englishComparison, koreanComparison } from './comparison.js';
import { rowsInWords } from './event.js';
import { quoted, type LeafWords } from './words.js';

export const eventTimeWords: LeafWords<EventTimeCondition> = {
  english: (leaf) => `the ${leaf.which} ${quoted(leaf.event)}${rowsInWords(leaf).en} ${englishComparison(leaf)}`,
  korean: (leaf, ending) => `${leaf.which === 'first' ? '첫' : '마지막'} ${rowsInWords(leaf).ko}${koreanComparison(leaf.event, leaf, ending)}`,
};
