import type { Leaf } from '../../../contract/segment-conditions.js';
import { particle } from '../../../kernel/korean.js';
import type { Duration } from '../../../kernel/local-time.js';

/** Names of what a definition names by id (a topic by its key): segments, lists, campaigns, topics; labels as `event:KEY`, `attribute:KEY`. */
export type Names = ReadonlyMap<string, { name: string; nameKo?: string | null }>;

/** What colleagues call an event or an attribute; without a label, by its name in code. */
export function labelOf(names: Names, kind: 'event' | 'attribute', key: string): { en: string; ko: string } {
  const label = names.get(`${kind}:${key}`);
  return { en: label?.name ?? key, ko: label?.nameKo ?? label?.name ?? key };
}

/** How one kind of condition is said. */
export interface LeafWords<L extends Leaf> {
  /** A clause after "People where". */
  english(leaf: L, names: Names): string;
  /** A clause that goes on as `ending` says. */
  korean(leaf: L, ending: Ending, names: Names): string;
}

export const quoted = (text: unknown): string => `“${String(text)}”`;
const PARTS = [['weeks', 'week', '주'], ['days', 'day', '일'], ['hours', 'hour', '시간'], ['minutes', 'minute', '분'], ['seconds', 'second', '초']] as const;

/** A length of time in words. */
export function spans(duration: Duration): { en: string; ko: string } {
  const given = PARTS.flatMap(([key, en, ko]) => (duration[key] ? [{ en: `${duration[key]} ${en}${duration[key] === 1 ? '' : 's'}`, ko: `${duration[key]}${ko}` }] : []));
  return { en: given.map(({ en }) => en).join(' '), ko: given.map(({ ko }) => ko).join(' ') };
}

/** How a clause goes on: "and", "or", or describing the noun that follows. */
export type Ending = 'and' | 'or' | 'of';
export type Verb = Record<Ending, string>;
export const verb = (and: string, or: string, of: string): Verb => ({ and, or, of });
export const copula = (noun: string): Verb => verb(`${noun}이고`, `${noun}이거나`, `${noun}인`);
export const regular = (stem: string, of: string): Verb => verb(`${stem}고`, `${stem}거나`, of);

export const named = (word: unknown, pair: '이/가' | '을/를' | '와/과' | '으로/로'): string => `‘${String(word)}’${particle(String(word), pair)}`;
export const bare = (word: unknown, pair: '와/과'): string => `${String(word)}${particle(String(word), pair)}`;
export const listed = (value: unknown): string => (value as unknown[]).map((item) => `‘${String(item)}’`).join(', ');
