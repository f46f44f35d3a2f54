import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export const ROLES = ['owner', 'marketer', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** Who a request comes from. Server keys act with the role they were made with. */
export type Actor =
  | { kind: 'user'; id: string; role: Role; email: string }
  | { kind: 'server_key'; id: string; role: Role }
  | { kind: 'write_key'; id: string };

export const ACCESS = 'danbi:access';
export type AccessRule = { kind: 'public' } | { kind: 'write_key' } | { kind: 'roles'; roles: readonly Role[] };

/** No identity needed. Every route without a rule of its own is closed to all but owners. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public' } satisfies AccessRule);
/** Checked by the route itself with a public write key (event ingestion). The guard lets it through. */
export const WithWriteKey = () => SetMetadata(ACCESS, { kind: 'write_key' } satisfies AccessRule);
/** Only these roles; `owner` is always allowed. */
export const Allow = (...roles: Role[]) => SetMetadata(ACCESS, { kind: 'roles', roles } satisfies AccessRule);
/** Anyone signed in or with a server key may read. */
export const AllowAll = () => Allow('marketer', 'analyst');

/** Also for those whose role needs a second factor that they do not have yet. */
export const BEFORE_FACTOR = 'danbi:before-factor';
export const BeforeSecondFactor = () => SetMetadata(BEFORE_FACTOR, true);

export type RequestWithActor = FastifyRequest & { actor?: Actor };

/** The verified identity of the request; null on public routes. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor | null => context.switchToHttp().getRequest<RequestWithActor>().actor ?? null);
