/**
 * Facts about a person that are no attributes: their history is kept beside that of attributes, under keys of these forms,
 * so that the past can be explained. What clients send under such a key is passed over.
 */
const RESERVED = /^\$(tag:|list:|consent:|kind$|external_id$)/;
/** {@link isReservedKey} for PostgreSQL. */
export const RESERVED_PATTERN = RESERVED.source;

/** The topic of notices that a law or the person asks for; of no campaign. No key that people choose begins with `$`. */
export const NOTICES = '$notices';

export const isReservedKey = (key: string): boolean => RESERVED.test(key);

export const tagKey = (tag: string): string => `$tag:${tag}`;
export const listKey = (listId: string): string => `$list:${listId}`;
export const consentKey = (channel: string, topic: string): string => `$consent:${channel}:${topic}`;
