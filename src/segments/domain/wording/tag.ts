import type { TagCondition } from '../../../contract/segment-conditions.js';
import { quoted, regular, type LeafWords } from './words.js';

export const tagWords: LeafWords<TagCondition> = {
  english: (leaf) => `the tag ${quoted(leaf.tag)} is ${leaf.op === 'has' ? '' : 'not '}set`,
  korean: (leaf, ending) => `‘${leaf.tag}’ 태그가 ${(leaf.op === 'has' ? regular('있', '있는') : regular('없', '없는'))[ending]}`,
};
