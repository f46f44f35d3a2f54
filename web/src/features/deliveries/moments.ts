import type { Api } from '../../lib/api.ts';

type Detail = Api<'DeliveryDetail'>;
export type Moment = { at: string; key: string } & (
  | { kind: 'queued' | 'due' | 'tried' | 'sent' }
  | { kind: 'settled'; state: Detail['state']; reason: string | null; detail: string | null }
  | { kind: 'gate'; decision: Detail['decisions'][number] }
  | { kind: 'post'; post: Detail['posts'][number] }
  | { kind: 'event'; event: Detail['events'][number] });

const ENDS = ['bounced', 'failed', 'uncertain', 'cancelled', 'recalled', 'ghost', 'delivered'];
/** Of what happens in the same moment, what leads to the other comes first. */
const ORDER = ['queued', 'due', 'gate', 'tried', 'post', 'sent', 'event', 'settled'];

/** Everything that is known of one delivery, in order of time. Pure. */
export function momentsOf(delivery: Detail): Moment[] {
  const { queuedAt, dueAt, firstAttemptAt, sentAt, settledAt, state, reason, detail, decisions, posts, events, attempts } = delivery;
  const moments: Moment[] = [
    { kind: 'queued', at: queuedAt, key: 'queued' },
    ...(dueAt > queuedAt ? [{ kind: 'due' as const, at: dueAt, key: 'due' }] : []),
    ...decisions.map((decision, index): Moment => ({ kind: 'gate', at: decision.at, key: `gate ${index}`, decision })),
    // A first try that is the only one and went through is what "sent" says already.
    ...(firstAttemptAt && posts.length === 0 && (attempts > 1 || !sentAt) ? [{ kind: 'tried' as const, at: firstAttemptAt, key: 'tried' }] : []),
    ...posts.map((post, index): Moment => ({ kind: 'post', at: post.at, key: `post ${index}`, post })),
    ...(sentAt ? [{ kind: 'sent' as const, at: sentAt, key: 'sent' }] : []),
    ...events.map((event, index): Moment => ({ kind: 'event', at: event.at, key: `event ${index}`, event })),
    ...(settledAt && ENDS.includes(state) ? [{ kind: 'settled' as const, at: settledAt, key: 'settled', state, reason, detail }] : []),
  ];
  return moments.toSorted((a, b) => a.at.localeCompare(b.at) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
