import type { Caller } from '../../../src/contract/visitor-wire.js';
import type { Consent, ConsentState, Proof } from '../api.js';
import { cookieOf, widestDomain } from './cookie.js';
import { newId } from './ids.js';
import { key } from './options.js';
import { idle, quiet } from './safe.js';
import { local, session } from './storage.js';

/** Who this browser is and what its owner has said: one cookie for the whole site, mirrored in localStorage. */
const YEAR_S = 395 * 86_400;
const COOKIE = 'danbi';

export let said: Partial<Consent> = {};
export let anonymousId = '';
export let userId: string | undefined;
/** Lives as long as the tab; `userHash` and `jwt` are the names the server has for it in an event's context. */
export let proof: Proof | undefined;
let domain: string | undefined;

/** Reads what is kept: `id.analytics.messages`. */
export function readWho(): void {
  const [id, analytics, messages] = (quiet(() => cookieOf(document.cookie, COOKIE)) ?? local.get<string>('id') ?? '').split('.') as (ConsentState | undefined)[];
  anonymousId = id || anonymousId || newId();
  said = { analytics: analytics || undefined, messages: messages || undefined };
  // A user belongs to an anonymous id: another subdomain, which shares the cookie, may have another by now.
  const [user, of] = local.get<[string, string]>('user') ?? [];
  userId = of === anonymousId ? user : undefined;
  proof = session.get('proof');
}

export const caller = (): Caller => ({ k: key, a: anonymousId, u: userId, h: proof?.userHash, j: proof?.jwt });

/** @param next without a proof, that of the same user stays */
export function become(user: string | undefined, next?: Proof): void {
  proof = next ?? (user === userId ? proof : undefined);
  userId = user;
  local.set('user', user && [user, anonymousId]);
  session.set('proof', proof);
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
    if (text !== '..' || cookieOf(document.cookie, COOKIE)) setCookie(COOKIE, text === '..' ? '' : text, domain);
  };
  // Cookies are slow while a page loads; later, other tabs read them as soon as they are told to.
  if (domain === undefined) idle(write);
  else write();
}

/** An empty value takes the cookie away. */
function setCookie(name: string, value: string, on: string): void {
  document.cookie = `${name}=${value};path=/;max-age=${value && YEAR_S};samesite=lax${on && `;domain=${on}`}${location.protocol === 'https:' ? ';secure' : ''}`;
}
