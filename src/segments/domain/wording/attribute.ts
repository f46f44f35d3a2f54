import type { AttributeCondition } from '../../../contract/segment-conditions.js';
import { englishComparison, koreanComparison, subjectOf } from './comparison.js';
import { labelOf, type LeafWords } from './words.js';

export const attributeWords: LeafWords<AttributeCondition> = {
  english: (leaf, names) => `${subjectOf(labelOf(names, 'attribute', leaf.key).en)} ${englishComparison(leaf)}`,
  korean: (leaf, ending, names) => koreanComparison(labelOf(names, 'attribute', leaf.key).ko, leaf, ending),
};
