import type { SegmentNode } from '../../../contract/segment.js';
import { labelOf, named, quoted, type Names } from '../wording/words.js';
import { rowsInWords } from '../wording/event.js';
import { clauseOf } from '../sentence.js';
import type { Change } from './change.js';
import type { Candidate } from './search.js';

/** What of one candidate is to be so, part by part: after "if" in English, before "경우" in Korean. */
export function clausesOf({ changes, aims }: Candidate, names: Names): { en: string; ko: string }[] {
  return aims.map(({ leaf, wanted }) => {
    const more = changes.find((change): change is Extract<Change, { kind: 'event' }> => change.kind === 'event' && leaf.type === 'event' && change.name === leaf.event);
    if (more && leaf.type === 'event') return oftener(labelOf(names, 'event', leaf.event), more.times, rowsInWords(leaf));
    const node: SegmentNode = wanted ? leaf : { type: 'not', of: leaf };
    return clauseOf(node, names);
  });
}

/** An event done (more often). @param rows window and filters, in words */
export function oftener(name: { en: string; ko: string }, times: number, rows: { en: string; ko: string } = { en: '', ko: '' }): { en: string; ko: string } {
  return { en: `${quoted(name.en)} happened ${times === 1 ? 'once' : `${times} times`} more${rows.en}`, ko: `${rows.ko}${named(name.ko, '을/를')} ${times}번 더 한` };
}
