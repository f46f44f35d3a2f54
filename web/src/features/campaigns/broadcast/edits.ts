import type { DraftPacing } from '../../pacing/draft-pacing.js';
import type { DraftRamp } from '../../safety/draft-safety.js';
import type { Goal, Rung, TestPlan } from '../series/model.js';
import { withFittingTest } from '../test-plan/plan-edits.js';
import type { Definition } from '../words/use-flow-words.ts';

export interface Variant { key: string; name?: string; weight?: number; content?: Record<string, unknown> }
export interface BroadcastMessage { id?: string; type: 'message'; channel: string; name?: string; topic?: string; variants?: Variant[]; control?: { weight: number }; test?: TestPlan; fallback?: object | null; ladder?: Rung[] | null }
/** A broadcast as its draft has it: any part may be missing. */
export interface Broadcast { type: 'broadcast'; segmentId?: string | null; audience?: object | null; launchAt?: string | null; localTime?: string | null; pacing?: DraftPacing | null; ramp?: DraftRamp | null; recheckAudience?: boolean | null; message?: BroadcastMessage | null; goals?: Goal[] | null }

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

export const removeVariant = (message: BroadcastMessage, key: string): BroadcastMessage => withFittingTest({ ...message, variants: (message.variants ?? []).filter((variant) => variant.key !== key) });

/** With other ways for whom it had no success with, or without. */
export function withLadder({ ladder: _before, ...message }: BroadcastMessage, ladder: Rung[] | undefined): BroadcastMessage {
  return ladder ? { ...message, ladder } : message;
}

/** With a control that gets nothing, or without. */
export function withControl({ control: _before, ...message }: BroadcastMessage, control: { weight: number } | null): BroadcastMessage {
  return withFittingTest(control ? { ...message, control } : message);
}
