import type { BounceCategory } from '../notice.js';

/**
 * One meaning and the phrases that carry it. Phrases are those of servers in the wild, reduced to what they have in common;
 * they see text made by `normalised`: lower case, `addr` for addresses, `name` for a word in angle brackets, `host` for names
 * of hosts, `dnsbl` for lists of senders.
 */
export type WordRule = readonly [BounceCategory, RegExp];

/** One pattern out of families of phrases: one pass over the text instead of one for each. */
export const any = (...families: RegExp[]): RegExp => new RegExp(families.map(({ source }) => `(?:${source})`).join('|'), 'u');
