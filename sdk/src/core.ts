import type { Danbi } from './api.js';
import { createDanbi } from './core/danbi.js';
import type { LiveModule } from './core/kit.js';
import { quiet } from './core/safe.js';

declare const __UI__: string;

/** Calls that the snippet kept before this script was there: name and arguments. */
type Stub = Partial<Danbi> & { q?: [keyof Danbi, Iterable<unknown>][] };

/** Entry of the script tag. */
quiet(() => {
  const page = window as { danbi?: Stub };
  const stub = (page.danbi ??= {});
  // A page that loads the script twice keeps the first.
  if (stub.inbox) return;
  const { src = '', dataset: { key, ...options } = {} as DOMStringMap } = (document.currentScript ?? {}) as Partial<HTMLScriptElement>;
  // The import carries the nonce of this script; no element is made, so Trusted Types have nothing to say.
  const danbi = Object.assign(stub, createDanbi((host) => import(`${host}/sdk/${__UI__}`) as Promise<LiveModule>, src.replace(/\/sdk\/[^/]*$/, '')));
  if (key) danbi.init({ key, ...options } as never);
  stub.q?.forEach(([name, args]) => (danbi[name] as (...given: unknown[]) => unknown)(...args));
});
