import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SystemHook, type SystemHookMessage, type SystemHookResult } from '../../platform/system-hook.js';
import { GuardedPost } from './guarded-post.js';
import { bodyOf, requestFor, type Said } from './hook-request.js';
import { findEndpoint, liveSecrets } from './store/endpoints.store.js';

/** Signed and guarded as every webhook of ours. */
@Injectable()
export class EndpointSystemHook extends SystemHook {
  constructor(private readonly db: DataSource, private readonly post: GuardedPost) {
    super();
  }

  async send({ id, endpointId, type, at, data, title, text, color, link }: SystemHookMessage): Promise<SystemHookResult> {
    const endpoint = await findEndpoint(this.db, endpointId);
    if (!endpoint?.enabled) return { kind: 'refused', answer: 'the endpoint is switched off' };
    const said: Said = endpoint.kind === 'standard'
      ? { channel: 'webhook', webhook: { type, timestamp: at.toISOString(), data } }
      : { channel: 'chat', chat: { title, text, color, details: [], links: [link] } };
    const secrets = (await liveSecrets(this.db, endpointId, at)).map(({ secret }) => secret);
    const outcome = await this.post.post(requestFor(endpoint, secrets, { id, body: bodyOf(said, endpoint.kind), at }));
    if (outcome.kind === 'refused') return { kind: 'refused', answer: outcome.error };
    if (outcome.kind === 'network') return { kind: 'later', answer: outcome.error };
    const answer = `${outcome.status} ${outcome.body}`.trim();
    if (outcome.status >= 200 && outcome.status < 300) return { kind: 'accepted', answer };
    return { kind: outcome.status === 408 || outcome.status === 429 || outcome.status >= 500 ? 'later' : 'refused', answer };
  }
}
