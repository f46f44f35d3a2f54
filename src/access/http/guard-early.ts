import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { declaredRoutes } from '../../platform/http/declared-routes.js';
import type { RequestWithActor } from '../../platform/http/access.js';
import { AccessGuard, demandOf, type Demand } from './access.guard.js';

/**
 * Asks the guard before the body of a request is read: who may not pass hears so whatever they sent, and makes nobody parse it. What is not found here
 * (wildcards that the router spells otherwise) is asked by Nest as ever, behind the body; whoever was let through here is not asked again.
 * Called before `init`, so that it holds for every route.
 */
export function guardEarly(nest: NestFastifyApplication): void {
  let closed: { guard: AccessGuard; demands: ReadonlyMap<string, Demand> } | null = null;
  nest.getHttpAdapter().getInstance().addHook('onRequest', async (request: RequestWithActor, reply: FastifyReply) => {
    // Known once everything is put together, and looked up once: every event passes here.
    closed ??= { guard: nest.get(AccessGuard, { strict: false }), demands: demandsOf(nest) };
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const url = request.routeOptions.url;
    const demand = closed.demands.get(`${method} ${url}`) ?? closed.demands.get(`ALL ${url}`);
    if (demand) await closed.guard.admit(request, reply, demand);
  });
}

function demandsOf(nest: NestFastifyApplication): Map<string, Demand> {
  return new Map(declaredRoutes(nest).map(({ method, path, handler, controller }) => [`${method} ${path}`, demandOf(handler, controller)]));
}
