import type { Api } from '../../../lib/api.ts';
import type { Duration } from '../series/model.js';
import type { Definition } from '../words/use-flow-words.ts';

type Node = Api<'SegmentNode'>;

/** Those whose moment was before the launch are taken; `only`: and nobody else. */
export interface Past { lookBack: Duration; only: boolean }

/** Whom a campaign means, and whether they are there when it is launched. */
export type Who =
  | { kind: 'people'; node: Node; segmentId: string | null; /** Takes people in from now on too, or only then. */ take: 'now' | 'now_and_later' | 'later' }
  | { kind: 'event'; event: string; audience: Node | null; past: Past | null }
  | { kind: 'left'; segmentId: string; audience: Node | null }
  | { kind: 'date'; attribute: string; days: number; time: string; yearly: boolean; audience: Node | null; past: Past | null }
  | { kind: 'visitors' } | { kind: 'external' } | { kind: 'api' } | { kind: 'open' };

/** Reads it from a definition, in which parts may still be missing. */
export function whoOf(definition: Definition): Who {
  const audience = definition.audience ?? null;
  if (definition.type === 'auto_message') return { kind: 'visitors' };
  if (definition.type === 'broadcast') {
    if (definition.external) return { kind: 'external' };
    const node = both(inSegment(definition.segmentId), audience);
    return node ? { kind: 'people', node, segmentId: definition.segmentId ?? null, take: 'now' } : { kind: 'open' };
  }
  const { entry } = definition;
  if (entry?.type === 'api') return { kind: 'api' };
  if (entry?.type === 'event') return entry.event ? { kind: 'event', event: entry.event, audience, past: pastOf(entry) } : { kind: 'open' };
  if (entry?.type === 'date') return entry.attribute ? { kind: 'date', attribute: entry.attribute, days: entry.days ?? 0, time: entry.time ?? '09:00', yearly: entry.every === 'year', audience, past: pastOf(entry) } : { kind: 'open' };
  if (entry?.type === 'segment' && entry.on === 'left') return entry.segmentId ? { kind: 'left', segmentId: entry.segmentId, audience } : { kind: 'open' };
  const node = entry?.type === 'segment' ? inSegment(entry.segmentId) : null;
  if (!node || entry?.type !== 'segment') return { kind: 'open' };
  return { kind: 'people', node: both(node, audience)!, segmentId: entry.segmentId, take: ({ current_and_future: 'now_and_later', current_only: 'now', future_only: 'later' } as const)[entry.take ?? 'current_and_future'] };
}

const pastOf = ({ take, lookBack }: { take?: string; lookBack?: Duration | null }): Past | null => (lookBack && take !== undefined && take !== 'future_only' ? { lookBack, only: take === 'current_only' } : null);
const inSegment = (segmentId: string | null | undefined): Node | null => (segmentId ? { type: 'segment', op: 'in', segmentId } : null);
const both = (a: Node | null, b: Node | null): Node | null => (a && b ? { type: 'all', of: [a, b] } : a ?? b);
