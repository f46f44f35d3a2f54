import type { BounceCategory, NoticeKind } from './notice.js';
import { categoryOfWords, saysItPasses, saysOnlyUnavailable } from './server-words.js';

/** What a server said about a message it did not take. */
export interface ServerSaid {
  /** Its words, its codes included. */
  words: string;
  /** Enhanced status code, when it is known apart from the words. */
  status?: string | null;
  /** It spoke before it heard of the recipient (greeting, HELO, MAIL FROM): what it refuses is us. */
  beforeRecipient?: boolean;
}

export interface Classified {
  kind: Extract<NoticeKind, 'hard' | 'soft' | 'block'>;
  category: BounceCategory;
  status: string | null;
  /** The words themselves meant something; else it was a code, or nothing. */
  byWords: boolean;
}

/** Categories that say the address is no good. */
const HARD: ReadonlySet<BounceCategory> = new Set(['invalid_recipient', 'bad_domain', 'suppressed_at_provider']);
/** Categories that speak of us, our pace or our content. */
const BLOCK: ReadonlySet<BounceCategory> = new Set(['block_reputation', 'block_auth', 'rate_limit', 'content']);

/** The kind that goes with a category. */
export function kindOf(category: BounceCategory): Classified['kind'] {
  if (HARD.has(category)) return 'hard';
  return BLOCK.has(category) ? 'block' : 'soft';
}

/**
 * THE reader of servers' words: replies over SMTP, diagnostics of reports, reasons in payloads of providers. Order of trust:
 * words, then the enhanced status code, then the basic code: many servers send 5.1.1 or 5.0.0 for everything. In doubt
 * it is soft: a hard bounce taken for a soft one costs one more mail, the other way round costs a customer.
 */
export function classify({ words, status = null, beforeRecipient = false }: ServerSaid): Classified {
  // Cisco's relays put a phrase of their own before the other server's answer, whatever that says.
  const quoted = /unknown address error[^'"]{0,30}['"](.{3,500})['"]/i.exec(words)?.[1];
  if (quoted !== undefined) return classify({ words: quoted, status: statusOf(quoted) ?? status, beforeRecipient });
  const found = status ?? statusOf(words);
  const basic = /(?:^|[^\d.])([245]\d\d)(?=[\s-]|$)/.exec(words)?.[1] ?? null;
  const isTemporary = found !== null && !found.startsWith('5.0.0') ? found.startsWith('4') : (basic?.startsWith('4') ?? false);
  const meant = categoryOfWords(words);
  // 4.1.1 with words to match is a directory that has been saying so for days.
  const said = meant === null || contradicts(meant, found, words) ? categoryOfStatus(found, basic) : meant;
  const passes = (isTemporary && found !== '4.1.1') || (HARD.has(said) && saysItPasses(words));
  const category = corrected(said, { isTemporary: passes, beforeRecipient });
  return { kind: kindOf(category), category, status: found, byWords: meant !== null };
}

/** "Mailbox unavailable" beside a code for a mailbox that rests or for a policy. */
const contradicts = (meant: BounceCategory, status: string | null, words: string): boolean => meant === 'invalid_recipient' && /^5\.(?:2\.[12]|7\.)/.test(status ?? '') && saysOnlyUnavailable(words);

function corrected(said: BounceCategory, { isTemporary, beforeRecipient }: { isTemporary: boolean; beforeRecipient: boolean }): BounceCategory {
  if (beforeRecipient && (HARD.has(said) || said === 'other')) return 'block_reputation';
  // "No such user" with a 4xx: their directory is away, or they are not sure yet.
  return isTemporary && HARD.has(said) ? (said === 'bad_domain' ? 'network' : 'other') : said;
}

const statusOf = (words: string): string | null => /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(words)?.[1] ?? null;

/** By RFC 3463, section 3, and the registry of enhanced codes; only where the words say nothing. */
const BY_STATUS: [RegExp, BounceCategory][] = [
  [/^5\.1\.(1|3|6)$/, 'invalid_recipient'],
  [/^5\.1\.(2|10)$/, 'bad_domain'],
  [/^[45]\.1\.(7|8|9)$/, 'block_reputation'],
  [/^[45]\.2\.1$/, 'inactive'],
  [/^[45]\.2\.2$/, 'full'],
  [/^[45]\.(2\.3|3\.4)$/, 'too_big'],
  [/^[45]\.3\.1$/, 'full'],
  [/^[45]\.4\.(1|2|3|4|5|6)$/, 'network'],
  [/^[45]\.4\.7$/, 'expired'],
  [/^[45]\.5\.3$/, 'rate_limit'],
  [/^[45]\.5\./, 'protocol'],
  [/^[45]\.6\./, 'content'],
  [/^[45]\.7\.(20|21|22|23|24|25|26|27|28|29|30)$/, 'block_auth'],
  [/^[45]\.7\./, 'block_reputation'],
];

function categoryOfStatus(status: string | null, basic: string | null): BounceCategory {
  const known = BY_STATUS.find(([pattern]) => pattern.test(status ?? ''));
  if (known) return known[1];
  if (basic === '552') return 'full';
  if (basic === '421' || basic === '441' || basic === '442') return 'network';
  return 'other';
}
