import type { Leaf } from '../../../contract/segment-conditions.js';
import type { JsonObject, JsonValue } from '../../../people/domain/json.js';

/** One change of what is known of a person. */
export type Change =
  /** Null removes the attribute. */
  | { kind: 'attribute'; key: string; value: JsonValue }
  /** Something done so many times more. */
  | { kind: 'event'; name: string; properties: JsonObject; times: number }
  | { kind: 'tag'; tag: string; set: boolean }
  | { kind: 'list'; listId: string; on: boolean }
  | { kind: 'consent'; channel: 'email' | 'in_app'; topic: string; state: 'subscribed' | 'unsubscribed' };

/** The condition that a change is to make true, or (`wanted` false) no longer true. */
export interface Aim { leaf: Leaf; wanted: boolean }

/** Changes that together reach one aim. */
export interface Proposal { changes: Change[]; aim: Aim }

/** Whether two changes touch the same fact. */
export const isSameFact = (one: Change, other: Change): boolean => one.kind === other.kind && factOf(one) === factOf(other);

function factOf(change: Change): string {
  switch (change.kind) {
    case 'attribute': return change.key;
    case 'event': return `${change.name} ${JSON.stringify(change.properties)}`;
    case 'tag': return change.tag;
    case 'list': return change.listId;
    case 'consent': return `${change.channel} ${change.topic}`;
  }
}
