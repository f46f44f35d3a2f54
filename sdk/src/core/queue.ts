import type { AckRequest } from '../../../src/contract/visitor-wire.js';
import { batchText, bytesOf, most, MOST_BODY, pause, sizeOf, trim, Verdict, type Item } from './batch.js';
import { newId } from './ids.js';
import { options, VERSION } from './options.js';
import { address, post, type Answer } from './post.js';
import { isCoarse, later, quiet, warn } from './safe.js';
import { local, names } from './storage.js';

/**
 * Gets events and acknowledgements to the server: through failures, closed pages and crashed browsers. What was sent stays
 * until an answer says that it arrived; the server knows what it has by its messageId, so sending again is free. Events and
 * acknowledgements have one request under way each.
 */
const SOON_MS = 1_000;
const SAVE_MS = 250;
const FULL = 20;
const FULL_BYTES = 48 * 1024;
/** Longer than the longest pause between attempts: a tab that has not touched its queue for so long is dead. */
const DEAD_MS = 11 * 60_000;

type Kept = [at: number, items: Item[]];

const own = `q.${newId()}`;
/** Oldest first. */
let items: Item[] = [];
/** For events, for acknowledgements. */
const busy = [false, false];
let stopped = false;
let tries = 0;
let timer = 0;
let saving = 0;
let answered: (ack: AckRequest, answer: unknown) => void;

/** @param answering is told what the server says to acknowledgements */
export const startQueue = (answering: typeof answered): void => { answered = answering; };

/** @param at 0 when the next page may take it on at once */
function save(at = Date.now()): void {
  clearTimeout(saving);
  saving = 0;
  items = trim(items, Date.now());
  local.set(own, items[0] && ([at, items] satisfies Kept));
}

const PATHS = ['b', 'ack'];
const waiting = (kind: number): Item[] => items.filter((item) => !item.ack === !kind);
/** The body that was made last. */
let body = '';

/** Makes a body of some items. @returns may it be so large? One acknowledgement, as many events as there is room for, at least one. */
function fits(kind: number, some: readonly Item[]): boolean {
  body = kind ? JSON.stringify(some[0]!.ack) : batchText(some, options.key, Date.now(), { library: { name: 'danbi-js', version: VERSION }, locale: navigator.language, timezone: local.get('tz'), device: { type: isCoarse() ? (Math.min(screen.width, screen.height) < 600 ? 'mobile' : 'tablet') : 'desktop' } });
  return !some[1] || (!kind && bytesOf(body) <= MOST_BODY);
}

export function flush(): void {
  clearTimeout(timer);
  timer = 0;
  for (const kind of [1, 0]) {
    const all = waiting(kind);
    if (busy[kind] || stopped || !all[0]) continue;
    busy[kind] = true;
    const sent = all.slice(0, most(all, (some) => fits(kind, some)));
    void post(PATHS[kind]!, body, !kind).then((answer) => quiet(settle, kind, sent, answer));
  }
}

function settle(kind: number, sent: readonly Item[], [verdict, said, wait]: Answer): void {
  busy[kind] = false;
  if (verdict === Verdict.Again) timer ||= later(flush, pause(tries++, wait));
  else if (verdict === Verdict.Stop) stopped = true;
  else {
    tries = 0;
    items = items.filter((item) => !sent.includes(item));
    if (kind) answered(sent[0]!.ack as AckRequest, said);
    flush();
  }
  if (verdict > Verdict.Again) warn(said);
  save();
}

/** @param now at once, not in a second */
export function add(item: Item, now?: boolean): void {
  items.push(item);
  saving ||= later(save, SAVE_MS);
  // While the server does not answer, new events do not ask again sooner.
  if (!tries && (now || items.length >= FULL || sizeOf(items) > FULL_BYTES)) flush();
  else timer ||= later(flush, SOON_MS);
}

/** The page is hidden or going: hands everything to the browser; what it does not take waits in the storage. */
export function leave(): void {
  save(0);
  for (const kind of stopped ? [] : [1, 0]) {
    let all = waiting(kind);
    for (let count = 1; count; all = all.slice(count)) count = most(all, (some) => fits(kind, some) && navigator.sendBeacon(address(PATHS[kind]!), body));
  }
}

/** The page is there (again): sends once more what nobody has confirmed, and what dead tabs left. Under the lock `q`. */
export function resume(): void {
  const dead = names('q.').filter((name) => name !== own && (local.get<Kept>(name)?.[0] as number) < Date.now() - DEAD_MS);
  items = [...dead.flatMap((name) => local.get<Kept>(name)![1]), ...items];
  save();
  dead.forEach((name) => local.set(name, undefined));
  flush();
}

/** Forgets what was not sent. @param all acknowledgements too */
export function clear(all?: boolean): void {
  items = all ? [] : waiting(1);
  save();
}
