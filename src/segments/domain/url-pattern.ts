import { domainToASCII } from 'node:url';
import { MAX_PATTERN, translateRegex } from './safe-regex.js';

export type Translated = { postgres: string } | { problem: string };

/** A pattern of a URL rule as an expression for PostgreSQL's `~` over what `page_location` answers; or, in one sentence, why there is none. */
export const translatePattern = ({ match, pattern }: { match: 'glob' | 'regex'; pattern: string }): Translated => (match === 'regex' ? translateRegex(pattern) : translateGlob(pattern));

/**
 * A glob over host and path, anchored at both ends: `*` within a segment, `**` across segments (with the slash before it also
 * for nothing). Everything else stands for itself. Without captures PostgreSQL matches it in time linear in the address.
 */
function translateGlob(pattern: string): Translated {
  if (pattern.length > MAX_PATTERN) return { problem: `The pattern has ${pattern.length} characters; ${MAX_PATTERN} are allowed.` };
  const given = pattern.trim().replace(/^https?:\/\//i, '');
  if (given === '') return { problem: 'The pattern is empty. "**" is any page.' };
  if (/[?#]/.test(given)) return { problem: 'A pattern is about host and path; "?" and "#" are no part of it. Ask for parameters with "query".' };
  const slash = given.indexOf('/');
  const host = hostPattern(slash < 0 ? given : given.slice(0, slash));
  if (typeof host !== 'string') return host;
  const path = slash < 0 ? '' : given.slice(slash).replace(/\/+$/, '');
  return { postgres: `^${written(host)}${written(path)}$` };
}

/** The host of a pattern as hosts are stored: lower case, ASCII, no port. None stands for any. */
function hostPattern(given: string): string | { problem: string } {
  const host = given.replace(/:\d+$/, '').toLowerCase();
  if (host === '') return '*';
  if (/^\[[0-9a-f:.]+\]$/.test(host)) return host;
  if (!/^[\p{L}\p{M}\p{N}._*-]+$/u.test(host)) return { problem: `"${given}" is no host. A pattern is a host and a path ("example.com/pricing/**") or a path alone ("/pricing/**").` };
  const labels = host.split('.').map((label) => (/^[*\x21-\x7e]*$/.test(label) ? label : label.includes('*') ? '' : domainToASCII(label)));
  return labels.some((label, index) => label === '' && host.split('.')[index] !== '') ? { problem: `"${given}": a name that is not in ASCII must be whole and valid; "*" can only stand for all of it.` } : labels.join('.');
}

const ESCAPES = /%(?:0[1-9A-F]|[1-7][0-9A-F]|(?:C[2-9A-F]|D[0-9A-F]|E0%[AB][0-9A-F]|(?:E[1-9A-CEF]|F0%[9AB][0-9A-F]|F[1-3]%[89AB][0-9A-F]|F4%8[0-9A-F])%[89AB][0-9A-F]|ED%[89][0-9A-F])%[89AB][0-9A-F])/gi;
const KEPT = ['%23', '%25', '%2F', '%3F'];

/** Text with its percent-escapes read as `page_path` reads them. */
const decoded = (text: string): string => text.replace(ESCAPES, (escape) => (KEPT.includes(escape.toUpperCase()) ? escape.toUpperCase() : decodeURIComponent(escape)));
const literal = (text: string): string => decoded(text).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

function written(glob: string): string {
  const parts = glob.split(/(\/\*{2,}(?=\/|$)|\*+)/);
  return parts.map((part, index) => (index % 2 === 0 ? literal(part) : part.startsWith('/') ? '(?:/.*)?' : part === '*' ? '[^/]*' : '.*')).join('');
}

/** A host as `page_host` writes it; null when the text is no host. */
export function hostOf(text: string): string | null {
  const host = text.trim().toLowerCase();
  if (!/^[\p{L}\p{M}\p{N}._-]{1,253}$/u.test(host)) return null;
  return /^[\x21-\x7e]+$/.test(host) ? host : domainToASCII(host) || null;
}
