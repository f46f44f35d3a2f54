import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AppError, conflict, notFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { PublicUrl } from '../platform/public-url.js';
import { TRIES_PER_PASSWORD } from './domain/login-limits.js';
import type { Role } from './domain/roles.js';
import { issueLink, checkLink, redeemLink } from './links.js';
import { hashPassword, passwordMatches } from './passwords.js';
import { hashOf } from './secrets.js';
import { Sessions } from './sessions.service.js';
import { takeTries } from './tries.js';
import { deleteInvitesOf } from './store/links.store.js';
import { forgetTries } from './store/login-failures.store.js';
import { deleteSessionsOf } from './store/sessions.store.js';
import { deleteUser, findCredentials, hasOtherOwner, insertUser, listOwners, listUsers, loadUser, lockOwnership, setPassword, updateSelf, updateUser, type OwnChange, type UserChange, type UserRow } from './store/users.store.js';

export interface Invitation { user: UserRow; inviteUrl: string }

/** People who sign in. There is always an active owner. */
@Injectable()
export class Users {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly sessions: Sessions, private readonly publicUrl: PublicUrl) {}

  list(after: string | null, limit: number): Promise<UserRow[]> {
    return listUsers(this.db, after, limit);
  }

  async load(id: string): Promise<UserRow> {
    const user = await loadUser(this.db, id);
    if (!user) throw notFound('user', id);
    return user;
  }

  /** Adds a person who chooses a password through the link. @throws user.email-taken */
  invite(person: { email: string; name: string; role: Role }, actor: Actor): Promise<Invitation> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const user = await insertUser(tx, { ...person, id: newId(), passwordHash: null }, now);
      if (!user) throw new AppError('user.email-taken', 'Somebody with this e-mail is a user already.', 'conflict', [{ path: 'email', code: 'user.email-taken', message: 'somebody with this e-mail is a user already' }]);
      await this.audit.record(tx, { actor, action: 'user.invite', subject: `user:${user.id}`, detail: { role: user.role } }, now);
      return { user, inviteUrl: await this.inviteUrl(tx, user.id, now) };
    });
  }

  /** A new link for somebody whose invite ran out or who forgot the password; earlier links stop working. */
  inviteAgain(id: string, actor: Actor): Promise<Invitation> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const user = await loadUser(tx, id);
      if (!user) throw notFound('user', id);
      await deleteInvitesOf(tx, id);
      await this.audit.record(tx, { actor, action: 'user.invite', subject: `user:${id}`, detail: { again: true } }, now);
      return { user, inviteUrl: await this.inviteUrl(tx, id, now) };
    });
  }

  /** Whose link this is. @throws access.link-unknown, access.link-used, access.link-expired */
  async invited(token: string): Promise<UserRow> {
    const link = await checkLink(this.db, 'invite', token, this.clock.now());
    return this.load(link.userId!);
  }

  /** Sets the password of the person invited, ends their earlier sessions and signs in; whoever has a second factor signs in with it, so the token is null. */
  async acceptInvite(token: string, password: string, userAgent: string): Promise<{ user: UserRow; token: string | null }> {
    const now = this.clock.now();
    const passwordHash = await hashPassword(password, (await this.invited(token)).email);
    return inTransaction(this.db, async (tx) => {
      const link = await redeemLink(tx, 'invite', token, now);
      await setPassword(tx, link.userId!, passwordHash);
      await deleteSessionsOf(tx, link.userId!, null);
      const user = (await loadUser(tx, link.userId!))!;
      if (user.state === 'disabled') throw new AppError('access.disabled', 'This user is disabled. Ask an owner.', 'forbidden');
      await this.audit.record(tx, { actor: { kind: 'user', id: user.id, role: user.role, email: user.email }, action: 'user.accept_invite', subject: `user:${user.id}` }, now);
      return { user, token: user.secondFactor ? null : await this.sessions.open(tx, user.id, userAgent) };
    });
  }

  /** @throws user.not-found, user.last-owner */
  update(id: string, change: UserChange, actor: Actor): Promise<UserRow> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      if ((change.role !== undefined && change.role !== 'owner') || change.disabled === true) await this.keepAnOwner(tx, id);
      const user = await updateUser(tx, id, change, now);
      if (!user) throw notFound('user', id);
      if (change.disabled === true) await deleteSessionsOf(tx, id, null);
      await this.audit.record(tx, { actor, action: 'user.update', subject: `user:${id}`, detail: { ...change } }, now);
      return user;
    });
  }

  /** Who can give roles. */
  owners(): Promise<{ name: string; email: string }[]> {
    return listOwners(this.db);
  }

  /** One's own name, and the language one reads the dashboard in. */
  updateSelf(actor: Extract<Actor, { kind: 'user' }>, change: OwnChange): Promise<UserRow> {
    return inTransaction(this.db, async (tx) => {
      const user = await updateSelf(tx, actor.id, change);
      if (!user) throw notFound('user', actor.id);
      await this.audit.record(tx, { actor, action: 'user.update', subject: `user:${actor.id}`, detail: { ...change } }, this.clock.now());
      return user;
    });
  }

  /** @throws user.not-found, user.last-owner */
  remove(id: string, actor: Actor): Promise<UserRow> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      await this.keepAnOwner(tx, id);
      const user = await deleteUser(tx, id);
      if (!user) throw notFound('user', id);
      await this.audit.record(tx, { actor, action: 'user.delete', subject: `user:${id}`, detail: { role: user.role } }, now);
      return user;
    });
  }

  /** Changes one's own password; other sessions end, the one of `keepToken` stays. @throws access.wrong-login, access.too-many-tries */
  async changePassword(actor: Extract<Actor, { kind: 'user' }>, passwords: { current: string; next: string }, keepToken: string | null): Promise<void> {
    const now = this.clock.now();
    // Counted before the password is looked at, as in signing in: whoever found an open session must not guess it here.
    await takeTries(this.db, [[passwordKey(actor.id), TRIES_PER_PASSWORD]], now);
    const known = await findCredentials(this.db, actor.email);
    if (!(await passwordMatches(known?.passwordHash ?? null, passwords.current))) throw wrongPassword();
    const passwordHash = await hashPassword(passwords.next, actor.email, 'newPassword');
    await inTransaction(this.db, async (tx) => {
      await setPassword(tx, actor.id, passwordHash);
      await forgetTries(tx, passwordKey(actor.id));
      await deleteSessionsOf(tx, actor.id, keepToken === null ? null : hashOf(keepToken));
      await this.audit.record(tx, { actor, action: 'user.change_password', subject: `user:${actor.id}` }, this.clock.now());
    });
  }

  private async keepAnOwner(tx: Db, id: string): Promise<void> {
    await lockOwnership(tx);
    const user = await loadUser(tx, id);
    if (user?.role === 'owner' && user.state === 'active' && !(await hasOtherOwner(tx, id))) {
      throw conflict('user.last-owner', 'This is the last active owner. Make somebody else an owner first.');
    }
  }

  private async inviteUrl(tx: Db, userId: string, now: Date): Promise<string> {
    return `${this.publicUrl.value}/invite?token=${await issueLink(tx, 'invite', userId, now)}`;
  }
}

const passwordKey = (userId: string) => hashOf(`password:${userId}`);

function wrongPassword(): AppError {
  const message = 'The current password is not right.';
  return new AppError('access.wrong-login', message, 'forbidden', [{ path: 'currentPassword', code: 'access.wrong-login', message }]);
}
