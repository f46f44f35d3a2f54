import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readRawBody, type BodyLimits } from './raw-body.js';

/** Route config: how a route that browsers of other sites call receives its body. */
export interface BrowserRoute { browser: BodyLimits }

const KIB = 1024;
/**
 * For `@RouteConfig`: a route that the pages of other sites call without a preflight. Its body arrives as text, whatever its
 * content type says, and every answer, a refusal too, can be read by the page. 64 KiB at most.
 */
export const BROWSER_ROUTE: BrowserRoute = { browser: { decoded: 64 * KIB, compressed: 32 * KIB } };

const BODY_TYPE = 'application/vnd.danbi.text';
const ALLOWED_HEADERS = 'authorization, content-type, content-encoding, if-none-match, x-retry-count, x-write-key, anonymousid, sentat, rsa-sdk-name, rsa-sdk-version, rsa-init-identifier';

const limitsOf = (request: FastifyRequest): BodyLimits | undefined => (request.routeOptions.config as Partial<BrowserRoute>).browser;

/** CORS and raw bodies for the routes marked with a {@link BrowserRoute}, and only for them. */
@Injectable()
export class BrowserTransport implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter?.getInstance() as FastifyInstance | undefined;
    if (!http) return;
    http.addContentTypeParser(BODY_TYPE, (request: FastifyRequest, payload: AsyncIterable<Buffer>) => {
      const { z } = (request.query ?? {}) as { z?: unknown };
      return readRawBody(payload, request.headers['content-encoding'] ?? (z === '1' ? 'gzip' : undefined), limitsOf(request)!);
    });
    http.addHook('onRequest', async (request, reply) => {
      if (!limitsOf(request)) return;
      allowOrigin(request, reply);
      if (request.method === 'POST') request.raw.headers['content-type'] = BODY_TYPE;
    });
  }
}

/** Whether the key may be used on this origin is decided when the key is known; a refusal must be readable by the page too. */
function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('vary', 'Origin').header('access-control-allow-origin', request.headers.origin ?? '*').header('access-control-expose-headers', 'Retry-After, Date, ETag');
  void reply.header('cross-origin-resource-policy', 'cross-origin');
  if (request.method !== 'OPTIONS') return;
  void reply.header('access-control-allow-methods', 'GET, POST, OPTIONS').header('access-control-allow-headers', ALLOWED_HEADERS).header('access-control-max-age', '7200');
}
