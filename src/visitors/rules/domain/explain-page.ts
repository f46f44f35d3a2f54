import { Display, type PageRule } from '../../../contract/display.js';
import { factsOf, fits, type Facts } from './facts.js';
import { pageExpression } from './page-expression.js';
import { wireRule } from './wire-rule.js';

/** A page visit to be tried. What is not given is not known, and nothing is asked of it. */
export interface TriedVisit { url: URL; referrer?: string | undefined; mobile?: boolean | undefined; languages?: readonly string[] | undefined; visits?: number | undefined }

/** One part of a page rule. `holds`: null when that depends on something the visit does not say. Parts of `include` are joined by "or", all others by "and". */
export interface TriedPart { path: string; holds: boolean | null; problem?: string }

export interface TriedPage { matches: boolean; /** Host and path as patterns see them. */ address: string; parts: TriedPart[] }

const NO_RULE: PageRule = { include: [], exclude: [], query: [], referrer: [], utm: {}, languages: [] };

/** Does a page fit a rule, and which part of it says so: asked of the very expressions and the matcher that browsers get. */
export function explainPage(page: PageRule, visit: TriedVisit): TriedPage {
  const facts = factsOf([visit.url, visit.url.search, visit.referrer ?? '', visit.mobile ?? false, visit.languages ?? [], visit.visits ?? 1, new Date(0)]);
  const ask = (part: Partial<PageRule>): boolean => isFor({ ...NO_RULE, ...part }, facts);
  const known = (part: Partial<PageRule>, is: unknown): boolean | null => (is === undefined ? null : ask(part));
  const pattern = (one: PageRule['include'][number]) => {
    const translated = pageExpression(one);
    return 'problem' in translated ? { problem: translated.problem } : {};
  };
  const parts: TriedPart[] = [
    ...page.include.map((one, index) => ({ path: `include.${index}`, holds: ask({ include: [one] }), ...pattern(one) })),
    ...page.exclude.map((one, index) => ({ path: `exclude.${index}`, holds: ask({ exclude: [one] }), ...pattern(one) })),
    ...page.query.map((one, index) => ({ path: `query.${index}`, holds: ask({ query: [one] }) })),
    ...Object.entries(page.utm).map(([name, value]) => ({ path: `utm.${name}`, holds: ask({ utm: { [name]: value } }) })),
    ...(page.referrer.length > 0 ? [{ path: 'referrer', holds: known({ referrer: page.referrer }, visit.referrer) }] : []),
    ...(page.device === undefined ? [] : [{ path: 'device', holds: known({ device: page.device }, visit.mobile) }]),
    ...(page.languages.length > 0 ? [{ path: 'languages', holds: known({ languages: page.languages }, visit.languages) }] : []),
    ...(page.visits === undefined ? [] : [{ path: 'visits', holds: known({ visits: page.visits }, visit.visits) }]),
  ];
  return { matches: ask(onlyKnown(page, visit)), address: facts[0]!, parts };
}

const isFor = (page: PageRule, facts: Facts): boolean => fits(wireRule(Display.parse({ page, trigger: { type: 'page_view' } }), ''), facts, 0);

function onlyKnown({ device, visits, ...page }: PageRule, visit: TriedVisit): PageRule {
  return {
    ...page,
    referrer: visit.referrer === undefined ? [] : page.referrer,
    languages: visit.languages === undefined ? [] : page.languages,
    ...(visit.mobile === undefined || device === undefined ? {} : { device }),
    ...(visit.visits === undefined || visits === undefined ? {} : { visits }),
  };
}
