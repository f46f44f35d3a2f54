import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor, Role } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { TRIES_PER_CODE } from '../domain/login-limits.js';
import { factorUri, newFactorSecret, newRecoveryCode, plainRecoveryCode, stepOfCode } from '../domain/one-time-code.js';
import { passwordMatches } from '../passwords.js';
import { hashOf } from '../secrets.js';
import { forgetTries } from '../store/login-failures.store.js';
import { takeTries } from '../tries.js';
import { confirmFactor, deleteFactor, findFactor, putRecoveryCodes, recoveryCodesLeft, startFactor, useRecoveryCode, useStep, type Factor } from '../store/second-factors.store.js';
import { deleteSessionsOf } from '../store/sessions.store.js';
import { findCredentials, loadUser } from '../store/users.store.js';
import { upsertWorkspace } from '../store/workspace.store.js';

type User = Extract<Actor, { kind: 'user' }>;

export interface FactorState {
  on: boolean;
  since: Date | null;
  recoveryCodesLeft: number;
  /** The role of the person may not do without. */
  required: boolean;
}

const RECOVERY_CODES = 10;

/** Codes of an app beside the password: one's own are switched on and off here, the role rule and resets are the owners'. */
@Injectable()
export class SecondFactors {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  async state({ id, role }: Pick<User, 'id' | 'role'>): Promise<FactorState> {
    const factor = await findFactor(this.db, id);
    return { on: factor?.confirmedAt != null, since: factor?.confirmedAt ?? null, recoveryCodesLeft: await recoveryCodesLeft(this.db, id), required: (await this.requiredRoles()).includes(role) };
  }

  /** The secret to put into an app; the same one until it is confirmed. @throws second-factor.on */
  async start({ id, email }: Pick<User, 'id' | 'email'>): Promise<{ secret: string; uri: string }> {
    const factor = await inTransaction(this.db, async (tx) => {
      await startFactor(tx, { id: newId(), userId: id, secret: newFactorSecret() }, this.clock.now());
      return (await findFactor(tx, id))!;
    });
    if (factor.confirmedAt !== null) throw isOn();
    return { secret: factor.secret, uri: factorUri(factor.secret, email) };
  }

  /**
   * Switches it on with a code that the app shows. Other sessions of the person end.
   *
   * @param keepToken of the session that stays
   * @returns recovery codes, told this once
   * @throws second-factor.on, second-factor.not-started, access.wrong-code, access.too-many-tries
   */
  async confirm(actor: User, code: string, keepToken: string | null): Promise<string[]> {
    const now = this.clock.now();
    const factor = await findFactor(this.db, actor.id);
    if (!factor) throw conflict('second-factor.not-started', 'Take the secret into your app first.');
    if (factor.confirmedAt !== null) throw isOn();
    await this.countTry(actor.id, now);
    return inTransaction(this.db, async (tx) => {
      if (!(await this.usesStep(tx, factor, code, now)) || !(await confirmFactor(tx, factor.id, now))) throw wrongCode();
      await deleteSessionsOf(tx, actor.id, keepToken === null ? null : hashOf(keepToken));
      await forgetTries(tx, triesKey(actor.id));
      await this.audit.record(tx, { actor, action: 'user.second_factor_on', subject: `user:${actor.id}` }, now);
      return this.newCodes(tx, actor.id);
    });
  }

  /** New recovery codes; the earlier ones end. @throws second-factor.off, access.wrong-login, access.wrong-code, access.too-many-tries */
  renewCodes(actor: User, proof: { password: string; code: string }): Promise<string[]> {
    return this.proven(actor, proof, 'user.recovery_codes_renew', (tx) => this.newCodes(tx, actor.id));
  }

  /** Switches it off. @throws second-factor.required, second-factor.off, access.wrong-login, access.wrong-code, access.too-many-tries */
  async switchOff(actor: User, proof: { password: string; code: string }): Promise<void> {
    if ((await this.requiredRoles()).includes(actor.role)) throw conflict('second-factor.required', 'Your role may not do without it. An owner can reset it, so that you set it up anew.');
    await this.proven(actor, proof, 'user.second_factor_off', async (tx) => { await deleteFactor(tx, actor.id); });
  }

