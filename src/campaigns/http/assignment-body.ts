import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { AssignmentBatch } from '../../contract/campaign-api.js';

const STREAMED = ['application/x-ndjson', 'text/csv'];

/** Hands bodies of these types to the route as a stream, so that any number of rows passes through. */
@Injectable()
export class AssignmentBody implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const type of STREAMED) if (!server.hasContentTypeParser(type)) server.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
}

export type GivenBody = z.infer<typeof AssignmentBatch> | Readable;

const json = AssignmentBatch['~standard'];

/** A stream passes as it is, its rows are checked as they come; everything else must be a batch. */
export const GivenBodySchema = {
  '~standard': { ...json, validate: (value: unknown) => (value instanceof Readable ? { value } : json.validate(value)) },
} as typeof AssignmentBatch;
