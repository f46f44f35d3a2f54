import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { Ingest } from '../ingest.service.js';
import { readIngestBody } from './ingest-body.js';
import { presentedKeys, verifyKey } from './ingest-key.js';

/** Route config of the Segment-compatible routes: their bodies arrive as text, whatever their content type says. */
export const INGEST_ROUTE = { ingest: true };
const BODY_TYPE = 'application/vnd.danbi.ingest';
/** Seconds a client should wait when too much is waiting here. */
const RETRY_AFTER = '2';
const ALLOWED_HEADERS = 'authorization, content-type, content-encoding, x-retry-count, x-write-key, anonymousid, sentat, rsa-sdk-name, rsa-sdk-version, rsa-init-identifier';

const isIngest = (request: FastifyRequest): boolean => (request.routeOptions.config as { ingest?: boolean }).ingest === true;

/** Raw bodies, CORS, early refusal of wrong keys and overload, for the routes marked {@link INGEST_ROUTE} only. */
@Injectable()
export class IngestTransport implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost, private readonly keys: WriteKeys, private readonly ingest: Ingest) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter?.getInstance() as FastifyInstance | undefined;
    if (!http) return;
    http.addContentTypeParser(BODY_TYPE, (request: FastifyRequest, payload: AsyncIterable<Buffer>) => {
      const { z } = (request.query ?? {}) as { z?: unknown };
      return readIngestBody(payload, request.headers['content-encoding'] ?? (z === '1' ? 'gzip' : undefined));
    });
    http.addHook('onRequest', async (request, reply) => {
      if (isIngest(request)) await this.admit(request, reply);
    });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    allowOrigin(request, reply);
    if (request.method !== 'POST') return;
    if (this.ingest.isOverloaded) {
      void reply.header('retry-after', RETRY_AFTER);
      throw new AppError('overloaded', 'Too many events are waiting to be stored. Send this again a little later.', 'too_many');
    }
    const presented = presentedKeys(request);
    // A bearer token may belong to OAuth with the key in the body, so only the body can then decide.
    const mayBeInBody = presented.length === 0 || /^\s*bearer/i.test(request.headers.authorization ?? '');
    if (!mayBeInBody) await verifyKey(this.keys, presented, request.headers.origin);
    request.raw.headers['content-type'] = BODY_TYPE;
  }
}

/** The key decides later whether this origin may send; a refusal must be readable by the page too. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('vary', 'Origin').header('access-control-allow-origin', request.headers.origin ?? '*').header('access-control-expose-headers', 'Retry-After, Date');
  void reply.header('cross-origin-resource-policy', 'cross-origin');
  if (request.method !== 'OPTIONS') return;
  void reply.header('access-control-allow-methods', 'GET, POST, OPTIONS').header('access-control-allow-headers', ALLOWED_HEADERS).header('access-control-max-age', '7200');
}
