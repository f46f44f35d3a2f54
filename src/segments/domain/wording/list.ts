import type { ListCondition } from '../../../contract/segment-conditions.js';
import { quoted, regular, type LeafWords } from './words.js';

export const listWords: LeafWords<ListCondition> = {
  english: (leaf, names) => `they are ${leaf.op === 'in' ? '' : 'not '}on the list ${quoted(names.get(leaf.listId)?.name ?? leaf.listId)}`,
  korean: (leaf, ending, names) => `‘${names.get(leaf.listId)?.name ?? leaf.listId}’ 목록에 ${(leaf.op === 'in' ? regular('있', '있는') : regular('없', '없는'))[ending]}`,
};
