/** Reads percent-escapes byte by byte: what is no UTF-8, zero, or in `kept` stays. */
export function decoded(text: string, kept: readonly string[] = []): string {
  let read = '';
  for (let at = 0; at < text.length; ) {
    const escapes = /^(?:%[0-9a-f]{2})+/i.exec(text.slice(at, at + 12))?.[0] ?? '';
    const [found, length] = escapes === '' ? [text[at]!, 1] : oneCharacter(escapes);
    read += kept.includes(found) ? text.slice(at, at + length).toUpperCase() : found;
    at += length;
  }
  return read;
}

function oneCharacter(escapes: string): [string, number] {
  const bytes = [...escapes.matchAll(/%(..)/g)].map(([, hex]) => Number.parseInt(hex!, 16));
  for (let count = 1; count <= Math.min(4, bytes.length); count += 1) {
    try {
      const found = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes.slice(0, count)));
      if (found !== '\0') return [found, count * 3];
    } catch {
      // No character ends here; a longer one may.
    }
  }
  return [escapes[0]!, 1];
}

/** Escapes that would change where a path is cut. */
export const KEPT = ['/', '%', '?', '#'];
const pathOf = ({ pathname }: URL): string => decoded(pathname, KEPT).replace(/\/+$/, '');

function parsed(url: string): URL | null {
  try {
    const found = new URL(url);
    return found.host === '' || found.hostname.length > 253 ? null : found;
  } catch {
    return null;
  }
}

/** Host and path of a page as the platform's own `URL` reads them. */
export function locationOf(url: string | null, path: string | null): string | null {
  const found = url !== null && url.length <= 32_768 ? parsed(url) : null;
  if (found) return decoded(found.hostname) + pathOf(found);
  const given = path !== null && path.trim() !== '' ? path : url !== null && /^\s*\/(?![/\\])/.test(url) ? url : null;
  return given === null || given.length > 32_768 ? null : pathOf(new URL(`http://x${/^\s*[/\\]/.test(given) ? '' : '/'}${given.trim()}`));
}

/** The query of a page, undecoded. */
export function searchOf(url: string | null, search: string | null): string {
  const found = url !== null && url.length <= 32_768 ? parsed(url) : null;
  return found && found.search !== '' ? found.search.slice(1) : (search ?? '').replace(/^\?/, '');
}

/** The parameters of a query in their order. */
export const paramsOf = (search: string): [string, string][] => search.split('&').filter((part) => part !== '').map((part) => {
  const [key, ...rest] = part.replaceAll('+', ' ').split('=');
  return [decoded(key!), decoded(rest.join('='))];
});
