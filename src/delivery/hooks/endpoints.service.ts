import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { isLost } from '../../platform/secrets/vault.js';
import { AppError, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { circuitState, type CircuitState } from './domain/circuit.js';
import type { EndpointKind, PostOutcome } from './domain/attempt.js';
import { hintOf, newSecret } from './domain/signature.js';
import { GuardedPost } from './guarded-post.js';
import { bodyOf, requestFor, type Said } from './hook-request.js';
import { insertAttempts } from './store/attempts.store.js';
import { addSecret, findEndpoint, insertEndpoint, listEndpoints, liveSecrets, lockEndpoint, saveEndpoint, type Endpoint } from './store/endpoints.store.js';
import { backlogOf } from './store/hook-queue.store.js';

export interface EndpointView {
  id: string; kind: EndpointKind; name: string; description: string; url: string; headerNames: string[];
  enabled: boolean; disabledBecause: 'operator' | 'gone' | 'failing' | null; secretLost?: boolean;
  circuit: { state: CircuitState; failures: number; openUntil: Date | null };
  /** Nothing is sent before. */
  pausedUntil: Date | null;
  waiting: number; dead: number;
  secrets: { hint: string; createdAt: Date; expiresAt: Date | null }[];
  createdAt: Date; updatedAt: Date;
}

export interface EndpointRequest { kind: EndpointKind; name: string; description: string; url: string; headers: Record<string, string> }
export type EndpointChange = Partial<Omit<EndpointRequest, 'kind'>> & { enabled?: boolean };

export interface TestAnswer { webhookId: string; outcome: PostOutcome['kind']; ok: boolean; status: number | null; error: string | null; response: string; durationMs: number; body: string }

const HOUR_MS = 3_600_000;

/** Where webhooks and chat notices go. Secrets are answered once; addresses of chats and values of headers never. */
@Injectable()
export class Endpoints {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly post: GuardedPost, private readonly runner: WorkerRunner) {}

  async list(page: { limit: number; before: string | null }): Promise<EndpointView[]> {
    return this.views(await listEndpoints(this.db, page));
  }

  async one(id: string): Promise<EndpointView> {
    const found = await findEndpoint(this.db, id);
    if (!found) throw notFound('webhook_endpoint', id);
    return (await this.views([found]))[0]!;
  }

  /** The secret is null for chats, which sign nothing. */
  async create(request: EndpointRequest, actor: Actor): Promise<{ endpoint: EndpointView; secret: string | null }> {
    const now = this.clock.now();
    const url = await this.usable(request.url);
    const id = newId();
    const secret = request.kind === 'standard' ? newSecret() : null;
    await inTransaction(this.db, async (tx) => {
      await insertEndpoint(tx, { ...request, id, url, createdBy: actorName(actor) }, now);
      if (secret !== null) await addSecret(tx, { id: newId(), endpointId: id, secret }, now, now);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.create', subject: `webhook_endpoint:${id}`, detail: { kind: request.kind, name: request.name } }, now);
    });
    return { endpoint: await this.one(id), secret };
  }

  /** Another address and switching on begin with a closed circuit. */
  async change(id: string, change: EndpointChange, actor: Actor): Promise<EndpointView> {
    const now = this.clock.now();
    const url = change.url === undefined ? undefined : await this.usable(change.url);
    await inTransaction(this.db, async (tx) => {
      const before = await lockEndpoint(tx, id);
      if (!before) throw notFound('webhook_endpoint', id);
      const { enabled = before.enabled, ...parts } = change;
      const fresh = (enabled && !before.enabled) || (url !== undefined && url !== before.url);
      const disabledBecause = enabled ? null : before.disabledBecause ?? 'operator';
      const after: Endpoint = { ...before, ...parts, url: url ?? before.url, enabled, disabledBecause, ...(fresh ? { failures: 0, trips: 0, openUntil: null, nextAt: null } : {}) };
      await saveEndpoint(tx, after, now);
      const changed = Object.keys(change).filter((part) => change[part as keyof EndpointChange] !== undefined);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.change', subject: `webhook_endpoint:${id}`, detail: { changed, ...(change.enabled === undefined ? {} : { enabled }) } }, now);
    });
    this.runner.wake('delivery.hooks');
    return this.one(id);
  }

  /** A new secret, which signs at once; those before it sign beside it for `overlapHours`. */
  async rotate(id: string, overlapHours: number, actor: Actor): Promise<{ endpoint: EndpointView; secret: string }> {
    const now = this.clock.now();
    const secret = newSecret();
    await inTransaction(this.db, async (tx) => {
      const endpoint = await lockEndpoint(tx, id);
      if (!endpoint) throw notFound('webhook_endpoint', id);
      if (endpoint.kind !== 'standard') throw new AppError('webhook.no-secret', 'Chats are not signed, so there is no secret to rotate. To change the address, send a new "url".', 'conflict');
      await addSecret(tx, { id: newId(), endpointId: id, secret }, new Date(now.getTime() + overlapHours * HOUR_MS), now);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.rotate_secret', subject: `webhook_endpoint:${id}`, detail: { overlapHours } }, now);
    });
    return { endpoint: await this.one(id), secret };
  }

  /** A real POST of a sample, now, whatever the state of the endpoint; it is logged and changes nothing else. */
  async test(id: string, actor: Actor): Promise<TestAnswer> {
    const endpoint = await findEndpoint(this.db, id);
    if (!endpoint) throw notFound('webhook_endpoint', id);
    const webhookId = newId();
    const at = this.clock.now();
    const body = bodyOf(sampleFor(endpoint, (await loadWorkspace(this.db)).name, at), endpoint.kind);
    const secrets = (await liveSecrets(this.db, id, at)).map(({ secret }) => secret);
    const outcome = await this.post.post(requestFor(endpoint, secrets, { id: webhookId, body, at }));
    const durationMs = this.clock.now().getTime() - at.getTime();
    const told = outcome.kind === 'answer' ? { status: outcome.status, error: null, response: outcome.body } : { status: null, error: outcome.error, response: '' };
    await inTransaction(this.db, async (tx) => {
      await insertAttempts(tx, [{ id: webhookId, endpointId: id, deliveryId: null, at, attempt: 1, fate: 'test', ...told, durationMs, nextAt: null }]);
      await this.audit.record(tx, { actor, action: 'webhook_endpoint.test', subject: `webhook_endpoint:${id}`, detail: { status: told.status } }, at);
    });
    return { webhookId, outcome: outcome.kind, ok: outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300, ...told, durationMs, body };
  }

  private async views(endpoints: readonly Endpoint[]): Promise<EndpointView[]> {
    const now = this.clock.now();
    const backlog = await backlogOf(this.db, endpoints.map(({ id }) => id));
    return Promise.all(endpoints.map(async (endpoint) => {
      const { headers, failures, openUntil, nextAt, trips: _trips, url, ...shown } = endpoint;
      const live = await liveSecrets(this.db, endpoint.id, now).catch((error: unknown) => { if (isLost(error)) return []; throw error; });
      const secrets = live.map(({ secret, ...when }) => ({ hint: hintOf(secret), ...when }));
      return {
        ...shown, url: shownUrl(endpoint.kind, url), headerNames: Object.keys(headers), secrets, ...backlog.get(endpoint.id)!,
        circuit: { state: circuitState(endpoint, now), failures, openUntil }, pausedUntil: nextAt !== null && nextAt > now ? nextAt : null,
      };
    }));
  }

  /** The address as it is used, or a refusal that says what is wrong with it. */
  private async usable(text: string): Promise<string> {
    const refuse = (message: string) => new AppError('webhook.bad-url', `This address can not be used: ${message}.`, 'invalid', [{ path: 'url', code: 'webhook.bad-url', message }]);
    if (!URL.canParse(text)) throw refuse('it is no address such as https://example.com/hooks/danbi');
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('it must begin with https://');
    if (url.username !== '' || url.password !== '') throw refuse('a name or password in it would be stored in clear; use a header instead');
    url.hash = '';
    const refusal = await this.post.refusal(url.href);
    if (refusal !== null) throw refuse(refusal);
    return url.href;
  }
}

/** Whoever has the address of a chat can write to it, so only its end is shown. */
function shownUrl(kind: EndpointKind, url: string): string {
  return kind === 'standard' ? url : `${new URL(url).origin}/…${url.slice(-4)}`;
}

function sampleFor({ kind, name }: Endpoint, workspace: string, at: Date): Said {
  if (kind === 'standard') return { channel: 'webhook', webhook: { type: 'danbi.test', timestamp: at.toISOString(), data: { message: `A test from ${workspace}`, endpoint: name } } };
  return { channel: 'chat', chat: { title: 'Danbi', text: `A test from ${workspace}. 테스트 메시지입니다.`, color: '#3D7DCA', details: [{ title: name, description: 'It works. 잘 도착했습니다.' }], links: [] } };
}
