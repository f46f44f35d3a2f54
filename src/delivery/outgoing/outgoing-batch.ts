import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { fateOf, type PostOutcome } from '../hooks/domain/attempt.js';
import { circuitState } from '../hooks/domain/circuit.js';
import { GuardedPost } from '../hooks/guarded-post.js';
import { healthAfter } from '../hooks/hook-batch.js';
import { requestFor } from '../hooks/hook-request.js';
import { insertAttempts, type Attempt } from '../hooks/store/attempts.store.js';
import { liveSecrets, lockEndpoint, lockEndpointIfFree, saveHealth, type Endpoint } from '../hooks/store/endpoints.store.js';
import { batchesOf } from './domain/batches.js';
import { claimOutgoing, settleOutgoing, type ClaimedOutgoing, type OutgoingEnd } from './store/outgoing.store.js';
import { findSubscription, noteFailing, type Subscription } from './store/subscriptions.store.js';

const AT_ONCE = 10;
/** Calls of one round to Segment; see {@link batchesOf}. */
const CALLS = 500;
const LEASE_MS = 60_000;
/** After so long without one good answer the endpoint is switched off. */
const FAILING_MS = 5 * 86_400_000;

/** What a batch needs of the rest of the module. */
@Injectable()
export class OutgoingSurroundings {
  constructor(readonly db: DataSource, readonly clock: Clock, readonly post: GuardedPost, readonly audit: AuditLog) {}
}

interface Batch { endpoint: Endpoint; subscription: Subscription; secrets: string[]; claimed: ClaimedOutgoing[]; leaseUntil: Date }
/** One POST and the events in it. */
interface Posted { events: readonly ClaimedOutgoing[]; outcome: PostOutcome; at: Date }

/**
 * One claim of one endpoint, from queue to settlement, each a transaction of its own. Who is killed in between leaves a lease that runs out: the events go again
 * under their ids.
 *
 * @returns how many events were taken
 */
export async function runOutgoing(outside: OutgoingSurroundings, endpointId: string): Promise<number> {
  const batch = await claim(outside, endpointId);
  if (batch === null) return 0;
  const { endpoint, subscription, secrets, claimed } = batch;
  const posts = subscription.format === 'segment' ? batchesOf(claimed).map((events) => ({ id: events[0]!.id, events, body: JSON.stringify({ batch: events.map(({ payload }) => payload), sentAt: outside.clock.now().toISOString() }) })) : claimed.map((one) => ({ id: one.id, events: [one], body: JSON.stringify(one.payload) }));
  const posted = await Promise.all(posts.map(async ({ id, events, body }): Promise<Posted> => {
    const at = outside.clock.now();
    return { events, at, outcome: await outside.post.post(requestFor(endpoint, secrets, { id, body, at })) };
  }));
  await inTransaction(outside.db, (tx) => settle(outside, tx, batch, posted));
  return claimed.length;
}

/** The endpoint is locked while its events are claimed, so that pace and probes hold for all processes together. */
function claim({ db, clock }: OutgoingSurroundings, endpointId: string): Promise<Batch | null> {
  return inTransaction(db, async (tx) => {
    const now = clock.now();
    const endpoint = await lockEndpointIfFree(tx, endpointId);
    const subscription = endpoint && await findSubscription(tx, endpointId);
    if (!endpoint?.enabled || !subscription || (endpoint.nextAt !== null && endpoint.nextAt > now)) return null;
    const circuit = circuitState(endpoint, now);
    if (circuit === 'open') return null;
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const most = subscription.format === 'segment' ? CALLS : AT_ONCE;
    const claimed = await claimOutgoing(tx, { endpointId, limit: circuit === 'half_open' ? 1 : most, leaseUntil, now });
    if (claimed.length === 0) return null;
    // A probe keeps others out until it is judged, or its sender is given up.
    if (circuit === 'half_open') await saveHealth(tx, { ...endpoint, openUntil: leaseUntil });
    return { endpoint, subscription, claimed, leaseUntil, secrets: (await liveSecrets(tx, endpointId, now)).map(({ secret }) => secret) };
  });
}

/** Ends, attempts and what they say of the endpoint are written together. */
async function settle({ clock, audit }: OutgoingSurroundings, tx: Db, { subscription: { endpointId, failingSince }, leaseUntil }: Batch, posted: readonly Posted[]): Promise<void> {
  const now = clock.now();
  const endpoint = await lockEndpoint(tx, endpointId);
  await settleOutgoing(tx, posted.flatMap((one) => one.events.map((event) => endOf(event, one, now))), leaseUntil, now);
  await insertAttempts(tx, posted.map((one) => attemptOf(endpointId, one, now)));
  const outcomes = posted.map(({ outcome }) => outcome);
  const since = !outcomes.some(isGood) ? failingSince ?? now : null;
  await noteFailing(tx, endpointId, since);
  if (!endpoint) return;
  const health = healthAfter(endpoint, outcomes, now);
  const isFailing = health.enabled && since !== null && now.getTime() - since.getTime() >= FAILING_MS;
  const after = isFailing ? { ...health, enabled: false, disabledBecause: 'failing' as const } : health;
  await saveHealth(tx, after);
  if (endpoint.enabled && !after.enabled) await audit.record(tx, { actor: 'system', action: 'webhook_endpoint.disable', subject: `webhook_endpoint:${endpointId}`, detail: { because: after.disabledBecause } }, now);
}

const isGood = (outcome: PostOutcome): boolean => outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300;

function endOf({ id, attempts }: ClaimedOutgoing, { outcome }: Posted, now: Date): OutgoingEnd {
  const fate = fateOf(outcome, { deliveryId: id, kind: 'standard', attempts: attempts + 1, now });
  const detail = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.error;
  if (fate.kind === 'delivered') return { id, state: 'sent', dueAt: null, detail };
  return fate.kind === 'retry' ? { id, state: 'waiting', dueAt: fate.at, detail } : { id, state: 'dead', dueAt: null, detail };
}

function attemptOf(endpointId: string, posted: Posted, now: Date): Attempt {
  const { events, outcome, at } = posted;
  const [first] = events as [ClaimedOutgoing];
  const fate = fateOf(outcome, { deliveryId: first.id, kind: 'standard', attempts: first.attempts + 1, now });
  const answered = outcome.kind === 'answer';
  return {
    id: newId(), endpointId, deliveryId: first.id, at, attempt: first.attempts + 1, fate: fate.kind, status: answered ? outcome.status : null,
    error: answered ? null : outcome.error, response: answered ? outcome.body : '', durationMs: now.getTime() - at.getTime(), nextAt: fate.kind === 'retry' ? fate.at : null,
  };
}
