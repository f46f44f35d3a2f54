import type { BounceCategory } from './notice.js';
import { ABOUT_PEOPLE } from './words/about-people.js';
import { ABOUT_CONTENT, ABOUT_STORAGE } from './words/about-storage.js';
import { ABOUT_US } from './words/about-us.js';
import { ABOUT_CODES, ABOUT_NOTHING, ABOUT_WAYS } from './words/about-ways.js';
import type { WordRule } from './words/word-rule.js';

const MAX_WORDS = 2_000;

/**
 * The order is the meaning. First what is about us: blocking servers like to say "recipient rejected" or "user unknown" on
 * the way. Then full before everything about people, for "mailbox unavailable: over quota" is a full one; people before ways,
 * for "no such user, connection closed" is about the user.
 */
const RULES: readonly WordRule[] = [...ABOUT_CODES, ...ABOUT_US, ...ABOUT_STORAGE, ...ABOUT_CONTENT, ...ABOUT_PEOPLE, ...ABOUT_NOTHING, ...ABOUT_WAYS];

/** What the words of a server mean; null when they mean nothing to us. Linear in the length, of which only the beginning is read. */
export function categoryOfWords(words: string): BounceCategory | null {
  const text = normalised(words);
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/**
 * Whether a text says that the mailbox is there and cannot take mail now: full, or switched off. A report whose words say so is
 * believed against a reply that says "unknown": some servers answer everything with that.
 */
export function saysMailboxRests(words: string): 'full' | 'inactive' | null {
  const text = normalised(words);
  const found = RULES.find(([category, pattern]) => (category === 'full' || category === 'inactive') && pattern.test(text));
  return found ? (found[0] as 'full' | 'inactive') : null;
}

/** The server itself says that it may be otherwise another time: then nobody is gone for good, whatever else it says. */
export const saysItPasses = (words: string): boolean => PASSING.test(normalised(words));

const PASSING = /(?:try|retry|send|versuchen)\b[^.]{0,40}\b(?:later|spaeter|später|in a few)|temporar(?:y|ily) (?:un|fail|error|reject|problem|defer|block|not )|잠시 ?후|나중에 ?다시|しばらく(?:して|経って)|稍后/;

/** RFC 5321's words for 550 name every cause there is; a code of another kind beside them tells which. */
export const saysOnlyUnavailable = (words: string): boolean => /mailbox (?:is )?(?:currently )?(?:unavailable|not available)/.test(normalised(words)) && !/unknown|not found|exist|no such|invalid/.test(normalised(words));

/** Known lists of senders: their names are words, other names of hosts are not ("mx.antispam.example said: no such user"). */
const LISTS = /(?:[\w-]{1,60}\.){0,6}(?:spamhaus|spamcop|sorbs|abuseat|barracudacentral|uceprotect|njabl|mailspike|invaluement|surbl|uribl|senderbase|backscatterer|psbl|spamrats|hostkarma|spfbl|senderscore|proofpoint\.com\/ipcheck|cloudmark)[\w./?=&-]{0,200}/g;

/** Lower case, one line, one kind of quote; addresses and names of hosts are taken out, so that only words are left. */
export function normalised(words: string): string {
  return words.slice(0, MAX_WORDS).normalize('NFKC').toLowerCase()
    .replaceAll(/[’‘`´]/g, "'").replaceAll(/[“”]/g, '"').replaceAll(/[\p{Cc}\s]+/gu, ' ')
    // Exchange names its own errors like hosts.
    .replaceAll(/\bresolver\.[\w.]{1,60}/g, (name) => name.replaceAll('.', ' '))
    .replaceAll(LISTS, ' dnsbl ')
    .replaceAll(/https?:\/\/[^\s/]{1,200}(?:\/[^\s?]{0,200})?/g, ' url ')
    .replaceAll(/[^\s<>"'(),:;]{1,64}@[^\s<>"'(),:;]{1,200}/g, ' addr ')
    .replaceAll(/<[\s]{0,3}addr[\s]{0,3}>/g, ' addr ')
    // "User <abuse> unknown" is no abuse.
    .replaceAll(/<[\w.+-]{1,64}>/g, ' name ')
    .replaceAll(/\b(?:[\w-]{1,63}\.){1,8}[a-z][\w-]{1,62}\b\.?/g, ' host ')
    // Codes of programs: BAD_RECIPIENT, NO_SUCH_USER.
    .replaceAll(/(?<=[a-z])_(?=[a-z])/g, ' ')
    .replaceAll(/ {2,}/g, ' ');
}
