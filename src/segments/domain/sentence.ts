import type { Leaf } from '../../contract/segment-conditions.js';
import type { SegmentNode } from '../../contract/segment.js';
import { attributeWords } from './wording/attribute.js';
import { engagementWords } from './wording/engagement.js';
import { eventTimeWords } from './wording/event-time.js';
import { eventValueWords } from './wording/event-value.js';
import { consentWords } from './wording/consent.js';
import { eventWords } from './wording/event.js';
import { listWords } from './wording/list.js';
import { pageWords } from './wording/page.js';
import { sequenceWords } from './wording/sequence.js';
import { tagWords } from './wording/tag.js';
import { quoted, regular, type Ending, type LeafWords, type Names } from './wording/words.js';

const WORDS: { [T in Leaf['type']]: LeafWords<Extract<Leaf, { type: T }>> } = { attribute: attributeWords, event: eventWords, event_value: eventValueWords, event_time: eventTimeWords, sequence: sequenceWords, tag: tagWords, list: listWords, consent: consentWords, page: pageWords, engagement: engagementWords };
const wordsOf = (leaf: Leaf): LeafWords<Leaf> => WORDS[leaf.type] as unknown as LeafWords<Leaf>;

/** A definition as one sentence in English and in Korean. */
export function sentenceOf(node: SegmentNode, names: Names): { en: string; ko: string } {
  return { en: `People where ${english(node, names)}.`, ko: `${korean(node, names, 'of')} 고객` };
}

/** One condition as a clause: what stands after "People where", and before "고객". */
export const clauseOf = (node: SegmentNode, names: Names): { en: string; ko: string } => ({ en: english(node, names), ko: korean(node, names, 'of') });

function english(node: SegmentNode, names: Names): string {
  const inside = (child: SegmentNode): string => ((child.type === 'all' || child.type === 'any') && child.of.length > 1 ? `(${english(child, names)})` : english(child, names));
  switch (node.type) {
    case 'all': return node.of.map(inside).join(' and ');
    case 'any': return node.of.map(inside).join(' or ');
    case 'not': return `not (${english(node.of, names)})`;
    case 'segment': return `${node.op === 'in' ? 'they are in' : 'they are not in'} the segment ${quoted(names.get(node.segmentId)?.name ?? node.segmentId)}`;
    default: return wordsOf(node).english(node, names);
  }
}

function korean(node: SegmentNode, names: Names, ending: Ending): string {
  switch (node.type) {
    case 'all': case 'any': return koreanGroup(node, names, ending);
    case 'not': return `(${korean(node.of, names, 'of')} 조건)에 ${regular('해당하지 않', '해당하지 않는')[ending]}`;
    case 'segment': return `‘${names.get(node.segmentId)?.name ?? node.segmentId}’ 세그먼트에 ${(node.op === 'in' ? regular('속하', '속하는') : regular('속하지 않', '속하지 않는'))[ending]}`;
    default: return wordsOf(node).korean(node, ending, names);
  }
}

function koreanGroup(node: { type: 'all' | 'any'; of: SegmentNode[] }, names: Names, ending: Ending): string {
  const joint: Ending = node.type === 'all' ? 'and' : 'or';
  return node.of.map((child, index) => {
    const mine = index === node.of.length - 1 ? ending : joint;
    const grouped = (child.type === 'all' || child.type === 'any') && child.of.length > 1 && node.of.length > 1;
    return grouped ? `(${korean(child, names, 'of')} 조건)에 ${regular('해당하', '해당하는')[mine]}` : korean(child, names, mine);
  }).join(' ');
}
