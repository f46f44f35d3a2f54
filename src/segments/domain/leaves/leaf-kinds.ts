import type { Leaf } from '../../../contract/segment-conditions.js';
import { attributeLeaf } from './attribute.js';
import { engagementLeaf } from './engagement.js';
import { eventTimeLeaf } from './event-time.js';
import { eventValueLeaf } from './event-value.js';
import { consentLeaf } from './consent.js';
import { eventLeaf } from './event.js';
import type { LeafKind } from './leaf.js';
import { listLeaf } from './list.js';
import { sequenceLeaf } from './sequence.js';
import { pageLeaf } from './page.js';
import { tagLeaf } from './tag.js';

/** The one table of conditions: the compiler, the clock, checks and explanations follow it. */
const LEAF_KINDS: { [T in Leaf['type']]: LeafKind<Extract<Leaf, { type: T }>> } = {
  attribute: attributeLeaf,
  event: eventLeaf,
  event_value: eventValueLeaf,
  event_time: eventTimeLeaf,
  sequence: sequenceLeaf,
  tag: tagLeaf,
  list: listLeaf,
  consent: consentLeaf,
  page: pageLeaf,
  engagement: engagementLeaf,
};

/** What is known about the kind of a condition. */
export const kindOf = <L extends Leaf>(leaf: L): LeafKind<L> => LEAF_KINDS[leaf.type] as unknown as LeafKind<L>;
