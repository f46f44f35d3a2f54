import type { WireRule } from '../../../src/contract/visitor-wire.js';
import { factsOf, fits } from '../../../src/visitors/rules/domain/facts.js';
import { pageVisit } from './lent.js';

/** Does everything a browser decides hold for this rule (address, device, schedule …)? Asked when it fires, and right before a message is displayed. */
export function holds(rule: WireRule): boolean {
  const page = pageVisit();
  return !!page && fits(rule, factsOf([
    location, new URL(page.url).search, page.referrer, matchMedia('(pointer:coarse)').matches && innerWidth < 1_024, navigator.languages, page.site_.n, new Date(),
  ]), Date.now());
}
