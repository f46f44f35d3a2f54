import type { ReturnNotice } from './notice.js';
import type { InboundEvent } from './store/inbound-events.store.js';

/** Understands the reports of one source. Stateless; may be called twice for the same report. */
export interface ReturnReader {
  /** The `source` under which its reports are filed. */
  readonly source: string;
  /**
   * Everything the report says, one notice a recipient and message; nothing of interest is an empty list.
   *
   * @throws {ReviewNeeded} when a person has to look before anything of it may be believed
   */
  read(event: InboundEvent): ReturnNotice[] | Promise<ReturnNotice[]>;
}

/** The report is not to be believed, or not to be read: it changes nothing and is listed for a person. */
export class ReviewNeeded extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ReviewNeeded';
  }
}

/** Injection token of the list of readers (`returns.parts.ts`). */
export const RETURN_READERS = Symbol('return readers');
