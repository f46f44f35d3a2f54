import type { WireRule } from '../../../src/contract/visitor-wire.js';
import { accepts } from './expression.js';
import { runs } from './schedule.js';

/** Everything rules may ask of a page visit. */
export interface Facts {
  /** Host and path, by {@link address}. */
  at_: string;
  /** Query of the address with which the page visit began: a site may have tidied it since, of what does not make another page. */
  search_: string;
  /** Address of the page before; empty for none. */
  referrer_: string;
  mobile_: boolean;
  languages_: readonly string[];
  /** Visits of this browser, this one included. */
  visits_: number;
  now_: Date;
}

/** The host in an address a browser has written; empty when there is none. */
export const hostOf = (url: string): string => url && new URL(url).hostname;

/** Does everything hold for which nobody has to wait? */
export function fits(rule: WireRule, facts: Facts): boolean {
  const { u, x = [], q = [], f, m = {}, v, l, c: [least, most = Infinity] = [0] } = rule;
  const matches = (one: NonNullable<WireRule['u']>[number]) => accepts(one, facts.at_);
  const query = new URLSearchParams(facts.search_);
  const host = hostOf(facts.referrer_);
  return (!u || u.some(matches)) && !x.some(matches)
    // 0 is, 1 is not, 2 exists, 3 does not exist
    && q.every(([name, op, value = '']) => (op < 2 ? query.getAll(name).includes(value) : query.has(name)) === (op % 2 === 0))
    && (!f || f.some((one) => (one === 'direct' ? !host : `.${host}`.endsWith(`.${one}`))))
    && Object.entries(m).every(([part, value]) => query.get(`utm_${part}`) === value)
    && (!v || facts.mobile_ === (v === 'mobile'))
    && (!l || l.some((one) => facts.languages_.some((language) => `${language.toLowerCase()}-`.startsWith(`${one}-`))))
    && facts.visits_ >= least && facts.visits_ <= most
    && runs(rule, facts.now_);
}
