import type { SiteSettings } from '../../../src/contract/visitor-wire.js';
import { queryOf } from './address.js';

/** Query parameters that say how somebody came and not what is shown. */
const IGNORED = /^(utm_|mc_|_hs|(gclid|fbclid|msclkid|ttclid|_ga)$)/;

/** What makes a page another page: a page visit ends where this changes. */
export const pageKey = ({ origin, pathname, search, hash }: Pick<URL, 'origin' | 'pathname' | 'search' | 'hash'>, settings: SiteSettings): string =>
  `${origin}${pathname}?${queryOf(search, (name) => !IGNORED.test(name) && !settings.ignore?.includes(name))}${settings.hash && /^#[/!]/.test(hash) ? hash : ''}`;
