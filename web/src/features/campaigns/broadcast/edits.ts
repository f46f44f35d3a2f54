import type { Definition, Duration } from '../words/use-flow-words.ts';

export interface Variant { key: string; name?: string; weight?: number; content?: Record<string, unknown> }
export interface BroadcastMessage { id?: string; type: 'message'; channel: string; name?: string; topic?: string; variants?: Variant[]; control?: { weight: number }; test?: { send?: { share: number; wait: Duration } } & Record<string, unknown> }
export interface BroadcastGoal { key: string; name?: string; primary?: boolean; window?: Duration; event?: { name?: string; where?: unknown[] }; condition?: unknown }
/** A broadcast as its draft has it: any part may be missing. */
export interface Broadcast { type: 'broadcast'; segmentId?: string | null; audience?: object | null; launchAt?: string | null; localTime?: string | null; message?: BroadcastMessage | null; goals?: BroadcastGoal[] | null }

export const broadcastOf = (definition: Definition) => definition as unknown as Broadcast;

/** The draft with some parts replaced; undefined takes a part out. */
export function withParts(definition: Definition, parts: Partial<Broadcast>): Definition {
  const next: Record<string, unknown> = { ...definition, ...parts };
  for (const key of Object.keys(parts)) if (next[key] === undefined) delete next[key];
  return next as unknown as Definition;
}

const KEYS = 'ABCDEFGH';
export const MOST_VARIANTS = KEYS.length;

/** One more variant, with the content of the first. */
export function addVariant(message: BroadcastMessage): BroadcastMessage {
  const variants = message.variants ?? [];
  const key = [...KEYS].find((free) => variants.every((variant) => variant.key !== free));
  return key === undefined ? message : { ...message, variants: [...variants, { key, ...(variants[0]?.content ? { content: variants[0].content } : {}) }] };
}

/** Without a variant; a test-then-send needs two and goes with the second last. */
export function removeVariant(message: BroadcastMessage, key: string): BroadcastMessage {
  const variants = (message.variants ?? []).filter((variant) => variant.key !== key);
  return variants.length > 1 ? { ...message, variants } : withSend({ ...message, variants }, null);
}

/** Sends to a share first and waits, or to everybody at once. The rest of the test's plan stays. */
export function withSend({ test, ...message }: BroadcastMessage, send: { share: number; wait: Duration } | null): BroadcastMessage {
  const { send: _before, ...rest } = test ?? {};
  const next = send ? { ...rest, send } : rest;
  return Object.keys(next).length > 0 ? { ...message, test: next } : message;
}

/** A goal with an event still to be named. */
export function addGoal(goals: readonly BroadcastGoal[]): BroadcastGoal[] {
  let number = goals.length + 1;
  while (goals.some(({ key }) => key === `goal-${number}`)) number += 1;
  return [...goals, { key: `goal-${number}`, name: '', primary: goals.length === 0, window: { days: 7 }, event: { name: '' } }];
}
