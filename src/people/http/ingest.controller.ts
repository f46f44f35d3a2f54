import { Controller, HttpCode, Options, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { WithWriteKey } from '../../platform/http/access.js';
import { BrowserRates } from '../../platform/http/browser-rates.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { parseBody, readMessages, type Expected } from '../domain/envelope.js';
import type { AcceptedMessage, RejectedMessage } from '../domain/segment-message.js';
import { IngestIdentity } from '../ingest-identity.service.js';
import { Ingest } from '../ingest.service.js';
import { presentedKeys, verifyKey } from '../../platform/http/presented-keys.js';
import { INGEST_ROUTE } from './ingest-transport.js';

const Answer = z
  .object({
    success: z.literal(true),
    accepted: z.number().int().optional(),
    rejected: z.array(z.object({ index: z.number().int(), messageId: z.string().nullable(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'IngestAnswer', description: '`accepted` and `rejected` are there only when an event was refused.' });
type Answer = z.infer<typeof Answer>;

const Accepts = (summary: string): MethodDecorator => (target, key, descriptor) => {
  HttpCode(200)(target, key, descriptor);
  RouteConfig(INGEST_ROUTE)(target, key, descriptor);
  WithWriteKey()(target, key, descriptor);
  ApiOperation({ summary, description: 'Segment HTTP Tracking API. Needs a write key or a server key.' })(target, key, descriptor);
  ApiOkResponse({ standardSchema: Answer })(target, key, descriptor);
};

/**
 * The Segment HTTP Tracking API, answering what published clients need to hear (README of this module). `api/s/…` are the
 * paths of Jitsu's client, `api/public/apps/batch` is that of Dittofeed's.
 */
@ApiTags('Events')
@Controller()
export class IngestController {
  constructor(private readonly ingest: Ingest, private readonly identity: IngestIdentity, private readonly keys: WriteKeys, private readonly rates: BrowserRates, private readonly clock: Clock) {}

  @Post(['v1/identify', 'v1/i', 'api/s/identify']) @Accepts('Say who somebody is, and what is known of them')
  identify(@Req() request: FastifyRequest) { return this.take(request, 'identify'); }

  @Post(['v1/track', 'v1/t', 'api/s/track']) @Accepts('Record something a person did')
  track(@Req() request: FastifyRequest) { return this.take(request, 'track'); }

  @Post(['v1/page', 'v1/p', 'api/s/page']) @Accepts('Record a page view')
  page(@Req() request: FastifyRequest) { return this.take(request, 'page'); }

  @Post(['v1/screen', 'v1/s']) @Accepts('Record a screen view')
  screen(@Req() request: FastifyRequest) { return this.take(request, 'screen'); }

  @Post(['v1/group', 'v1/g']) @Accepts('Record that a person belongs to a group')
  group(@Req() request: FastifyRequest) { return this.take(request, 'group'); }

  @Post(['v1/alias', 'v1/a']) @Accepts('Say that two ids are one person')
  alias(@Req() request: FastifyRequest) { return this.take(request, 'alias'); }

  @Post(['v1/batch', 'v1/b', 'v1/import', 'beacon/v1/batch', 'api/public/apps/batch']) @Accepts('Send many messages at once')
  batch(@Req() request: FastifyRequest) { return this.take(request, 'batch'); }

  @Post('v1/m') @Accepts('Client telemetry: accepted and ignored')
  telemetry(): Answer { return { success: true }; }

  @Options(['v1/identify', 'v1/i', 'v1/track', 'v1/t', 'v1/page', 'v1/p', 'v1/screen', 'v1/s', 'v1/group', 'v1/g', 'v1/alias', 'v1/a', 'v1/batch', 'v1/b', 'v1/import', 'v1/m', 'beacon/v1/batch', 'api/s/identify', 'api/s/track', 'api/s/page', 'api/public/apps/batch', 'v1/projects/:key/settings', 'sourceConfig', 'sourceConfig/*'])
  @HttpCode(204) @RouteConfig(INGEST_ROUTE) @WithWriteKey() @ApiExcludeEndpoint()
  preflight(): void {}

  private async take(request: FastifyRequest, expected: Expected): Promise<Answer> {
    const receivedAt = this.clock.now();
    const text = typeof request.body === 'string' ? request.body : '';
    const body = parseBody(text);
    const key = await verifyKey(this.keys, [...presentedKeys(request), ...(typeof body.writeKey === 'string' ? [body.writeKey] : [])], request.headers.origin);
    await this.rates.take('ingest', key, request.ip);
    const policy = await this.identity.policy();
    const read = readMessages(text, body, expected, { receivedAt, newMessageId: newId, ip: policy.ip });
    const messages = await this.identity.judge(read, policy, { key, origin: request.headers.origin, receivedAt });
    const accepted = messages.flatMap((one) => ('accepted' in one ? [one.accepted] : []));
    const rejected = messages.flatMap((one) => ('rejected' in one ? [one.rejected] : []));
    if (messages.length === 0) return { success: true };
    const refused = await this.ingest.store({ accepted, rejected, receivedAt });
    return refused.length === 0 ? { success: true } : { success: true, accepted: messages.length - refused.length, rejected: this.describe(messages, refused) };
  }

  private describe(messages: ({ accepted: AcceptedMessage } | { rejected: RejectedMessage })[], refused: RejectedMessage[]): Answer['rejected'] {
    const indexes = new Map(messages.map((one, index) => ['accepted' in one ? one.accepted.messageId : one.rejected, index] as const));
    return refused.map((one) => ({ index: indexes.get(one) ?? indexes.get(one.messageId ?? '') ?? -1, messageId: one.messageId, code: one.code, message: one.message }));
  }
}
