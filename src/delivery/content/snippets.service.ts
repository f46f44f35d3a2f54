import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, ChangedError, conflict, notFound, type Problem } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { changeSnippet, deleteSnippet, findSnippet, insertSnippet, listSnippets, loadBook, lockSnippets, snippetsUsing, type SnippetRow } from './store/snippets.store.js';
import { SNIPPET_USE, type SnippetUse } from './snippet-use.js';
import { inlineSnippets, nothingInlined, type Snippet, type SnippetBook } from './snippets.js';
import { checkTemplate } from './template-check.js';
import { normalised, TemplateFault } from './template-source.js';
import { problemIn } from './template-field.js';

export type SnippetInput = Snippet & { name: string };
export interface SnippetUses { drafts: { id: string; name: string; state: string }[]; snippets: string[] }

/** Pieces that messages share. What was published with one keeps its text; drafts get what it says when they are published. */
@Injectable()
export class Snippets {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, @Optional() @Inject(SNIPPET_USE) private readonly use: SnippetUse | null = null) {}

  list(after: string | null, limit: number): Promise<SnippetRow[]> {
    return listSnippets(this.db, after, limit);
  }

  async read(key: string, db: Db = this.db): Promise<SnippetRow> {
    const found = await findSnippet(db, key);
    if (!found) throw notFound('snippet', key);
    return found;
  }

  create(input: SnippetInput, actor: Actor): Promise<SnippetRow> {
    return this.changing(async (tx, now) => {
      await refuseFaults(tx, input);
      if (!(await insertSnippet(tx, input, actorName(actor), now))) throw conflict('snippet.key-taken', `There is a snippet "${input.key}" already. Choose another key.`);
      await this.audit.record(tx, { actor, action: 'snippet.create', subject: `snippet:${input.key}` }, now);
      return this.read(input.key, tx);
    });
  }

  /** @throws AppError `snippet.changed` when somebody else changed it since `revision` */
  change(input: SnippetInput, revision: number, actor: Actor): Promise<SnippetRow> {
    return this.changing(async (tx, now) => {
      const before = await this.read(input.key, tx);
      if (before.kind !== input.kind && input.kind === 'body') await this.refuseUsed(tx, input.key, 'can not become a part of bodies');
      await refuseFaults(tx, input);
      if (!(await changeSnippet(tx, input, revision, now))) {
        throw new ChangedError('snippet.changed', `Somebody changed the snippet meanwhile; it is at revision ${before.revision}. Read it again.`, await this.audit.lastChange(tx, `snippet:${input.key}`, ['snippet.change', 'snippet.create']));
      }
      await this.audit.record(tx, { actor, action: 'snippet.change', subject: `snippet:${input.key}`, detail: { revision: revision + 1 } }, now);
      return this.read(input.key, tx);
    });
  }

  /** @throws AppError `snippet.in-use` while a draft or another snippet names it */
  remove(key: string, actor: Actor): Promise<void> {
    return this.changing((tx) => this.removeIn(tx, key, actor));
  }

  /** {@link remove} in a transaction of the caller that holds the snippets. */
  async removeIn(tx: Db, key: string, actor: Actor): Promise<void> {
    await this.read(key, tx);
    await this.refuseUsed(tx, key, 'can not be deleted');
    await deleteSnippet(tx, key);
    await this.audit.record(tx, { actor, action: 'snippet.delete', subject: `snippet:${key}` }, this.clock.now());
  }

  async uses(key: string): Promise<SnippetUses> {
    await this.read(key);
    return this.usesIn(this.db, key);
  }

  private async usesIn(db: Db, key: string): Promise<SnippetUses> {
    return { drafts: (await this.use?.draftsUsing(db, key)) ?? [], snippets: await snippetsUsing(db, key) };
  }

  private async refuseUsed(tx: Db, key: string, what: string): Promise<void> {
    const { drafts, snippets } = await this.usesIn(tx, key);
    const names = [...drafts.map(({ name }) => `“${name}”`), ...snippets.map((one) => `the snippet "${one}"`)];
    if (names.length > 0) throw conflict('snippet.in-use', `The snippet ${what}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''} ${names.length === 1 ? 'names' : 'name'} it.`);
  }

  private changing<T>(work: (tx: Db, now: Date) => Promise<T>): Promise<T> {
    return inTransaction(this.db, async (tx) => {
      await lockSnippets(tx);
      return work(tx, this.clock.now());
    });
  }
}

/** Checks the snippet in each language as it will be, with those it contains: no saved snippet is broken or contains itself. @throws AppError `snippet.invalid` */
export async function refuseFaults(tx: Db, input: SnippetInput): Promise<void> {
  const texts: [string, string, string][] = [['content', input.language, input.content], ...Object.entries(input.translations).map(([language, text]): [string, string, string] => [`translations.${language}`, language, text])];
  const loaded = new Map(await loadBook(tx, texts.map(([, , text]) => text)));
  loaded.set(input.key, input);
  const problems = texts.flatMap(([path, language, text]) => faultsOf(path, text, language, input, loaded));
  if (problems.length === 0) return;
  throw new AppError('snippet.invalid', `The snippet can not be used: ${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
}

function faultsOf(path: string, text: string, language: string, { key, kind }: SnippetInput, book: SnippetBook): Problem[] {
  const inlined = nothingInlined();
  try {
    inlineSnippets(normalised(text), kind, { book, language }, inlined, [key]);
    checkTemplate(inlined.source);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return [problemIn(path, inlined, error, key)];
  }
}
