/** Percent-escapes that spell one character of UTF-8. Those that only look so are refused by `decodeURIComponent`. */
const ESCAPES = /%(?:[0-7]|(?:[cd]|(?:e|f[\da-f]%[89ab])[\da-f]%[89ab])[\da-f]%[89ab])[\da-f]/gi;

/**
 * Host and path as page patterns see them: what `page_location` of the server makes of `location.href`. Escapes are read but
 * for those that would change where a path is cut, slashes at the end left out. The rest a browser has put in order.
 */
export const address = ({ hostname, pathname }: Pick<URL, 'hostname' | 'pathname'>): string =>
  hostname + pathname.replace(ESCAPES, (escape) => {
    try {
      const character = decodeURIComponent(escape);
      return '\0#%/?'.includes(character) ? escape.toUpperCase() : character;
    } catch {
      return escape;
    }
  }).replace(/\/+$/, '');
