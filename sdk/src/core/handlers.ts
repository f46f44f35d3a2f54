import type { DanbiEvents } from '../api.js';
import { quiet } from './safe.js';

type Handler = (detail: never) => void;

const handlers: Record<string, Set<Handler>> = {};

export function on<E extends keyof DanbiEvents>(event: E, fn: (detail: DanbiEvents[E]) => void): () => void {
  const set = (handlers[event] ??= new Set()).add(fn);
  return () => void set.delete(fn);
}

export function emit<E extends keyof DanbiEvents>(event: E, detail: DanbiEvents[E]): void {
  handlers[event]?.forEach((fn) => quiet(() => (fn as (detail: DanbiEvents[E]) => void)(detail)));
}
