import type { Node } from './draft.ts';

/** The sentences one can begin with, in the order of the menu. */
export const KINDS = ['event', 'attribute', 'page', 'seen', 'event_value', 'event_time', 'engagement', 'segment', 'list', 'tag', 'consent'] as const;
export type Kind = (typeof KINDS)[number];

/** A new sentence of a kind with empty slots and the most usual choices. */
export function newCondition(kind: Kind): Node {
  switch (kind) {
    case 'event': return { type: 'event', event: '', count: { op: 'at_least', value: 1 } };
    case 'attribute': return { type: 'attribute', key: '', op: 'is', value: '' };
    case 'page': return { type: 'page', measure: 'views', op: 'at_least', value: 1, url: [{ match: 'glob', pattern: '' }] };
    case 'seen': return { type: 'attribute', key: '$last_seen_at', op: 'within_last', value: { days: 7 } };
    case 'event_value': return { type: 'event_value', event: '', measure: 'sum', property: '', op: 'at_least', value: 1 };
    case 'event_time': return { type: 'event_time', event: '', which: 'first', op: 'within_last', value: { days: 7 } };
    case 'engagement': return { type: 'engagement', kind: 'clicked' };
    case 'segment': return { type: 'segment', op: 'in', segmentId: '' };
    case 'list': return { type: 'list', op: 'in', listId: '' };
    case 'tag': return { type: 'tag', op: 'has', tag: '' };
    case 'consent': return { type: 'consent', channel: 'email', topic: '', state: 'subscribed' };
  }
}

const SEEN = new Set(['$first_seen_at', '$last_seen_at']);
const SPANS = new Set(['within_last', 'older_than']);
/** Which sentence says a condition: being seen is an attribute with a sentence of its own. */
export function kindOf(node: Node): Kind | null {
  if (node.type === 'attribute') return SEEN.has(node.key) && SPANS.has(node.op) ? 'seen' : 'attribute';
  return KINDS.find((kind) => kind === node.type) ?? null;
}
