import type { Store } from '../visit/contract.js';
import { quiet } from './safe.js';

const PREFIX = 'danbi:';
const AREAS = [() => localStorage, () => sessionStorage];
/** What would be kept if it might: written when it may, forgotten with the page. */
const waiting: Record<string, string>[] = [{}, {}];
let open = false;

/** JSON in a storage of the browser. One that is full, forbidden (reading the property throws) or gone keeps nothing. */
const storeIn = (area: 0 | 1): Store => ({
  get: <T>(name: string) => quiet(() => JSON.parse(waiting[area]![name] ?? AREAS[area]!().getItem(PREFIX + name) ?? 'null') as T) ?? undefined,
  set(name, value) {
    const text = JSON.stringify(value) as string | undefined;
    delete waiting[area]![name];
    if (!open && text) waiting[area]![name] = text;
    else quiet(() => (text ? AREAS[area]!().setItem(PREFIX + name, text) : AREAS[area]!().removeItem(PREFIX + name)));
  },
});

export const local = storeIn(0);
export const session = storeIn(1);
const STORES = [local, session];

/** May anything be kept in this browser? Nothing may at first. */
export function allowStorage(yes: boolean): void {
  open = yes;
  if (yes) STORES.forEach((store, area) => Object.entries(waiting[area]!).forEach(([name, text]) => store.set(name, JSON.parse(text))));
}

/** Names in a storage that begin so. */
export const names = (start: string, area = 0): string[] => quiet(() => Object.keys(AREAS[area]!()).filter((key) => key.startsWith(PREFIX + start)).map((key) => key.slice(PREFIX.length))) ?? [];

/** Takes away all there is. */
export const wipe = (): void => STORES.forEach((store, area) => [...names('', area), ...Object.keys(waiting[area]!)].forEach((name) => store.set(name, undefined)));