  /** An owner takes away the factor of somebody who lost it; their sessions end. @throws user.not-found, second-factor.off */
  async reset(userId: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await loadUser(tx, userId))) throw notFound('user', userId);
      if (!(await deleteFactor(tx, userId))) throw isOff();
      await deleteSessionsOf(tx, userId, null);
      await this.audit.record(tx, { actor, action: 'user.second_factor_reset', subject: `user:${userId}` }, now);
    });
  }

  async requiredRoles(): Promise<Role[]> {
    return (await loadWorkspace(this.db)).settings.secondFactorRoles ?? [];
  }

  /** Whoever has one of these roles and no factor yet can do nothing but set it up. */
  requireFor(roles: Role[], actor: Actor): Promise<Role[]> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      const was = (await loadWorkspace(tx)).settings.secondFactorRoles ?? [];
      await upsertWorkspace(tx, { settings: { secondFactorRoles: roles } }, now);
      await this.audit.record(tx, { actor, action: 'workspace.second_factor_rule', subject: 'workspace', detail: { was, is: roles } }, now);
      return roles;
    });
  }

  /** Whether signing in asks for a code. */
  async asks(userId: string): Promise<boolean> {
    return (await findFactor(this.db, userId))?.confirmedAt != null;
  }

  /** Takes a code of the app, or a recovery code, once. It is counted as a try first. @throws access.wrong-code, access.too-many-tries */
  async prove(userId: string, code: string): Promise<void> {
    const now = this.clock.now();
    await this.countTry(userId, now);
    const factor = await findFactor(this.db, userId);
    if (factor?.confirmedAt == null) throw wrongCode();
    await inTransaction(this.db, async (tx) => {
      if (await this.usesStep(tx, factor, code, now)) return;
      if (!(await useRecoveryCode(tx, userId, hashOf(plainRecoveryCode(code)), now))) throw wrongCode();
      const user = (await loadUser(tx, userId))!;
      await this.audit.record(tx, { actor: { kind: 'user', id: userId, role: user.role, email: user.email }, action: 'user.recovery_code_use', subject: `user:${userId}`, detail: { left: await recoveryCodesLeft(tx, userId) } }, now);
    });
    await forgetTries(this.db, triesKey(userId));
  }

  private async proven<T>(actor: User, { password, code }: { password: string; code: string }, action: string, work: (tx: Db) => Promise<T>): Promise<T> {
    if (!(await this.asks(actor.id))) throw isOff();
    await this.countTry(actor.id, this.clock.now());
    const known = await findCredentials(this.db, actor.email);
    if (!(await passwordMatches(known?.passwordHash ?? null, password))) throw new AppError('access.wrong-login', 'The current password is not right.', 'forbidden', [{ path: 'password', code: 'access.wrong-login', message: 'The current password is not right.' }]);
    await this.prove(actor.id, code);
    return inTransaction(this.db, async (tx) => {
      const done = await work(tx);
      await this.audit.record(tx, { actor, action, subject: `user:${actor.id}` }, this.clock.now());
      return done;
    });
  }

  private async usesStep(tx: Db, factor: Factor, code: string, now: Date): Promise<boolean> {
    const step = stepOfCode(factor.secret, code, now);
    return step !== null && (await useStep(tx, factor.id, step));
  }

  private async newCodes(tx: Db, userId: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await putRecoveryCodes(tx, userId, codes.map((code) => hashOf(plainRecoveryCode(code))));
    return codes;
  }

  /** Counted for the person, wherever the tries come from: six digits are few. */
  private countTry(userId: string, now: Date): Promise<void> {
    return takeTries(this.db, [[triesKey(userId), TRIES_PER_CODE]], now);
  }
}

const triesKey = (userId: string) => hashOf(`code:${userId}`);
const isOn = () => conflict('second-factor.on', 'Two-step sign-in is on already.');
const isOff = () => conflict('second-factor.off', 'Two-step sign-in is not on.');

/** A code that is wrong, ran out, or was used before. */
export function wrongCode(): AppError {
  const message = 'This code is not right, or was used already. Wait for the next one.';
  return new AppError('access.wrong-code', message, 'unauthenticated', [{ path: 'code', code: 'access.wrong-code', message }]);
}
