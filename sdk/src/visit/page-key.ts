import type { SiteSettings } from '../../../src/contract/visitor-wire.js';

/** A query with only some of its parameters. */
export const queryOf = (search: string, takes: (name: string) => boolean): string => `${new URLSearchParams([...new URLSearchParams(search)].filter(([name]) => takes(name)))}`;

/** Query parameters that say how somebody came and not what is shown. */
const IGNORED = /^(utm_|mc_|_hs|(gclid|fbclid|msclkid|ttclid|_ga)$)/;

/** What makes a page another page: a page visit ends where this changes. */
export const pageKey = ({ origin, pathname, search, hash }: Pick<URL, 'origin' | 'pathname' | 'search' | 'hash'>, settings: SiteSettings): string =>
  `${origin}${pathname}?${queryOf(search, (name) => !IGNORED.test(name) && !settings.ignore?.includes(name))}${settings.hash && /^#[/!]/.test(hash) ? hash : ''}`;
