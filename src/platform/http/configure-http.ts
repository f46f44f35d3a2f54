import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.js';
import type { Tracer } from '../tracing/tracer.js';
import { refuseUnstorable } from './storable-text.js';

/** Asked again and again by machines that watch: no news in a trace. */
const WATCHED = /^\/(health\/|metrics$)/;

/** What every HTTP answer has in common, before any route. */
export async function configureHttp(nest: NestFastifyApplication, metrics: Metrics, tracer: Tracer | null = null): Promise<void> {
  await nest.register(cookie as never);
  const http = nest.getHttpAdapter().getInstance();
  http.addHook('preHandler', async (request) => refuseUnstorable(request));
  http.addHook('onSend', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('referrer-policy')) void reply.header('referrer-policy', 'no-referrer');
  });
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.answered({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    if (tracer && !WATCHED.test(route)) {
      const until = Date.now();
      tracer.record({ name: `${request.method} ${route}`, kind: 'server', from: until - reply.elapsedTime, until, failed: reply.statusCode >= 500, attributes: { 'http.request.method': request.method, 'http.route': route, 'http.response.status_code': reply.statusCode, 'danbi.request.id': request.id } });
    }
  });
}

/**
 * Verbs without a body (`POST …/publish`) are often sent with the JSON content type all the same: nothing is then no body.
 * Called after `init`, which registers Nest's own parser.
 */
export function acceptEmptyJson(nest: NestFastifyApplication): void {
  const http = nest.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const parseJson = http.getDefaultJsonParser('error', 'error');
  http.removeContentTypeParser('application/json');
  http.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    return parseJson(request, body as string, done);
  });
}
