/** Value of a cookie; undefined when it is not there. */
export const cookieOf = (jar: string, name: string): string | undefined => jar.split('; ').find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

/**
 * The widest domain that takes cookies: browsers refuse those of public suffixes ("co.kr"). Empty for hosts of one word,
 * where a cookie belongs to the host alone.
 */
export const widestDomain = (host: string, takes: (domain: string) => boolean): string =>
  host.split('.').map((_, index, parts) => parts.slice(-2 - index).join('.')).find(takes) ?? '';
