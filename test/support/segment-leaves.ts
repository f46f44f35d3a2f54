import type fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { Leaf } from '../../src/contract/segment-conditions.js';
import { attributeClock, attributeLeaf } from './segment-arbitraries-attribute.js';
import { engagementClock, engagementLeaf, engaging } from './segment-arbitraries-engagement.js';
import { eventTimeClock, eventTimeLeaf } from './segment-arbitraries-event-time.js';
import { eventValueClock, eventValueLeaf } from './segment-arbitraries-event-value.js';
import { consenting, consentLeaf, storeTopics } from './segment-arbitraries-consent.js';
import { eventClock, eventLeaf } from './segment-arbitraries-event.js';
import { listLeaf, listing, storeLists } from './segment-arbitraries-list.js';
import { pageClock, pageLeaf, pageMessage } from './segment-arbitraries-page.js';
import { sequenceLeaf } from './segment-arbitraries-sequence.js';
import { tagLeaf } from './segment-arbitraries-tag.js';
import { attributeMatches } from './segment-oracle-attribute.js';
import { storeCampaigns } from './segment-campaigns.js';
import { engagementMatches } from './segment-oracle-engagement.js';
import { eventTimeMatches } from './segment-oracle-event-time.js';
import { eventValueMatches } from './segment-oracle-event-value.js';
import { consentMatches } from './segment-oracle-consent.js';
import { eventMatches } from './segment-oracle-event.js';
import { listMatches } from './segment-oracle-list.js';
import { pageMatches } from './segment-oracle-page.js';
import { sequenceMatches } from './segment-oracle-sequence.js';
import { tagMatches } from './segment-oracle-tag.js';
import type { Oracle } from './segment-oracle.js';
import type { Message } from './segment-steps.js';
import type { WorldPerson } from './segment-world.js';

/** How one kind of condition is proved: what to try, and the naive answer. */
export interface LeafProof<L extends Leaf> {
  /** Random conditions; values collide with those of the random people often. */
  arbitrary: fc.Arbitrary<L>;
  /** Those that time alone moves; they are also tried by themselves, where nothing around them hides a boundary that is missed. */
  clock?: fc.Arbitrary<L>;
  oracle: Oracle<L>;
  /** What must exist before conditions can name it. */
  prepare?(db: DataSource, now: Date): Promise<void>;
  /** Messages that its worlds need besides the usual ones; who sends them and when is drawn elsewhere. */
  messages?: fc.Arbitrary<Pick<Message, 'type' | 'event' | 'properties' | 'context'>>;
  /** Facts that do not arrive as messages (a list, a consent, a delivery). */
  happens?: Happening<unknown>;
}

/** A fact of one kind, written by the real code and remembered in the naive person. */
export interface Happening<F> {
  arbitrary: fc.Arbitrary<F>;
  /** Writes it for a person who exists, and changes `person` as the oracle reads it. */
  write(db: DataSource, person: WorldPerson, fact: F, now: Date): Promise<void>;
  /** What the survivor of a merge takes over. */
  join?(into: WorldPerson, from: WorldPerson): void;
}

/** Every kind of condition has an entry: one without cannot be merged. */
export const LEAF_PROOFS: { [T in Leaf['type']]: LeafProof<Extract<Leaf, { type: T }>> } = {
  attribute: { arbitrary: attributeLeaf, clock: attributeClock, oracle: attributeMatches },
  event: { arbitrary: eventLeaf, clock: eventClock, oracle: eventMatches },
  event_value: { arbitrary: eventValueLeaf, clock: eventValueClock, oracle: eventValueMatches },
  event_time: { arbitrary: eventTimeLeaf, clock: eventTimeClock, oracle: eventTimeMatches },
  sequence: { arbitrary: sequenceLeaf, clock: sequenceLeaf, oracle: sequenceMatches },
  tag: { arbitrary: tagLeaf, oracle: tagMatches },
  list: { arbitrary: listLeaf, oracle: listMatches, prepare: storeLists, happens: listing },
  consent: { arbitrary: consentLeaf, oracle: consentMatches, prepare: storeTopics, happens: consenting },
  page: { arbitrary: pageLeaf, clock: pageClock, oracle: pageMatches, messages: pageMessage },
  engagement: { arbitrary: engagementLeaf, clock: engagementClock, oracle: engagementMatches, prepare: storeCampaigns, happens: engaging },
};

export const proofOf = <L extends Leaf>(leaf: L): LeafProof<L> => LEAF_PROOFS[leaf.type] as unknown as LeafProof<L>;
