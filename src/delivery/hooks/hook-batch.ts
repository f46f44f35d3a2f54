import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import { leaveTrail } from '../../platform/tracing/trail.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { RenderFailure, type CompiledMessage } from '../content/compiled.js';
import { ContentCache } from '../content/content-cache.js';
import { GatedQueue, type GatedClaims } from '../sending/gated-claims.js';
import { contentFor, contextOf } from '../sending/render-context.js';
import { settle, type Settlement } from '../sending/store/settlements.store.js';
import { fateOf, isTrouble, type Fate, type PostOutcome } from './domain/attempt.js';
import { afterAttempts, circuitState } from './domain/circuit.js';
import { bodyOf, requestFor, type Said } from './hook-request.js';
import { GuardedPost } from './guarded-post.js';
import { renderChat, renderWebhook } from './render-hooks.js';
import { insertAttempts, type Attempt } from './store/attempts.store.js';
import { liveSecrets, lockEndpoint, lockEndpointIfFree, saveHealth, type Endpoint } from './store/endpoints.store.js';

/** POSTs under way to one endpoint of one's own. */
const AT_ONCE = 10;
/** A claim outlives the slowest POST several times. */
const LEASE_MS = 60_000;
/** A POST begins only while this much of the claim is left. */
const MARGIN_MS = 20_000;
/** Slack takes one message a second for each webhook (api.slack.com, "Rate limits"); JANDI is treated alike. */
const CHAT_PACE_MS = 1_000;

/** What a batch needs from the rest of the module. */
@Injectable()
export class HookSurroundings {
  /** Who holds the claims of this process. */
  readonly worker = newId();
  constructor(readonly db: DataSource, readonly clock: Clock, readonly queue: GatedQueue, readonly contents: ContentCache, readonly post: GuardedPost, readonly audit: AuditLog) {}
}

type Claimed = GatedClaims['allowed'][number];
interface Batch { endpoint: Endpoint; secrets: string[]; workspace: Workspace; allowed: Claimed[]; contents: Map<string, CompiledMessage>; leaseUntil: Date; taken: number }
interface Ended { end: Settlement; tried?: { attempt: Attempt; outcome: PostOutcome } }

/**
 * One claim of one endpoint from queue to settlement. Claim and settlement are transactions of their own; whoever is killed
 * between them leaves a lease that runs out (`releaseExpired`).
 *
 * @returns how many deliveries were taken
 */
export async function runBatch(outside: HookSurroundings, endpointId: string): Promise<number> {
  const batch = await claim(outside, endpointId);
  if (batch === null) return 0;
  const ended = await Promise.all(batch.allowed.map((each) => deliver(outside, batch, each)));
  const ends = ended.filter((each): each is Ended => each !== null);
  if (ends.length > 0) await inTransaction(outside.db, (tx) => settleAll(outside, tx, endpointId, ends));
  return batch.taken;
}

/** The endpoint is locked while its deliveries are claimed: workers take turns, so pace and probes hold for all of them together. */
function claim({ db, clock, queue, contents, worker }: HookSurroundings, endpointId: string): Promise<Batch | null> {
  return inTransaction(db, async (tx) => {
    const now = clock.now();
    const endpoint = await lockEndpointIfFree(tx, endpointId);
    if (!endpoint?.enabled || (endpoint.nextAt !== null && endpoint.nextAt > now)) return null;
    const circuit = circuitState(endpoint, now);
    if (circuit === 'open') return null;
    const chat = endpoint.kind !== 'standard';
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const workspace = await loadWorkspace(tx);
    const { taken, allowed } = await queue.claimIn(tx, { channel: chat ? 'chat' : 'webhook', endpointId, worker, leaseUntil, limit: chat || circuit === 'half_open' ? 1 : AT_ONCE, now, workspace });
    if (taken === 0) return null;
    const paced = chat ? new Date(now.getTime() + CHAT_PACE_MS) : endpoint.nextAt;
    // A probe keeps others out until it is judged, or its sender is given up.
    await saveHealth(tx, { ...endpoint, nextAt: paced, openUntil: circuit === 'half_open' ? leaseUntil : endpoint.openUntil });
    return {
      endpoint, allowed, taken, leaseUntil, workspace,
      secrets: (await liveSecrets(tx, endpointId, now)).map(({ secret }) => secret),
      contents: await contents.load(tx, allowed.flatMap((each) => each.contentId ?? [])),
    };
  });
}

