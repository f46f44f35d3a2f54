import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import { LOGIN_WINDOW_MINUTES, TRIES_PER_ADDRESS, TRIES_PER_EMAIL } from './domain/login-limits.js';
import { expiryOf, needsTouch } from './domain/session-life.js';
import { passwordMatches } from './passwords.js';
import { hashOf, newToken } from './secrets.js';
import { countTries, forgiveTries } from './store/login-failures.store.js';
import { deleteExpiredSessions, deleteSession, findSession, insertSession, touchSession, type SessionRow } from './store/sessions.store.js';
import { findCredentials, loadUser, type UserRow } from './store/users.store.js';

/** Where a request came from, as far as signing in cares. */
export interface Origin { address: string; userAgent: string }

export interface SignedIn { token: string; user: UserRow }

/** Signing in and out. The token is only in the cookie; the database keeps its hash. */
@Injectable()
export class Sessions {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  /**
   * Signs in; `replaces` is the token the browser came with, which ends.
   * @throws access.too-many-tries, access.wrong-login
   */
  async signIn(login: { email: string; password: string }, origin: Origin, replaces: string | null): Promise<SignedIn> {
    const now = this.clock.now();
    const keys = [hashOf(`pair:${origin.address} ${login.email.toLowerCase()}`), hashOf(`address:${origin.address}`)] as const;
    const [pair, address] = await countTries(this.db, keys, now, new Date(now.getTime() - LOGIN_WINDOW_MINUTES * 60_000));
    if (pair! > TRIES_PER_EMAIL || address! > TRIES_PER_ADDRESS) throw new AppError('access.too-many-tries', `Too many wrong tries. Wait ${LOGIN_WINDOW_MINUTES} minutes and try again.`, 'too_many');
    const known = await findCredentials(this.db, login.email);
    if (!(await passwordMatches(known?.passwordHash ?? null, login.password))) throw new AppError('access.wrong-login', 'The e-mail or the password is not right.', 'unauthenticated');
    return inTransaction(this.db, async (tx) => {
      await forgiveTries(tx, ...keys);
      await deleteExpiredSessions(tx, now);
      if (replaces) await deleteSession(tx, hashOf(replaces));
      const user = await loadUser(tx, known!.id);
      const token = await this.open(tx, known!.id, origin.userAgent);
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
