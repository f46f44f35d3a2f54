import { HttpException, HttpStatus, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.js';
import { ACCESS, BEFORE_FACTOR, type AccessRule, type Actor, type RequestWithActor } from '../../platform/http/access.js';
import { RequestRates } from '../../platform/http/request-rates.js';
import { PublicUrl } from '../../platform/public-url.js';
import { CLOSED, permits } from '../domain/permission.js';
import type { KeyRole } from '../domain/roles.js';
import { KeyRing } from '../key-ring.service.js';
import { Sessions } from '../sessions.service.js';
import { sessionToken } from './cookies.js';
import { isOwnRequest } from './same-origin.js';

type Identity = (Extract<Actor, { kind: 'user' }> & { lacksFactor?: boolean }) | { kind: 'server_key'; id: string; role: KeyRole };

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Closes every route: what a route does not open with a decorator only owners may call. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector, private readonly ring: KeyRing, private readonly sessions: Sessions, private readonly publicUrl: PublicUrl, private readonly rates: RequestRates) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule: AccessRule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ?? CLOSED;
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const route = request.routeOptions.url ?? '';
    if (rule.kind === 'public') this.rates.takePage({ method: request.method, route, address: request.ip });
    if (rule.kind !== 'roles') return true;
    const identity = (await this.byKey(request)) ?? (await this.bySession(request));
    if (!identity && isNavigation(request)) throw toLogin(request, context.switchToHttp().getResponse<FastifyReply>());
    if (!identity) throw new AppError('access.unauthenticated', 'This needs a server key: send the header "Authorization: Bearer dnb_sk_…", or sign in.', 'unauthenticated');
    if (identity.kind === 'user' && identity.lacksFactor && !this.reflector.getAllAndOverride<boolean>(BEFORE_FACTOR, [context.getHandler(), context.getClass()])) {
      if (isNavigation(request)) throw redirected('/second-factor', context.switchToHttp().getResponse<FastifyReply>());
      throw new AppError('access.second-factor-required', 'Your role needs two-step sign-in. Set it up first: open /second-factor.', 'forbidden');
    }
    if (!permits(rule, identity.role)) throw refused(rule, identity.role);
    this.rates.takeKnown(route, `${identity.kind} ${identity.id}`);
    request.actor = actorOf(identity);
    return true;
  }

  private async byKey(request: RequestWithActor): Promise<Identity | null> {
    const presented = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
    if (presented === undefined) return null;
    const key = await this.ring.find(presented);
    if (!key) throw new AppError('access.bad-key', 'This key is unknown or was revoked.', 'unauthenticated');
    if (key.kind === 'write') throw new AppError('access.write-key', 'A public write key may only send events. Use a server key (dnb_sk_…) here.', 'forbidden');
    return { kind: 'server_key', id: key.id, role: key.role };
  }

  private async bySession(request: RequestWithActor): Promise<Identity | null> {
    const token = sessionToken(request);
    const session = token === null ? null : await this.sessions.find(token);
    if (!session) return null;
    if (!READS.has(request.method) && !isOwnRequest(request, this.publicUrl.value)) {
      throw new AppError('access.csrf', 'A change made with a session cookie needs the header "x-danbi-csrf: 1".', 'forbidden');
    }
    return { kind: 'user', id: session.userId, role: session.role, email: session.email, lacksFactor: session.lacksFactor };
  }
}

function actorOf(identity: Identity): Actor {
  if (identity.kind !== 'user') return identity as Actor;
  const { lacksFactor: _lacks, ...actor } = identity;
  return actor;
}

/** A person opened an address in a browser; programs ask for JSON or anything, or show a key. */
function isNavigation({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.authorization === undefined && /\btext\/html\b/i.test(headers.accept ?? '');
}

/** Sends the browser to the login page, which leads back. */
function toLogin(request: FastifyRequest, reply: FastifyReply): HttpException {
  return redirected(`/login?${new URLSearchParams({ next: request.url }).toString()}`, reply);
}

function redirected(to: string, reply: FastifyReply): HttpException {
  void reply.header('location', to);
  return new HttpException('Sign in first.', HttpStatus.SEE_OTHER);
}

function refused(rule: Extract<AccessRule, { kind: 'roles' }>, role: KeyRole): AppError {
  const message = role === 'ingest' ? 'This key may only send events.' : `This needs the role ${['owner', ...rule.roles].join(' or ')}; yours is ${role}.`;
  return new AppError('access.forbidden', message, 'forbidden');
}
