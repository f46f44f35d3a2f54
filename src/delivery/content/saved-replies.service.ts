import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, ChangedError, notFound, type Problem } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { deleteReply, findReply, insertReply, listReplies, lockReplies, lockReply, nameTaken, updateReply, type SavedReply, type SavedReplyInput } from './store/saved-replies.store.js';
import { inlineSnippets, nothingInlined } from './snippets.js';
import { checkTemplate } from './template-check.js';
import { problemIn } from './template-field.js';
import { normalised, TemplateFault } from './template-source.js';

/**
 * Answers that teammates keep. One is put into a message as a copy: what was written with it does not change when the reply does
 * (a snippet is named by messages and changes with them).
 */
@Injectable()
export class SavedReplies {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog) {}

  list(page: { q: string | null; before: string | null; limit: number }): Promise<SavedReply[]> {
    return listReplies(this.db, page);
  }

  /** @throws saved_reply.not-found */
  async read(id: string, db: Db = this.db): Promise<SavedReply> {
    const found = await findReply(db, id);
    if (!found) throw notFound('saved_reply', id);
    return found;
  }

  /** @throws saved-reply.invalid, saved-reply.name-taken */
  create(input: SavedReplyInput, actor: Actor): Promise<SavedReply> {
    refuseFaults(input);
    const id = newId();
    return this.changing(async (tx, now) => {
      if (!(await insertReply(tx, id, input, actorName(actor), now))) throw taken(input.name);
      await this.audit.record(tx, { actor, action: 'saved_reply.create', subject: `saved_reply:${id}`, detail: { name: input.name } }, now);
      return this.read(id, tx);
    });
  }

  /** @throws saved-reply.changed when somebody else changed it since `revision` */
  change(id: string, input: SavedReplyInput, revision: number, actor: Actor): Promise<SavedReply> {
    refuseFaults(input);
    return this.changing(async (tx, now) => {
      const before = await lockReply(tx, id);
      if (!before) throw notFound('saved_reply', id);
      if (before.revision !== revision) {
        throw new ChangedError('saved-reply.changed', `Somebody changed this reply meanwhile; it is at revision ${before.revision}. Read it again.`, await this.audit.lastChange(tx, `saved_reply:${id}`, ['saved_reply.change', 'saved_reply.create']));
      }
      if (await nameTaken(tx, input.name, id)) throw taken(input.name);
      await updateReply(tx, id, input, actorName(actor), now);
      await this.audit.record(tx, { actor, action: 'saved_reply.change', subject: `saved_reply:${id}`, detail: { name: input.name, revision: revision + 1 } }, now);
      return this.read(id, tx);
    });
  }

  async remove(id: string, actor: Actor): Promise<void> {
    await this.changing(async (tx, now) => {
      const { name } = await this.read(id, tx);
      await deleteReply(tx, id);
      await this.audit.record(tx, { actor, action: 'saved_reply.delete', subject: `saved_reply:${id}`, detail: { name } }, now);
    });
  }

  private changing<T>(work: (tx: Db, now: Date) => Promise<T>): Promise<T> {
    return inTransaction(this.db, async (tx) => {
      await lockReplies(tx);
      return work(tx, this.clock.now());
    });
  }
}

const taken = (name: string): AppError => new AppError('saved-reply.name-taken', `There is a saved reply "${name}" already. Choose another name.`, 'conflict', [{ path: 'name', code: 'saved-reply.name-taken', message: 'is taken by another saved reply' }]);

/** Each text as it would stand in a message: no saved reply is broken. */
function refuseFaults({ texts }: SavedReplyInput): void {
  const problems = Object.entries(texts).flatMap(([language, text]): Problem[] => {
    const inlined = nothingInlined();
    try {
      // A reply is copied, so it names no snippets, which messages share.
      inlineSnippets(normalised(text), 'text', { book: new Map(), language }, inlined, []);
      checkTemplate(inlined.source);
      return [];
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      return [problemIn(`texts.${language}`, inlined, error)];
    }
  });
  if (problems.length > 0) throw new AppError('saved-reply.invalid', `The saved reply can not be used: ${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
}
