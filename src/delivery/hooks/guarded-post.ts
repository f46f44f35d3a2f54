import { Injectable } from '@nestjs/common';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { Config } from '../../platform/config.js';
import { Resolver } from '../../platform/network/resolver.js';
import { readNetworks, type Network } from '../../platform/network/address-guard.js';
import { hostOf, judgeHost } from '../../platform/network/judged-host.js';
import { readRetryAfter, type PostOutcome } from './domain/attempt.js';

/** From the first byte of the look-up to the last one of the answer. */
const TIMEOUT_MS = 15_000;
/** What is kept of an answer, in bytes. */
const KEPT = 1_024;
/** An answer longer than this is cut off: its status is all we need. */
const READ = 65_536;

export interface PostRequest { url: string; headers: Record<string, string>; body: string }

class Refused extends Error {}

/**
 * POSTs to addresses that people typed in, without letting them reach our own network: a name is resolved once, every address
 * it has is judged, and the connection is made to the one that was judged, so that a name that changes its answer in between
 * (DNS rebinding) gains nothing. Redirects are answers like any other. A connection serves one request: one that idled could
 * be closed by the receiver in the moment we write, and nobody would know what it got.
 */
@Injectable()
export class GuardedPost {
  private readonly allowed: readonly Network[];

  constructor(config: Config, private readonly resolver: Resolver, private readonly clock: Clock) {
    const networks = readNetworks(config.WEBHOOK_ALLOWED_NETWORKS);
    if (networks === null) throw new AppError('config.invalid', 'The environment is not right: WEBHOOK_ALLOWED_NETWORKS must be networks such as 10.1.0.0/16,fd00::/8.');
    this.allowed = networks;
  }

  /** Never rejects. @param timeoutMs for tests of slow receivers */
  async post(asked: PostRequest, timeoutMs = TIMEOUT_MS): Promise<PostOutcome> {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const place = await inTime(this.place(asked.url), deadline);
      return await this.exchange(asked, place, deadline, timeoutMs);
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', error: error.message };
      return { kind: 'network', error: said(error, deadline, timeoutMs), sent: false };
    }
  }

  /** Why an address can not be used, found without connecting; null when it can, or when its name is not known today. */
  async refusal(url: string): Promise<string | null> {
    try {
      await this.place(url);
      return null;
    } catch (error) {
      return error instanceof Refused ? error.message : null;
    }
  }

  private async place(text: string): Promise<{ url: URL; address: string }> {
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Refused('the address does not begin with https://');
    const place = await judgeHost(hostOf(url), this.resolver, this.allowed);
    if (place === null || place.verdict === 'refused') throw new Refused('the address lies in a network that webhooks may not reach (WEBHOOK_ALLOWED_NETWORKS)');
    if (url.protocol === 'http:' && place.verdict === 'public') throw new Refused('http:// is not encrypted; across the internet only https:// is used');
    return { url, address: place.address };
  }

  private exchange({ headers, body }: PostRequest, { url, address }: { url: URL; address: string }, deadline: AbortSignal, timeoutMs: number): Promise<PostOutcome> {
    const name = hostOf(url);
    const secure = url.protocol === 'https:';
    return new Promise((done) => {
      let sent = false;
      let answered = false;
      const request = (secure ? httpsRequest : httpRequest)({
        host: address, port: url.port === '' ? (secure ? 443 : 80) : Number(url.port), path: `${url.pathname}${url.search}`, method: 'POST', agent: false, signal: deadline,
        headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
        ...(secure && !isIP(name) ? { servername: name } : {}),
      });
      // What is written right after connecting may have been read before the connection broke.
      request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => { sent = true; }));
      request.on('error', (error) => done({ kind: 'network', error: said(error, deadline, timeoutMs), sent }));
      // The connection of who answers that it speaks something else from now on (101) is closed without an error and without an answer.
      request.once('close', () => { if (!answered) done({ kind: 'network', error: 'the connection was closed without an answer', sent }); });
      request.on('response', (answer) => {
        answered = true;
        readAnswer(answer, (text) => done({ kind: 'answer', status: answer.statusCode ?? 0, body: text, retryAfterMs: readRetryAfter(answer.headers['retry-after'], this.clock.now()) }));
      });
      request.end(body);
    });
  }
}

/** The first kilobyte as text. The status has been heard, so an answer that breaks off or drags on is an answer all the same. */
function readAnswer(answer: IncomingMessage, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  let read = 0;
  const finish = () => {
    done(new TextDecoder().decode(Buffer.concat(parts).subarray(0, KEPT)).replaceAll('\u0000', '\ufffd'));
    answer.destroy();
  };
  answer.on('data', (part: Buffer) => {
    if (read < KEPT) parts.push(part);
    read += part.length;
    if (read > READ) finish();
  });
  answer.once('end', finish);
  answer.once('error', finish);
  answer.once('close', finish);
}

function inTime<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  return Promise.race([work, new Promise<never>((_, fail) => { deadline.addEventListener('abort', () => fail(new Error('time is up')), { once: true }); })]);
}

/** For people: what went wrong, never what was sent. */
function said(error: unknown, deadline: AbortSignal, timeoutMs: number): string {
  if (deadline.aborted) return `no answer within ${timeoutMs / 1_000} seconds`;
  const { code, message } = error as { code?: string; message?: string };
  return (code ? `${code}: ${message ?? ''}` : message ?? 'the connection failed').slice(0, 300);
}
