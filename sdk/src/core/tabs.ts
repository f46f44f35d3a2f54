import type { StreamFrame } from '../../../src/contract/visitor-wire.js';
import { quiet } from './safe.js';

/** What tabs of one browser tell each other: a frame of the stream, or 0: somebody else is here, or has answered otherwise. */
export type TabNews = StreamFrame | 0;

let channel: BroadcastChannel | undefined;

export const say = (news: TabNews): void => channel?.postMessage(news);

export function openTabs(hear: (news: TabNews) => void): void {
  channel ??= new BroadcastChannel('danbi');
  channel.onmessage = ({ data }) => void quiet(hear, data as TabNews);
}

/** An open channel can keep a page out of the back/forward cache. */
export function closeTabs(): void {
  channel?.close();
  channel = undefined;
}

/**
 * Takes a lock that all tabs share. @returns what gives it back; null when it could not be had: somebody has it
 * (`ifAvailable`), or the page is going (`signal`). Outside of https there are no locks, and every tab has them all.
 */
export const hold = (name: string, options: LockOptions = {}): Promise<(() => void) | null> => new Promise((resolve) => {
  const none = (): void => resolve(null);
  if (!navigator.locks) resolve(none);
  else navigator.locks.request(`danbi:${name}`, options, (lock) => lock && new Promise<void>(resolve)).then(none, none);
});
