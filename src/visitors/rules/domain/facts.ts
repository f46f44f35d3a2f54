import type { WireCondition, WireRule } from '../../../contract/visitor-wire.js';
import { address } from './address.js';
import { accepts } from './accepts.js';

/** Facts of a page visit, each a text; what they look like stands at `WireFact`, which numbers them. */
export type Facts = readonly string[];

/** What a browser has. */
export type Known = readonly [at: Pick<URL, 'hostname' | 'pathname'>, query: string, referrer: string, isMobile: boolean, languages: readonly string[], visits: number, now: Date];

/** The texts that conditions are about. */
export const factsOf = ([at, query, referrer, isMobile, languages, visits, now]: Known): Facts => [
  address(at), `&${new URLSearchParams(query)}&`, `.${referrer && new URL(referrer).hostname}`, `${isMobile}`, `,${languages},`.toLowerCase(), '.'.repeat(visits), `${now}`,
];

/** Does everything hold for which nobody has to wait? */
export function fits({ w = [], x = [], b: [from, to = Infinity] = [0] }: WireRule, facts: Facts, now: number): boolean {
  const is = ([fact, ...expressions]: WireCondition): boolean => expressions.some((one) => accepts(one, facts[fact]!));
  return now >= from && now < to && w.every(is) && !x.some(is);
}
