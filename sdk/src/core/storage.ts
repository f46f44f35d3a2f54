import type { Store } from '../visit/contract.js';
import { quiet } from './safe.js';

const PREFIX = 'danbi:';
/** What would be kept if it might: written when it may, forgotten with the page. */
let waiting: Record<string, string> = {};
let open = false;

/** JSON in the storage of the browser. One that is full, forbidden (reading the property throws) or gone keeps nothing. */
export const local: Store = {
  get: <T>(name: string) => quiet(() => {
    const text = waiting[PREFIX + name] ?? (localStorage[PREFIX + name] as string | undefined);
    return text && (JSON.parse(text) as T);
  }) as T | undefined,
  set: (name, value) => void quiet(() => {
    const text = JSON.stringify(value) as string | undefined;
    delete waiting[PREFIX + name];
    if (!text) delete localStorage[PREFIX + name];
    else (open ? localStorage : waiting)[PREFIX + name] = text;
  }),
};

/** May anything be kept in this browser? Nothing may at first. */
export function allowStorage(yes: boolean): void {
  open = yes;
  if (!yes) return;
  const all = waiting;
  waiting = {};
  quiet(() => Object.assign(localStorage, all));
}

/** Names of what is kept that begin so. */
export const names = (start: string): string[] => quiet(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + start)).map((key) => key.slice(PREFIX.length))) ?? [];

/** Takes away all there is. */
export function wipe(): void {
  waiting = {};
  names('').forEach((name) => local.set(name, undefined));
}
