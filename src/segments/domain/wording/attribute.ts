import type { AttributeCondition } from '../../../contract/segment-conditions.js';
import { englishComparison, koreanComparison, subjectOf } from './comparison.js';
import type { LeafWords } from './words.js';

export const attributeWords: LeafWords<AttributeCondition> = {
  english: (leaf) => `${subjectOf(leaf.key)} ${englishComparison(leaf)}`,
  korean: (leaf, ending) => koreanComparison(leaf.key, leaf, ending),
};
