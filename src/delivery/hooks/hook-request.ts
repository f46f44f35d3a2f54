import { VERSION } from '../../platform/version.js';
import { RenderFailure } from '../content/compiled.js';
import { jandiPayload, slackPayload, type RenderedChat } from './domain/chat.js';
import type { EndpointKind } from './domain/attempt.js';
import { signedHeaders } from './domain/signature.js';
import type { PostRequest } from './guarded-post.js';
import { MAX_BODY_BYTES, type RenderedWebhook } from './render-hooks.js';
import type { Endpoint } from './store/endpoints.store.js';

/** What is to be said, in the form of its channel. */
export type Said = { channel: 'webhook'; webhook: RenderedWebhook } | { channel: 'chat'; chat: RenderedChat };

/** The body as the endpoint's kind wants it, written as JSON from structure. */
export function payloadOf(said: Said, kind: EndpointKind): unknown {
  if (said.channel === 'webhook') return said.webhook;
  return kind === 'slack' ? slackPayload(said.chat) : jandiPayload(said.chat);
}

/** Throws {@link RenderFailure} for a body that is too large to send. */
export function bodyOf(said: Said, kind: EndpointKind): string {
  if ((said.channel === 'webhook') !== (kind === 'standard')) throw new RenderFailure('RENDER_ERROR', `a ${said.channel} message can not go to an endpoint of kind ${kind}`);
  const body = JSON.stringify(payloadOf(said, kind));
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw new RenderFailure('RENDER_ERROR', `the body has more than ${MAX_BODY_BYTES / 1024} KB`);
  return body;
}

/** What each kind says it understands; JANDI's is its versioned format. */
const ACCEPT: Record<EndpointKind, string> = { standard: '*/*', slack: '*/*', jandi: 'application/vnd.tosslab.jandi-v2+json' };

/**
 * The POST for one attempt.
 *
 * @param id the delivery's: the same on every attempt, so that receivers can drop repetitions
 */
export function requestFor(endpoint: Pick<Endpoint, 'kind' | 'url' | 'headers'>, secrets: readonly string[], { id, body, at }: { id: string; body: string; at: Date }): PostRequest {
  return {
    url: endpoint.url,
    body,
    headers: {
      ...endpoint.headers,
      'content-type': 'application/json',
      accept: ACCEPT[endpoint.kind],
      'user-agent': `Danbi/${VERSION}`,
      ...(endpoint.kind === 'standard' ? signedHeaders(id, at, body, secrets) : {}),
    },
  };
}
