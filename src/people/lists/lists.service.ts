import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ListInput, ListPatch } from '../../contract/lists.js';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import type { Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { decodeCursor, ID_KEY, pageOf, type Page, type PageQuery } from '../../platform/http/paging.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { inPeopleTransaction } from '../people-writer.js';
import { personIdsOf } from '../person-handle.js';
import { LIST_USE, type ListUse } from './list-use.js';
import { addMembers, archiveList, changeList, insertList, listLists, listMembers, loadList, lockList, removeMembers, type ListMember, type ListRow } from './store/lists.store.js';

const SOURCE = 'api';

/** Lists that colleagues keep by hand: who is on one is nobody's rule but theirs. */
@Injectable()
export class Lists {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog, @Optional() @Inject(LIST_USE) private readonly use: ListUse | null = null) {}

  async create(input: ListInput, actor: Actor): Promise<ListRow> {
    const id = newId();
    const now = this.clock.now();
    await this.changing(async (tx) => {
      await insertList(tx, { id, ...input, createdBy: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'list.create', subject: `list:${id}` }, now);
    });
    return this.read(id);
  }

  async list({ limit, after }: PageQuery): Promise<Page<ListRow>> {
    const [before = null] = decodeCursor(after, ID_KEY) ?? [];
    return pageOf(await listLists(this.db, before, limit + 1), limit, (last) => [last.id]);
  }

  async read(id: string): Promise<ListRow> {
    const found = await loadList(this.db, id);
    if (!found) throw notFound('list', id);
    return found;
  }

  async change(id: string, change: ListPatch, actor: Actor): Promise<ListRow> {
    const now = this.clock.now();
    await this.changing(async (tx) => {
      if (!(await lockList(tx, id, 'update'))) throw notFound('list', id);
      await changeList(tx, id, change, now);
      await this.audit.record(tx, { actor, action: 'list.change', subject: `list:${id}` }, now);
    });
    return this.read(id);
  }

  /** @throws AppError `list.in-use` while a segment or a campaign in progress names it */
  async archive(id: string, actor: Actor): Promise<void> {
    await this.changing((tx) => this.archiveIn(tx, id, actor));
  }

  /** {@link archive} in a transaction of the caller. */
  async archiveIn(tx: Db, id: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    if (!(await lockList(tx, id, 'update'))) throw notFound('list', id);
    const names = ((await this.use?.usersOf(tx, id)) ?? []).map((name) => `“${name}”`);
    if (names.length > 0) throw conflict('list.in-use', `The list cannot be archived: ${names.slice(0, 5).join(', ')} ${names.length === 1 ? 'names' : 'name'} it. Change ${names.length === 1 ? 'that one' : 'those'} first.`);
    await archiveList(tx, id, now);
    await this.audit.record(tx, { actor, action: 'list.archive', subject: `list:${id}` }, now);
  }

  async members(id: string, { limit, after }: PageQuery): Promise<Page<ListMember>> {
    await this.read(id);
    const [from = null] = decodeCursor(after, ID_KEY) ?? [];
    return pageOf(await listMembers(this.db, id, from, limit + 1), limit, (last) => [last.id]);
  }

  /** Puts people on a list. Handles that mean nobody, or several people, are answered and leave the others alone. */
  async add(id: string, handles: readonly string[], actor: Actor): Promise<{ added: number; already: number; unknown: string[]; ambiguous: string[] }> {
    return this.move(id, handles, async (tx, personIds, now) => {
      const { there, added } = await addMembers(tx, id, personIds, { now, source: SOURCE });
      await this.audit.record(tx, { actor, action: 'list.add', subject: `list:${id}`, detail: { people: added.length } }, now);
      return { there, counts: { added: added.length, already: there.length - added.length } };
    });
  }

  async remove(id: string, handles: readonly string[], actor: Actor): Promise<{ removed: number; absent: number; unknown: string[]; ambiguous: string[] }> {
    return this.move(id, handles, async (tx, personIds, now) => {
      const { there, removed } = await removeMembers(tx, id, personIds, { now, source: SOURCE });
      await this.audit.record(tx, { actor, action: 'list.remove', subject: `list:${id}`, detail: { people: removed.length } }, now);
      return { there, counts: { removed: removed.length, absent: there.length - removed.length } };
    });
  }

  private async move<T extends object>(id: string, handles: readonly string[], work: (tx: Db, personIds: string[], now: Date) => Promise<{ there: string[]; counts: T }>): Promise<T & { unknown: string[]; ambiguous: string[] }> {
    const now = this.clock.now();
    const answer = await this.changing(async (tx) => {
      if (!(await lockList(tx, id, 'share'))) throw notFound('list', id);
      const { found, ambiguous } = await personIdsOf(tx, handles);
      const { there, counts } = await work(tx, [...new Set(found.values())], now);
      const present = new Set(there);
      const unknown = [...new Set(handles)].filter((handle) => !ambiguous.has(handle) && !present.has(found.get(handle) ?? ''));
      return { ...counts, unknown, ambiguous: [...ambiguous] };
    });
    this.runner.wake('segments.membership');
    return answer;
  }

  private async changing<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    return inPeopleTransaction(this.db, work).catch((error: unknown) => {
      const { code, constraint } = error as { code?: string; constraint?: string };
      if (code === '23505' && constraint === 'list_name') throw conflict('list.name-taken', 'Another list has this name. Choose a different one.');
      throw error;
    });
  }
}
