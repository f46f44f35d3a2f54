import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestSigns } from '../preferences.service.js';
import { gonePage } from './pages.js';
import { isPageLanguage, pageLanguage, type PageLanguage } from './page-texts.js';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/** What a request tells of who sent it. */
export const signsOf = ({ ip, headers }: FastifyRequest): RequestSigns => ({ ip, userAgent: headers['user-agent'] });

/** `?lang=` wins over the language of the person. */
export function languageFor({ query }: FastifyRequest, own: string): PageLanguage {
  const asked = (query as { lang?: unknown } | undefined)?.lang;
  return typeof asked === 'string' && isPageLanguage(asked) ? asked : pageLanguage(own);
}

/** Answers with a page. */
export async function show(reply: FastifyReply, html: string, status = 200): Promise<void> {
  await reply.status(status).headers(HEADERS).send(html);
}

/** One answer for a forged token and for a message that was erased: nothing can be learned from it. */
export const gone = (request: FastifyRequest, reply: FastifyReply) => show(reply, gonePage(languageFor(request, (request.headers['accept-language'] ?? '').trim())), 404);
