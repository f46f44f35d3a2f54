import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import type { AlarmLevel } from './domain/condition.js';
import type { Language } from './domain/words.js';
import { AlarmMessenger } from './messenger.js';
import { changeTarget, dropTarget, endpointExists, findTarget, insertTarget, listTargets, targetByKey, type Target } from './store/targets.store.js';

export interface TargetRequest { email?: string | undefined; endpointId?: string | undefined; language: Language; least: AlarmLevel }

/** Who is told of alarms. */
@Injectable()
export class AlarmTargets {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly messenger: AlarmMessenger) {}

  list(): Promise<Target[]> {
    return listTargets(this.db);
  }

  async create({ email, endpointId, language, least }: TargetRequest, actor: Actor): Promise<Target> {
    const now = this.clock.now();
    const id = newId();
    await inTransaction(this.db, async (tx) => {
      if (endpointId !== undefined && !(await endpointExists(tx, endpointId))) throw new AppError('alarm_target.no-endpoint', 'There is no such endpoint.', 'invalid', [{ path: 'endpointId', code: 'alarm_target.no-endpoint', message: 'There is no such endpoint.' }]);
      if (!(await insertTarget(tx, { id, email: email ?? null, endpointId: endpointId ?? null, language, least, stopKey: randomUUID(), createdBy: actorName(actor) }, now))) throw conflict('alarm_target.twice', 'Alarms are told there already.');
      await this.audit.record(tx, { actor, action: 'alarm_target.create', subject: `alarm_target:${id}`, detail: { to: email === undefined ? `webhook_endpoint:${endpointId}` : 'email', least } }, now);
    });
    return this.one(id);
  }

  async change(id: string, change: Partial<Pick<Target, 'language' | 'least'>>, actor: Actor): Promise<Target> {
    await inTransaction(this.db, async (tx) => {
      if (!(await changeTarget(tx, id, change))) throw notFound('alarm_target', id);
      await this.audit.record(tx, { actor, action: 'alarm_target.change', subject: `alarm_target:${id}`, detail: change }, this.clock.now());
    });
    return this.one(id);
  }

  remove(id: string, actor: Actor): Promise<void> {
    return inTransaction(this.db, async (tx) => {
      if (!(await dropTarget(tx, id))) throw notFound('alarm_target', id);
      await this.audit.record(tx, { actor, action: 'alarm_target.remove', subject: `alarm_target:${id}` }, this.clock.now());
    });
  }

  /** A real message, now, that says what an alarm looks like. */
  async test(id: string): Promise<{ ok: boolean; answer: string }> {
    const { email, endpointId, language, stopKey } = await this.one(id);
    const at = this.clock.now();
    const facts = { text: { en: 'This is a test: nothing is wrong.', ko: '테스트입니다. 아무 문제가 없습니다.' } };
    const notice = { id: newId(), alarmId: newId(), kind: 'breaker', level: 'warn', facts, openedAt: at, closedAt: at, occasion: 'closed' } as const;
    const sent = await this.messenger.send({ messageId: newId(), email, endpointId, language, stopKey, notices: [notice] }, at);
    return { ok: sent.kind === 'accepted', answer: sent.answer };
  }

  async isTold(key: string): Promise<boolean> {
    return (await targetByKey(this.db, key)) !== null;
  }

  /** Whoever holds the link of a mail is who gets it. */
  async stop(key: string): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      const found = await targetByKey(tx, key);
      if (!found || !(await dropTarget(tx, found.id))) return;
      await this.audit.record(tx, { actor: 'system', action: 'alarm_target.stop', subject: `alarm_target:${found.id}` }, this.clock.now());
    });
  }

  private async one(id: string): Promise<Target> {
    const found = await findTarget(this.db, id);
    if (!found) throw notFound('alarm_target', id);
    return found;
  }
}
