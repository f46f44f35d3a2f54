import type { DanbiEvents } from '../api.js';
import { quiet } from './safe.js';

type Handler = [event: string, fn: (detail: never) => void];

const handlers = new Set<Handler>();

export function subscribe<E extends keyof DanbiEvents>(event: E, fn: (detail: DanbiEvents[E]) => void): () => void {
  const handler: Handler = [event, fn];
  handlers.add(handler);
  return () => void handlers.delete(handler);
}

export const emit = <E extends keyof DanbiEvents>(event: E, detail: DanbiEvents[E]): void => handlers.forEach(([name, fn]) => name === event && quiet(fn, detail as never));
