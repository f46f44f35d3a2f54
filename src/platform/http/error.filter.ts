import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ChangedError, TooManyError, type ErrorKind, type Problem } from '../../kernel/errors.js';
import { isDatabaseAway } from '../database/away.js';
import { inKorean, koreanOfError } from '../korean/korean-of.js';
import type { Log } from '../logging.js';
import { sendWaitPage } from './stop-page.js';
import { LOG } from '../tokens.js';

/** The one place that knows HTTP status codes. */
export const STATUS: Record<ErrorKind, number> = { invalid: 400, unauthenticated: 401, forbidden: 403, not_found: 404, conflict: 409, too_large: 413, too_many: 429, unavailable: 503 };
const CODE: Record<number, string> = { 400: 'request.invalid', 401: 'access.unauthenticated', 403: 'access.forbidden', 404: 'route.not-found', 405: 'route.method', 413: 'request.too-large', 415: 'request.media-type', 429: 'request.too-many', 503: 'service.unavailable' };

/**
 * Every error answer: `{"error", "code", "message", "problems"?}`. The first three are always there because published
 * Segment clients retry or crash when one is missing. `messageKo` stands beside every sentence that has its Korean.
 */
export interface ErrorBody { error: string; code: string; message: string; messageKo?: string; problems?: Problem[]; /** Of what somebody else changed meanwhile: who and when. */ changed?: { by: string | null; at: Date } }

@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const { status, body } = this.describe(error, request);
    const problems = body.problems?.map(inKorean);
    const messageKo = koreanOfError(body.message, problems ?? []);
    if (reply.sent) return;
    // A route that meant to stream a file has said so already.
    reply.removeHeader('content-disposition');
    if (error instanceof TooManyError && error.code === CODE[429] && isReadByPerson(request)) {
      sendWaitPage(reply.status(status).header('retry-after', String(error.retryAfterSeconds)), request, error.retryAfterSeconds);
      return;
    }
    void reply.type('application/json; charset=utf-8');
    // Every 429 says when; one without a moment of its own that is when the minute is over in which such things are counted.
    if (status === 429 && !reply.hasHeader('retry-after')) void reply.header('retry-after', String(error instanceof TooManyError ? error.retryAfterSeconds : 60));
    if (status === 503) void reply.header('retry-after', '5');
    void reply.status(status).send({ ...body, ...(messageKo !== null && { messageKo }), ...(problems && { problems }) });
  }

  private describe(error: unknown, request: FastifyRequest): { status: number; body: ErrorBody } {
    if (error instanceof AppError) {
      const changed = error instanceof ChangedError ? error.changed : null;
      const body: ErrorBody = { error: error.kind, code: error.code, message: error.message, ...(changed && { changed }) };
      return { status: STATUS[error.kind], body: error.problems.length > 0 ? { ...body, problems: error.problems } : body };
    }
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status === 503) {
      // Passes by itself: no person has to do anything now.
      this.log.warn({ err: error, request: request.id, route: request.routeOptions?.url }, 'a request was put off: no connection to the database was free');
      return { status, body: { error: 'unavailable', code: CODE[503]!, message: `Danbi is busy or its database is away; nothing was changed. Send the same again in some seconds. Request ${request.id}.` } };
    }
    if (status >= 500) {
      this.log.error({ err: error, request: request.id, route: request.routeOptions?.url }, 'a request failed');
      return { status, body: { error: 'internal', code: 'service.failed', message: `Something failed on our side; nothing was changed. Request ${request.id}.` } };
    }
    return { status, body: { error: 'invalid', code: CODE[status] ?? 'request.invalid', message: error instanceof Error ? error.message : 'The request is not valid.' } };
  }
}

/** A browser opens a page or sends its form; programs ask for JSON or anything, or show a key. */
const isReadByPerson = ({ headers }: FastifyRequest): boolean => headers.authorization === undefined && /\btext\/html\b/i.test(headers.accept ?? '');

/** Fastify's own errors (malformed JSON, body too large) carry `statusCode`; a lost database is worth a retry. */
function statusOf(error: unknown): number {
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === 'number') return statusCode;
  return isDatabaseAway(error) ? 503 : 500;
}
