import type { FastifyReply, FastifyRequest } from 'fastify';
import { rateNetworkOf } from '../../platform/http/rate-network.js';
import type { Origin } from '../sessions.service.js';

const COOKIE = 'danbi_session';
const LONGEST_S = 60 * 86_400;

export const sessionToken = (request: FastifyRequest): string | null => request.cookies[COOKIE] ?? null;

/** @param publicUrl the cookie travels over https only when people reach Danbi over https */
export function setSession(reply: FastifyReply, token: string, publicUrl: string): void {
  void reply.setCookie(COOKIE, token, { httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'), path: '/', maxAge: LONGEST_S });
}

export function clearSession(reply: FastifyReply): void {
  void reply.clearCookie(COOKIE, { path: '/' });
}

/** Tries are counted for an IPv6 network: whoever has one has 2^64 addresses to guess from. */
export const originOf = (request: FastifyRequest): Origin => ({ address: rateNetworkOf(request.ip), userAgent: request.headers['user-agent'] ?? '' });
