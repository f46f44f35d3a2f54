/** The cookie of the SDK: `id.analytics.messages`, consents empty as long as nothing was said. */
export const ID_COOKIE = 'danbi';
const STATE = '(?:granted|denied|pending)?';
const VALUE = new RegExp(`^[\\w-]{0,64}\\.${STATE}\\.${STATE}$`);
const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;
const YEAR_S = 395 * 86_400;

/**
 * The same cookie as `Set-Cookie`, null when there is none that the SDK could have written. Nothing comes from outside but
 * what the browser itself has: the domain is checked by it against the page's and against public suffixes.
 */
export function renewedCookie(value: string | undefined, domain: string | undefined, isSecure: boolean): string | null {
  if (value === undefined || !VALUE.test(value)) return null;
  const on = domain !== undefined && DOMAIN.test(domain) ? `; Domain=${domain}` : '';
  return `${ID_COOKIE}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${on}${isSecure ? '; Secure' : ''}`;
}
