import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import type { JsonObject } from '../../people/domain/json.js';
import { ErasedIds } from '../../people/erased-ids.js';
import { inPeopleTransaction, writeBatch } from '../../people/people-writer.js';
import type { IdentityMode } from '../../kernel/identity.js';
import { IdentityGuard } from '../../platform/http/identity-guard.js';
import { BrowserRates, type RateKind } from '../../platform/http/browser-rates.js';
import { verifyKey } from '../../platform/http/presented-keys.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { readCaller, readObject, type StatedCaller } from './domain/caller-body.js';
import { findCaller, type CallerPerson } from './store/caller.store.js';

/** Who asks, after everything that can be checked was checked. */
export interface VerifiedCaller {
  keyId: string;
  anonymousId: string;
  /**
   * The user this browser speaks for: proven, or believed because the workspace does not ask for proofs. Null when no user
   * was named, and when one was named without the proof that is asked for.
   */
  userId: string | null;
  /** The person behind the ids; null when nobody is known by them and none was to be made, or they were erased. */
  personId: string | null;
  /** The person is a user, not only an anonymous visitor. */
  identified: boolean;
  /** The user id was proven: by a hash, a token, or a secret key. */
  verified: boolean;
  mode: IdentityMode;
  /**
   * What is meant for this person alone may be answered: inbox, in-app messages, segments. False for the person of a known
   * user without the proof that is asked for: then only what any anonymous visitor could get.
   */
  trusted: boolean;
  /** The body, parsed once. Its own fields are the route's to check. */
  said: JsonObject;
}

export interface CallerOptions {
  /**
   * Makes the person when there is none, and joins this browser to its user: for what has to be remembered about them. `users`: only when the
   * browser names a user whom it may speak for.
   */
  create?: 'visitors' | 'users';
  /** Throws what is wrong with the route's own fields: nobody is made for a request that is refused. */
  check?: (said: JsonObject) => void;
}

/** The part of a request that a caller is checked against. */
export type CallingRequest = Pick<FastifyRequest, 'headers' | 'ip' | 'routeOptions'>;

/**
 * Reads the {@link Caller} in the body of a browser's request: the write key, the page it may be used from, the proof of the
 * user, the person.
 */
@Injectable()
export class Callers {
  constructor(private readonly db: DataSource, private readonly keys: WriteKeys, private readonly guard: IdentityGuard, private readonly rates: BrowserRates, private readonly erased: ErasedIds, private readonly clock: Clock) {}

  /**
   * @param text the body as received by a route marked `BROWSER_ROUTE`
   * @throws AppError `invalid_json`, `invalid_caller`, `invalid_write_key` (401), `origin_not_allowed` (403), `too_many_requests` (429)
   */
  async read(text: unknown, request: CallingRequest, options: CallerOptions = {}): Promise<VerifiedCaller> {
    const said = readObject(typeof text === 'string' ? text : '');
    const stated = readCaller(said);
    const { anonymousId } = stated;
    const key = await verifyKey(this.keys, stated.key === '' ? [] : [stated.key], request.headers.origin);
    await this.rates.take(kindOf(request), key, request.ip);
    options.check?.(said);
    const { mode } = await this.guard.policy();
    const verified = stated.userId !== undefined && (key.kind === 'server' || (await this.proves(stated)));
    const userId = verified || mode !== 'enforce' ? (stated.userId ?? null) : null;
    const found = await findCaller(this.db, userId, anonymousId);
    const makes = options.create === 'visitors' || (options.create === 'users' && userId !== null);
    return {
      keyId: key.id, anonymousId, userId, verified, mode, said,
      personId: makes && !isJoined(found, userId) ? await this.make(userId, anonymousId) : personOf(found, userId),
      identified: userId !== null || found.some((one) => one.identified),
      trusted: verified || mode !== 'enforce' || !found.some((one) => one.identified),
    };
  }

  /** Whether a proof came along that holds. Without one nothing is computed. */
  private async proves({ userId, userHash, jwt }: StatedCaller): Promise<boolean> {
    return (userHash !== undefined || jwt !== undefined) && (await this.guard.prove({ userId: userId!, userHash, jwt }, this.clock.now())).ok;
  }

  /** Null for the ids of somebody who was erased: they become nobody by themselves. */
  private async make(userId: string | null, anonymousId: string): Promise<string | null> {
    const user = userId === null ? [] : [{ kind: 'user_id' as const, value: userId }];
    if ((await this.erased.among([...user, { kind: 'anonymous_id', value: anonymousId }])).size > 0) return null;
    const now = this.clock.now();
    const ref = userId === null ? { anonymousId } : { userId, anonymousId };
    const [made] = await inPeopleTransaction(this.db, (tx) => writeBatch(tx, [{ ref, at: now }], { now, source: 'visitor' }));
    return made!.personId;
  }
}

const ofKind = (found: readonly CallerPerson[], kind: CallerPerson['kind']) => found.find((one) => one.kind === kind);

/**
 * A user's own person before everything; else that of the browser, unless it is another user's: an anonymous person becomes
 * the user with the next `identify`.
 */
function personOf(found: readonly CallerPerson[], userId: string | null): string | null {
  const anonymous = ofKind(found, 'anonymous_id');
  if (userId === null) return anonymous?.personId ?? null;
  return ofKind(found, 'user_id')?.personId ?? (anonymous && !anonymous.identified ? anonymous.personId : null);
}

/** Nothing is left to be made or joined: both ids are one person's, or this browser is another user's and stays that. */
function isJoined(found: readonly CallerPerson[], userId: string | null): boolean {
  const anonymous = ofKind(found, 'anonymous_id');
  if (userId === null || !anonymous) return anonymous !== undefined;
  const user = ofKind(found, 'user_id');
  return user !== undefined && (anonymous.personId === user.personId || anonymous.identified);
}

/** Each route has its own rate; what lies below one is counted with it. */
function kindOf({ routeOptions: { url = '' } }: CallingRequest): RateKind {
  const name = url.split('/')[2];
  return name === 'claim' || name === 'ack' || name === 'inbox' ? name : 'boot';
}
