import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.js';
import type { BrowserRoute } from '../../platform/http/browser-transport.js';
import { presentedKeys, verifyKey } from '../../platform/http/presented-keys.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { Ingest } from '../ingest.service.js';

const MIB = 1024 * 1024;
/** Route config of the Segment-compatible routes: their bodies arrive as text, whatever their content type says. */
export const INGEST_ROUTE: BrowserRoute & { ingest: true } = { ingest: true, browser: { decoded: 4 * MIB, compressed: MIB } };
/** Seconds a client should wait when too much is waiting here. */
const RETRY_AFTER = '2';

const isIngest = (request: FastifyRequest): boolean => (request.routeOptions.config as { ingest?: boolean }).ingest === true;

/** Early refusal of wrong keys and of overload, before a body is read, for the routes marked {@link INGEST_ROUTE} only. */
@Injectable()
export class IngestTransport implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost, private readonly keys: WriteKeys, private readonly ingest: Ingest) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter?.getInstance() as FastifyInstance | undefined;
    // After every onRequest hook: the refusal carries the headers that let the page read it.
    http?.addHook('preParsing', async (request, reply) => {
      if (isIngest(request) && request.method === 'POST') await this.admit(request, reply);
    });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.ingest.isOverloaded) {
      void reply.header('retry-after', RETRY_AFTER);
      throw new AppError('overloaded', 'Too many events are waiting to be stored. Send this again a little later.', 'too_many');
    }
    const presented = presentedKeys(request);
    // A bearer token may belong to OAuth with the key in the body, so only the body can then decide.
    const mayBeInBody = presented.length === 0 || /^\s*bearer/i.test(request.headers.authorization ?? '');
    if (!mayBeInBody) await verifyKey(this.keys, presented, request.headers.origin);
  }
}
