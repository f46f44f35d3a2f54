import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import { LOGIN_STEP_MINUTES, TRIES_PER_ADDRESS, TRIES_PER_EMAIL } from './domain/login-limits.js';
import { expiryOf, needsTouch } from './domain/session-life.js';
import { passwordMatches } from './passwords.js';
import { SecondFactors } from './second-factor/second-factors.service.js';
import { hashOf, newToken } from './secrets.js';
import { forgiveTries } from './store/login-failures.store.js';
import { takeTries } from './tries.js';
import { deleteLoginStepsOf, findLoginStep, insertLoginStep } from './store/second-factors.store.js';
import { deleteExpiredSessions, deleteSession, findSession, insertSession, touchSession, type SessionRow } from './store/sessions.store.js';
import { findCredentials, loadUser, type UserRow } from './store/users.store.js';

/** Where a request came from, as far as signing in cares. */
export interface Origin { address: string; userAgent: string }

export interface SignedIn { token: string; user: UserRow }

/** Signing in and out. The token is only in the cookie; the database keeps its hash. */
@Injectable()
export class Sessions {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly factors: SecondFactors) {}

  /**
   * Signs in; `replaces` is the token the browser came with, which ends.
   * @throws access.too-many-tries, access.wrong-login, access.code-needed when a code must come with the password, access.wrong-code
   */
  async signIn(login: { email: string; password: string; code?: string }, origin: Origin, replaces: string | null): Promise<SignedIn> {
    const { userId, keys } = await this.checkPassword(login, origin);
    if (await this.factors.asks(userId)) {
      if (login.code === undefined || login.code === '') throw codeNeeded();
      await this.factors.prove(userId, login.code);
    }
    return this.begin(userId, keys, origin, replaces);
  }

  /**
   * The first of two pages: signs in, or answers the token with which the second page brings the code.
   * @throws access.too-many-tries, access.wrong-login
   */
  async signInOrStep(login: { email: string; password: string }, origin: Origin, replaces: string | null): Promise<SignedIn | { step: string }> {
    const { userId, keys } = await this.checkPassword(login, origin);
    if (!(await this.factors.asks(userId))) return this.begin(userId, keys, origin, replaces);
    const now = this.clock.now();
    const step = newToken();
    await inTransaction(this.db, (tx) => insertLoginStep(tx, { tokenHash: hashOf(step), userId, expiresAt: new Date(now.getTime() + LOGIN_STEP_MINUTES * 60_000) }, now));
    return { step };
  }

  /** The second page. @throws access.step-over when it came too late, access.wrong-code, access.too-many-tries */
  async signInWithCode(step: string, code: string, origin: Origin, replaces: string | null): Promise<SignedIn> {
    const waiting = await findLoginStep(this.db, hashOf(step), this.clock.now());
    if (!waiting) throw new AppError('access.step-over', 'This sign-in waited too long. Begin again.', 'unauthenticated');
    const keys = triesOf(waiting.email, origin);
    await this.countTry(keys);
    await this.factors.prove(waiting.userId, code);
    return this.begin(waiting.userId, keys, origin, replaces);
  }

  private async checkPassword(login: { email: string; password: string }, origin: Origin): Promise<{ userId: string; keys: Tries }> {
    const keys = triesOf(login.email, origin);
    await this.countTry(keys);
    const known = await findCredentials(this.db, login.email);
    if (!(await passwordMatches(known?.passwordHash ?? null, login.password))) throw new AppError('access.wrong-login', 'The e-mail or the password is not right.', 'unauthenticated');
    return { userId: known!.id, keys };
  }

  private async countTry(keys: Tries): Promise<void> {
    const [pair, address] = keys;
    await takeTries(this.db, [[pair, TRIES_PER_EMAIL], [address, TRIES_PER_ADDRESS]], this.clock.now());
  }

  private begin(userId: string, keys: Tries, origin: Origin, replaces: string | null): Promise<SignedIn> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      await forgiveTries(tx, ...keys);
      await deleteExpiredSessions(tx, now);
      if (replaces) await deleteSession(tx, hashOf(replaces));
      await deleteLoginStepsOf(tx, userId);
      const user = await loadUser(tx, userId);
      const token = await this.open(tx, userId, origin.userAgent);
      await this.audit.record(tx, { actor: { kind: 'user', id: user!.id, role: user!.role, email: user!.email }, action: 'session.create', subject: `user:${user!.id}` }, now);
      return { token, user: user! };
    });
  }

  /** Starts a session for a person whose identity is already proven; answers its token. */
  async open(tx: Db, userId: string, userAgent: string): Promise<string> {
    const now = this.clock.now();
    const token = newToken();
    await insertSession(tx, { tokenHash: hashOf(token), userId, userAgent: userAgent.slice(0, 300), expiresAt: expiryOf(now, now) }, now);
    return token;
  }

  /** The session behind a cookie, or null. */
  async find(token: string): Promise<SessionRow | null> {
    const now = this.clock.now();
    const tokenHash = hashOf(token);
    const session = await findSession(this.db, tokenHash, now);
    if (session && needsTouch(session.lastSeenAt, now)) await touchSession(this.db, tokenHash, expiryOf(session.createdAt, now), now);
    return session;
  }

  async signOut(token: string): Promise<void> {
    const session = await this.find(token);
    if (!session) return;
    await inTransaction(this.db, async (tx) => {
      await deleteSession(tx, hashOf(token));
      await this.audit.record(tx, { actor: { kind: 'user', id: session.userId, role: session.role, email: session.email }, action: 'session.end', subject: `user:${session.userId}` }, this.clock.now());
    });
  }
}

type Tries = readonly [pair: string, address: string];
const triesOf = (email: string, { address }: Origin): Tries => [hashOf(`pair:${address} ${email.toLowerCase()}`), hashOf(`address:${address}`)];

function codeNeeded(): AppError {
  const message = 'Enter the code that your app shows, or a recovery code.';
  return new AppError('access.code-needed', message, 'unauthenticated', [{ path: 'code', code: 'access.code-needed', message }]);
}
