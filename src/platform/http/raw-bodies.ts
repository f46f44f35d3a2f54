import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The largest report that is taken. */
const BODY_BYTES = 5 * 1024 * 1024;
/** Every body of a webhook is read as this type, whatever it says it is; nobody else may send it. */
const RAW = 'application/vnd.danbi.raw';

/** Reports of e-mail providers, and what other systems send. */
const RAW_ROUTES: ReadonlySet<string | undefined> = new Set(['/hooks/:provider/:connectionId', '/in/:sourceId']);
const isHook = (request: FastifyRequest): boolean => RAW_ROUTES.has(request.routeOptions.url);

/**
 * Gives webhook routes their bodies byte for byte: signatures are over bytes, and Amazon SNS sends JSON as text/plain. Bodies
 * of all other routes are read as before.
 */
@Injectable()
export class RawBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter.getInstance<FastifyInstance>();
    http.addHook('onRequest', (request, _reply, done) => {
      if (isHook(request)) request.headers['content-type'] = RAW;
      done();
    });
    http.addContentTypeParser(RAW, { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (request, body, done) => {
      if (isHook(request)) done(null, body);
      else done(Object.assign(new Error(`Nothing is sent as ${RAW}.`), { statusCode: 415 }), undefined);
    });
  }
}

/** The content type the sender named, before it was read as raw. */
export function sentContentType(request: FastifyRequest): string {
  const { rawHeaders } = request.raw;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  return at < 0 ? '' : rawHeaders[at + 1]!;
}
