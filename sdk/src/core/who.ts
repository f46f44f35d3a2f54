import type { Caller } from '../../../src/contract/visitor-wire.js';
import type { Consent, ConsentState, Proof } from '../api.js';
import { cookieOf, widestDomain } from './cookie.js';
import { newId } from './ids.js';
import { options } from './options.js';
import { idle, quiet } from './safe.js';
import { local } from './storage.js';

/** Who this browser is and what its owner has said: one cookie for the whole site, mirrored in localStorage. */
const YEAR_S = 395 * 86_400;
const COOKIE = 'danbi';

export let said: Partial<Consent> = {};
export let anonymousId = '';
export let userId: string | undefined;
/** `userHash` and `jwt` are the names the server has for it in an event's context. */
export let proof: Proof | undefined;
let domain: string | undefined;

/** Who it is, as one text. */
export const me = (): string => `${anonymousId} ${userId}`;

/** Reads what is kept: `id.analytics.messages`. */
export function readWho(): void {
  const [id, analytics, messages] = `${quiet(() => cookieOf(document.cookie, COOKIE)) ?? local.get('id') ?? ''}`.split('.') as (ConsentState | undefined)[];
  anonymousId = id || anonymousId || newId();
  said = { analytics, messages };
  // A user belongs to an anonymous id: another subdomain, which shares the cookie, may have another by now.
  // What is kept there may be anybody's: something else than we wrote is nobody.
  const { a, u, p } = local.get<{ a?: string; u?: string; p?: Proof }>('user') ?? {};
  [userId, proof] = a === anonymousId ? [u, p] : [];
}

export const caller = (): Caller => ({ k: options.key, a: anonymousId, u: userId, h: proof?.userHash, j: proof?.jwt });

/** @param next without a proof, that of the same user stays */
export function become(user: string | undefined, next?: Proof): void {
  proof = next ?? (user === userId ? proof : undefined);
  userId = user;
  local.set('user', user && { a: anonymousId, u: user, p: proof });
}

/** Another anonymous id from now on, and no user. */
export function rotate(): void {
  anonymousId = newId();
  become(undefined);
}

/** Keeps the answers, refusals too, and the id when it may be kept. */
export function saveWho(mayKeepId: boolean): void {
  const text = [mayKeepId ? anonymousId : '', said.analytics, said.messages].join('.');
  local.set('id', text);
  become(userId);
  const write = (): void => {
    domain ??= widestDomain(location.hostname, (candidate) => {
      setCookie('danbi_', '1', candidate);
      const taken = cookieOf(document.cookie, 'danbi_');
      setCookie('danbi_', '', candidate);
      return !!taken;
    });
    setCookie(COOKIE, text === '..' ? '' : text, domain);
  };
  // Cookies are slow while a page loads; later, other tabs read them as soon as they are told to.
  if (domain === undefined) idle(write);
  else write();
}

/** An empty value takes the cookie away. */
function setCookie(name: string, value: string, on: string): void {
  document.cookie = `${name}=${value};path=/;max-age=${value ? YEAR_S : 0};samesite=lax${on && `;domain=${on}`}${location.protocol === 'https:' ? ';secure' : ''}`;
}
