import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { parseBounded } from '../../kernel/bounded-json.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound, type ErrorKind } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { FailedTries } from '../../platform/http/failed-tries.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import type { Log } from '../../platform/logging.js';
import { LOG } from '../../platform/tokens.js';
import { isShallow, storable, type JsonValue } from '../domain/json.js';
import { namesOf, refuse, type RefusalReason } from './domain/proof.js';
import { fileSourceDelivery } from './store/source-deliveries.store.js';
import { loadSource, noteRefused, openSecrets, type Source } from './store/sources.store.js';

/** The largest body of another system: an order with hundreds of lines. */
const LARGEST_BODY = 1024 * 1024;
/** Headers that say nothing a mapping may need, or are secrets. */
const LEFT_OUT = /^(authorization|cookie|proxy-.*|x-forwarded-.*|forwarded|.*(signature|hmac|token|secret|api-?key).*)$/;
const LONGEST_HEADER = 500;
const MOST_HEADERS = 40;

/** A request as it arrived at the address of a source. */
export interface InboundRequest { sourceId: string; body: Buffer; header(name: string): string; headers: Record<string, string>; ip: string }

const REFUSALS: Record<RefusalReason, { kind: ErrorKind; message: string }> = {
  no_secret: { kind: 'unauthenticated', message: 'This source has no secret yet, so nothing can be proven.' },
  signature: { kind: 'unauthenticated', message: 'The signature or secret does not fit this source.' },
  timestamp: { kind: 'unauthenticated', message: 'The signature is too old, or from the future.' },
  malformed: { kind: 'invalid', message: 'The body is not JSON that can be read.' },
};

/** Takes what other systems send: believed, kept as it came, answered at once. What it means is read by the worker `people.sources`. */
@Injectable()
export class InboundSources {
  private readonly failed = new FailedTries();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, @Inject(LOG) private readonly log: Log) {}

  /**
   * @returns whether it was new
   * @throws source.not-found; source.signature and others when it is not believed; body_too_large
   */
  async take(request: InboundRequest): Promise<boolean> {
    const now = this.clock.now();
    const source = await loadSource(this.db, request.sourceId);
    if (!source?.enabled) throw notFound('source', request.sourceId);
    if (this.failed.isExhausted(source.id, request.ip, now)) throw new AppError('source.too-many', 'Too many requests were refused; wait a minute.', 'too_many');
    if (request.body.length > LARGEST_BODY) throw new AppError('body_too_large', `A body must not be larger than ${LARGEST_BODY} bytes.`, 'too_large');
    const reason = refuse(source.kind, source.proof, openSecrets(this.db, source), { body: request.body, header: request.header, now });
    if (reason !== null) return this.refuse(source, request, reason, now);
    const json = parseBounded(request.body);
    if ('fault' in json || !isShallow(json.value)) return this.refuse(source, request, 'malformed', now);
    const body = storable(json.value as JsonValue);
    // After what the database can not hold was replaced: they are parts of the body at times.
    const { topic, dedupe } = namesOf(source.kind, body, request.header);
    const isNew = await fileSourceDelivery(this.db, { id: newId(), sourceId: source.id, dedupe: dedupe?.slice(0, 300) ?? null, topic: topic.slice(0, 200), headers: keptHeaders(request.headers), body: JSON.stringify(body), receivedAt: now });
    if (isNew) this.runner.wake('people.sources');
    return isNew;
  }

  private async refuse({ id, kind }: Source, { ip }: InboundRequest, reason: RefusalReason, now: Date): Promise<never> {
    this.failed.count(id, ip, now);
    await noteRefused(this.db, id, reason, now);
    this.log.warn({ source: id, kind, reason }, 'a body of another system was refused');
    throw new AppError(`source.${reason.replaceAll('_', '-')}`, REFUSALS[reason].message, REFUSALS[reason].kind);
  }
}

const keptHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.test(name)).slice(0, MOST_HEADERS).map(([name, value]) => [name, value.slice(0, LONGEST_HEADER).replaceAll('\u0000', '')]));
