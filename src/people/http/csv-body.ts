import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Media types under which browsers and tools send CSV files, packed or not. */
export const CSV_TYPES = ['text/csv', 'application/csv', 'application/vnd.ms-excel', 'application/gzip', 'application/x-gzip', 'application/octet-stream'];

/** Hands bodies of these types to the route as a stream, so that a file of any size passes through without being held in memory. */
@Injectable()
export class CsvBody implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const type of CSV_TYPES) if (!server.hasContentTypeParser(type)) server.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
}
