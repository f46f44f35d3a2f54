import type { FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors.js';

/**
 * Whether a request that a browser sends with its session cookie comes from our own pages. Either it carries the header
 * `x-danbi-csrf: 1`, which another site cannot add without a CORS preflight that we never answer, or its `Origin` is ours
 * (forms without JavaScript).
 */
export function isOwnRequest(request: FastifyRequest, publicUrl: string): boolean {
  return request.headers['x-danbi-csrf'] === '1' || isSameOrigin(request, publicUrl);
}

/** Whether `Origin` names the public address or the host this request was sent to. */
export function isSameOrigin(request: FastifyRequest, publicUrl: string): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host || (URL.canParse(publicUrl) && url.origin === new URL(publicUrl).origin);
}

/** Keeps other sites from signing a visitor in as somebody else. Programs send no `Origin` and pass. @throws access.csrf */
export function refuseForeignSignIn(request: FastifyRequest, publicUrl: string): void {
  if (request.headers.origin !== undefined && !isOwnRequest(request, publicUrl)) throw new AppError('access.csrf', 'Signing in works only from the pages of Danbi itself.', 'forbidden');
}
