import { HttpException, HttpStatus, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
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

/** What a route asks of whoever calls it. */
export interface Demand { rule: AccessRule; beforeFactor: boolean }

/** Read from the decorators of a route, or else of its controller. */
export function demandOf(handler: object, controller: object): Demand {
  const read = <T>(key: string): T | undefined => (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as T | undefined;
  return { rule: read<AccessRule>(ACCESS) ?? CLOSED, beforeFactor: read<boolean>(BEFORE_FACTOR) ?? false };
}

/** Closes every route: what a route does not open with a decorator only owners may call. Asked before the body is read (`guardEarly`). */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly passed = new WeakSet<FastifyRequest>();

  constructor(private readonly ring: KeyRing, private readonly sessions: Sessions, private readonly publicUrl: PublicUrl, private readonly rates: RequestRates) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    await this.admit(request, context.switchToHttp().getResponse<FastifyReply>(), demandOf(context.getHandler(), context.getClass()));
    return true;
  }

  /**
   * Lets a request through once, and says in it who it is of.
   * @throws AppError for whoever may not pass, TooManyError; HttpException that sends a browser to sign in
   */
  async admit(request: RequestWithActor, reply: FastifyReply, { rule, beforeFactor }: Demand): Promise<void> {
    if (this.passed.has(request)) return;
    const route = request.routeOptions.url ?? '';
    if (rule.kind === 'public') this.rates.takePage({ method: request.method, route, address: request.ip });
    if (rule.kind === 'roles') await this.identify(request, reply, rule, beforeFactor);
    this.passed.add(request);
  }

  private async identify(request: RequestWithActor, reply: FastifyReply, rule: Extract<AccessRule, { kind: 'roles' }>, beforeFactor: boolean): Promise<void> {
    const identity = (await this.byKey(request)) ?? (await this.bySession(request));
    if (!identity && isNavigation(request)) throw toLogin(request, reply);
    if (!identity) throw new AppError('access.unauthenticated', 'This needs a server key: send the header "Authorization: Bearer dnb_sk_…", or sign in.', 'unauthenticated');
    if (identity.kind === 'user' && identity.lacksFactor && !beforeFactor) {
      if (isNavigation(request)) throw redirected('/second-factor', reply);
      throw new AppError('access.second-factor-required', 'Your role needs two-step sign-in. Set it up first: open /second-factor.', 'forbidden');
    }
    if (!permits(rule, identity.role)) throw refused(rule, identity.role);
    this.rates.takeKnown(request.routeOptions.url ?? '', `${identity.kind} ${identity.id}`);
    request.actor = actorOf(identity);
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
