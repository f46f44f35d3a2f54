import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const FORM_BYTES = 16_384;

/**
 * Lets routes receive `multipart/form-data`, which RFC 8058 recommends for one-click unsubscription. The bytes are handed
 * over as they are.
 */
@Injectable()
export class FormBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const http = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (http.hasContentTypeParser('multipart/form-data')) return;
    http.addContentTypeParser('multipart/form-data', { parseAs: 'buffer', bodyLimit: FORM_BYTES }, (_request, body, done) => done(null, body));
  }
}
