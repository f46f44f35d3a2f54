import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LabelInput } from '../../contract/labels.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { countLabels, dropLabel, findLabel, listLabels, putLabel, type LabelKind, type LabelRow } from './store/labels.store.js';

/** All of them are read at once by every page that names events. */
const MOST = 2_000;

/** What colleagues call events and attributes, in both languages. Only words: definitions keep the names that code gave them. */
@Injectable()
export class Labels {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(): Promise<LabelRow[]> {
    return listLabels(this.db);
  }

  /** Putting the same again changes nothing. @throws AppError `label.too-many` */
  async put(kind: LabelKind, key: string, input: LabelInput, actor: Actor): Promise<LabelRow> {
    return inTransaction(this.db, (tx) => this.putIn(tx, kind, key, input, actor));
  }

  /** {@link put} in a transaction of the caller. */
  async putIn(tx: Db, kind: LabelKind, key: string, input: LabelInput, actor: Actor): Promise<LabelRow> {
    const now = this.clock.now();
    const before = await findLabel(tx, kind, key);
    if (before && before.en === input.en && before.ko === input.ko && before.description === input.description) return before;
    if (!before && (await countLabels(tx)) >= MOST) throw conflict('label.too-many', `There are ${MOST} labels already. Remove one that is no longer needed.`);
    await putLabel(tx, kind, key, input, actorName(actor), now);
    await this.audit.record(tx, { actor, action: 'label.put', subject: `label:${kind}:${key}`, detail: { en: input.en, ko: input.ko, ...(before ? { before: { en: before.en, ko: before.ko } } : {}) } }, now);
    return (await findLabel(tx, kind, key))!;
  }

  /** @throws AppError `label.not-found` */
  async remove(kind: LabelKind, key: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, (tx) => this.removeIn(tx, kind, key, actor));
  }

  /** {@link remove} in a transaction of the caller. */
  async removeIn(tx: Db, kind: LabelKind, key: string, actor: Actor): Promise<void> {
    if (!(await dropLabel(tx, kind, key))) throw notFound('label', `${kind}:${key}`);
    await this.audit.record(tx, { actor, action: 'label.remove', subject: `label:${kind}:${key}` }, this.clock.now());
  }
}
