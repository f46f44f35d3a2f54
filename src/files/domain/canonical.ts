import { isDeepStrictEqual } from 'node:util';

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a reader wants to know first; after them the alphabet, and last where the way goes on. */
const FIRST = [
  'format', 'id', 'type', 'kind', 'channel', 'key', 'name', 'nameKo', 'description', 'published', 'language', 'op', 'definition',
  'percent', 'campaigns', 'exceptCampaigns', 'limit',
  'entry', 'segment', 'take', 'lookBack', 'event', 'reentry', 'audience', 'pacing', 'ramp', 'display', 'goals', 'exitRules', 'start', 'steps',
  'topic', 'subject', 'preheader', 'title', 'layout', 'content', 'body', 'blocks',
];
const LAST = ['variants', 'control', 'test', 'ladder', 'fallback', 'message', 'translations', 'otherwise', 'onMissed', 'onTimeout', 'next'];
const rank = new Map([...FIRST.map((key, index): [string, number] => [key, index]), ...LAST.map((key, index): [string, number] => [key, 1_000 + index])]);

/** Keys in one order wherever they come from. Lists keep theirs. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isNode(value)) return value;
  const place = (key: string) => rank.get(key) ?? 500;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key])]));
}

const UNSAID: Record<string, unknown> = {
  name: '', nameKo: '', description: '', where: [], exitRules: [], goals: [], next: null, onTimeout: null, otherwise: null, primary: false, exits: false,
  external: false, control: false, preheader: '', body: '', title: '', details: [], links: [], buttons: [], tags: [], many: false, dark: false,
  reply: false, markup: 'text', weekdays: [], caps: [], include: [], exclude: [], query: [], referrer: [], utm: {}, languages: [], translations: {},
  optIn: false, doubleOptIn: false, reason: null, reasonText: '', campaignIds: null, exceptCampaignIds: [], channels: [], topics: [], classes: [], labels: [],
};

function isUnsaid(field: string, value: unknown, around: Node): boolean {
  // Made of the blocks each time.
  if (field === 'body' && Array.isArray(around.blocks)) return true;
  if ((field === 'en' || field === 'ko') && 'kind' in around && 'key' in around) return value === '';
  if (field === 'weight') return value === 1 && 'key' in around;
  return field in UNSAID && isDeepStrictEqual(UNSAID[field], value);
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([field, inner]) => !isUnsaid(field, inner, value)).map(([field, inner]) => [field, field === 'data' ? inner : pruned(inner)]));
}

/** Plain JSON: what is undefined is not there. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * Without what goes without saying. Whether leaving it out says the same is not believed but tried: when reading the short
 * form does not give the same again, the long one stays.
 */
export function lean(value: unknown, read: (short: unknown) => unknown): unknown {
  const short = pruned(value);
  try {
    return isDeepStrictEqual(plain(read(short)), plain(value)) ? short : value;
  } catch {
    return value;
  }
}