/** Null when there was no time left to begin: the claim runs out and the delivery is taken again. */
async function deliver({ db, clock, post }: HookSurroundings, batch: Batch, claimed: Claimed): Promise<Ended | null> {
  const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence };
  const { endpoint } = batch;
  let body: string;
  try {
    body = bodyOf(sayTo(claimed, batch), endpoint.kind);
  } catch (error) {
    const failure = error instanceof RenderFailure ? { reason: error.code, detail: error.detail } : { reason: 'RENDER_ERROR' as const, detail: error instanceof Error ? error.message : String(error) };
    return { end: { ...common, state: 'failed', ...failure, attempted: false } };
  }
  if (claimed.isControl) return { end: { ...common, state: 'ghost', reason: 'EXPERIMENT_CONTROL', attempted: false } };
  const at = clock.now();
  if (at.getTime() > batch.leaseUntil.getTime() - MARGIN_MS) return null;
  const outcome = await post.post(requestFor(endpoint, batch.secrets, { id: claimed.id, body, at }));
  const now = clock.now();
  const attempts = claimed.attempts + 1;
  const fate = fateOf(outcome, { deliveryId: claimed.id, kind: endpoint.kind, attempts, now });
  leaveTrail(db, () => [{ kind: 'handover', id: claimed.id, personId: claimed.personId, from: at, until: now, to: endpoint.id, outcome: fate.kind === 'delivered' ? 'accepted' : fate.kind }]);
  return { end: { ...common, ...endOf(fate, outcome, now), attempted: true }, tried: { attempt: attemptOf({ endpoint, claimed, at, now, attempts }, fate, outcome), outcome } };
}

function sayTo(claimed: Claimed, { contents, workspace }: Batch): Said {
  const context = contextOf(claimed, claimed.person, workspace);
  const kind = contents.get(claimed.contentId ?? '')?.kind === 'chat' ? 'chat' : 'webhook';
  if (kind === 'chat') return { channel: 'chat', chat: renderChat(contentFor('chat', contents, claimed.contentId), context) };
  return { channel: 'webhook', webhook: renderWebhook(contentFor('webhook', contents, claimed.contentId), context, claimed.queuedAt) };
}

function endOf(fate: Fate, outcome: PostOutcome, now: Date): Pick<Settlement, 'state' | 'reason' | 'detail' | 'dueAt' | 'sentAt'> {
  switch (fate.kind) {
    case 'delivered': return { state: 'sent', sentAt: now };
    case 'retry': return { state: 'queued', dueAt: fate.at, detail: inWords(outcome) };
    case 'dead': return { state: 'failed', reason: fate.reason, detail: inWords(outcome) };
    case 'uncertain': return { state: 'uncertain', reason: 'PROVIDER_UNCERTAIN', detail: inWords(outcome) };
  }
}

const inWords = (outcome: PostOutcome): string => (outcome.kind === 'answer' ? `HTTP ${outcome.status}: ${outcome.body.slice(0, 200)}` : outcome.error);

function attemptOf({ endpoint, claimed, at, now, attempts }: { endpoint: Endpoint; claimed: Claimed; at: Date; now: Date; attempts: number }, fate: Fate, outcome: PostOutcome): Attempt {
  const answered = outcome.kind === 'answer';
  return {
    id: newId(), endpointId: endpoint.id, deliveryId: claimed.id, at, attempt: attempts, fate: fate.kind, status: answered ? outcome.status : null,
    error: answered ? null : outcome.error, response: answered ? outcome.body : '', durationMs: now.getTime() - at.getTime(), nextAt: fate.kind === 'retry' ? fate.at : null,
  };
}

/** Ends, attempts and what they say about the endpoint are written together. */
async function settleAll({ clock, audit, worker }: HookSurroundings, tx: Db, endpointId: string, ended: readonly Ended[]): Promise<void> {
  const now = clock.now();
  const endpoint = await lockEndpoint(tx, endpointId);
  const outcomes = ended.flatMap(({ tried }) => (tried ? [tried.outcome] : []));
  await insertAttempts(tx, ended.flatMap(({ tried }) => (tried ? [tried.attempt] : [])));
  await settle(tx, worker, ended.map(({ end }) => end), now);
  if (endpoint && outcomes.length > 0) {
    const health = healthAfter(endpoint, outcomes, now);
    await saveHealth(tx, health);
    if (endpoint.enabled && !health.enabled) await audit.record(tx, { actor: 'system', action: 'webhook_endpoint.disable', subject: `webhook_endpoint:${endpointId}`, detail: { because: 'gone' } }, now);
  }
}

/** What attempts say of an endpoint: whether it is there, asks for a pause, or is gone. */
export function healthAfter(endpoint: Endpoint, outcomes: readonly PostOutcome[], now: Date): Endpoint {
  const answers = outcomes.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome] : []));
  const trouble = outcomes.filter(isTrouble).length;
  const busy = answers.filter(({ status }) => status === 429).length;
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused').length;
  // Any answer that is no trouble shows that the receiver is there: what it refuses is about the message.
  const good = outcomes.length - trouble - busy - refused;
  const wait = Math.max(0, ...answers.flatMap(({ status, retryAfterMs }) => (status === 429 || status === 503 ? [retryAfterMs ?? 0] : [])));
  const nextAt = wait === 0 ? endpoint.nextAt : new Date(Math.max(endpoint.nextAt?.getTime() ?? 0, now.getTime() + wait));
  const gone = answers.some(({ status }) => status === 410);
  // A probe that told nothing (429) leaves the circuit to be probed again, not shut for the length of its lease.
  const circuit = good + trouble > 0 ? afterAttempts(endpoint, { good, trouble }, now) : { failures: endpoint.failures, trips: endpoint.trips, openUntil: endpoint.openUntil === null ? null : now };
  return { ...endpoint, ...circuit, nextAt, ...(gone ? { enabled: false, disabledBecause: 'gone' as const } : {}) };
}
