import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SegmentNode } from '../contract/segment.js';
import { Clock } from '../kernel/clock.js';
import { AppError, ChangedError, conflict } from '../kernel/errors.js';
import { actorName, AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import { sentenceOf } from './domain/sentence.js';
import { namersOf } from './list-use.js';
import { SEGMENT_USE, type SegmentUse } from './segment-use.js';
import { validateDefinition } from './segment-questions.js';
import { dropBuild, loadBuild, loadDependents } from './store/build.store.js';
import { loadNames } from './store/references.js';
import { archiveSegment, deleteUnbuilt, findShared, insertSegment, isNameTaken, listSegments, loadSegment, lockDefinitions, lockSegment, renameSegment, requestBuild, takeRevision, type SegmentRow } from './store/segments.store.js';

export interface SegmentView extends SegmentRow { sentence: { en: string; ko: string } }
export interface SegmentUser { kind: 'campaign' | 'segment'; id: string; name: string }
export interface SegmentEdit { revision: number; name?: string; description?: string; definition?: SegmentNode }

/** Shared segments: made, edited (online, with the old membership until the new one is ready), archived. */
@Injectable()
export class SegmentsService {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog, @Optional() @Inject(SEGMENT_USE) private readonly use: SegmentUse | null = null) {}

  async create(input: { name: string; description: string; definition: SegmentNode }, actor: Actor): Promise<SegmentView> {
    const now = this.clock.now();
    const id = await this.changing(async (tx) => {
      await refuseInvalid(tx, input.definition);
      const made = await insertSegment(tx, { ...input, purpose: 'shared', ownerId: null, createdBy: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'segment.create', subject: `segment:${made}` }, now);
      return made;
    });
    return this.load(id);
  }

  async list(page: { after: string | null; limit: number; q?: string | undefined }): Promise<SegmentView[]> {
    const found = await listSegments(this.db, page);
    const named = await loadNames(this.db, found.map(({ definition }) => definition));
    return found.map((segment) => ({ ...segment, sentence: sentenceOf(segment.definition, named) }));
  }

  async load(id: string): Promise<SegmentView> {
    const segment = await findShared(this.db, id);
    return { ...segment, sentence: sentenceOf(segment.definition, await loadNames(this.db, [segment.definition])) };
  }

  /** A new definition is built beside the live membership; a new name holds at once. */
  async edit(id: string, edit: SegmentEdit, actor: Actor): Promise<SegmentView> {
    const now = this.clock.now();
    await this.changing(async (tx) => {
      await lockSegment(tx, id);
      const segment = await findShared(tx, id);
      if (segment.revision !== edit.revision) {
        throw new ChangedError('segment.changed', `The segment was changed meanwhile: it is at revision ${segment.revision}, the edit was made on ${edit.revision}. Read it again and repeat the edit.`, await this.audit.lastChange(tx, `segment:${id}`, ['segment.edit', 'segment.create']));
      }
      const revision = await takeRevision(tx, id);
      if (edit.definition) {
        await refuseInvalid(tx, edit.definition, id);
        await requestBuild(tx, { id, definition: edit.definition, revision, announces: segment.isLive }, now);
      }
      await renameSegment(tx, { id, name: edit.name ?? segment.name, description: edit.description ?? segment.description, revision, by: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'segment.edit', subject: `segment:${id}`, detail: { revision } }, now);
    });
    return this.load(id);
  }

  /** Stops a build. A segment that was never live is gone with it, an edited one stays as it was. Null when it is gone. */
  async cancelBuild(id: string, actor: Actor): Promise<SegmentView | null> {
    const now = this.clock.now();
    await this.changing(async (tx) => {
      await lockSegment(tx, id);
      await findShared(tx, id);
      const build = await loadBuild(tx, id);
      if (!build) throw conflict('segment.not-building', 'The segment is not being built; there is nothing to cancel.');
      await this.stopBuild(tx, id, build, now);
      await this.refuseNamed(tx, id, 'cancelled before it was ever built', true);
      await deleteUnbuilt(tx, id);
      await this.audit.record(tx, { actor, action: 'segment.cancel-build', subject: `segment:${id}` }, now);
    });
    return (await loadSegment(this.db, id)) ? this.load(id) : null;
  }

  /** What must be built anew goes on, towards the live definition. */
  private async stopBuild(tx: Db, id: string, { renews, isEdit, live, liveRevision }: NonNullable<Awaited<ReturnType<typeof loadBuild>>>, now: Date): Promise<void> {
    if (renews && !isEdit) throw conflict('segment.renewing', 'The segment is being built anew because a segment it names was edited. That cannot be cancelled; edit or archive the segment instead.');
    if (renews) await requestBuild(tx, { id, definition: live, revision: liveRevision, announces: true, renews }, now);
    else await dropBuild(tx, id);
  }

  /** What names the segment: campaigns in progress, and segments that are built from it. */
  async usesOf(id: string): Promise<SegmentUser[]> {
    await findShared(this.db, id);
    const campaigns = (await this.use?.campaignsOf(this.db, id)) ?? [];
    const segments = (await loadDependents(this.db, id)).filter(({ purpose }) => purpose === 'shared');
    return [...campaigns.map((one) => ({ kind: 'campaign' as const, ...one })), ...segments.map((one) => ({ kind: 'segment' as const, id: one.id, name: one.name }))];
  }

  async archive(id: string, actor: Actor): Promise<void> {
    await this.changing((tx) => this.archiveIn(tx, id, actor));
  }

  /** {@link archive} in a transaction of the caller that holds the definitions. @throws AppError `segment.in-use` */
  async archiveIn(tx: Db, id: string, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await lockSegment(tx, id);
    await findShared(tx, id);
    await this.refuseNamed(tx, id, 'archived', false);
    await dropBuild(tx, id);
    await archiveSegment(tx, id, now);
    await this.audit.record(tx, { actor, action: 'segment.archive', subject: `segment:${id}` }, now);
  }

  private async refuseNamed(tx: Db, id: string, what: string, onlyUnbuilt: boolean): Promise<void> {
    if (onlyUnbuilt && (await loadSegment(tx, id))?.state === 'live') return;
    const names = (await namersOf(tx, id, this.use)).map((name) => `“${name}”`);
    if (names.length > 0) throw conflict('segment.in-use', `The segment cannot be ${what}: ${names.slice(0, 5).join(', ')} ${names.length === 1 ? 'names' : 'name'} it. Change ${names.length === 1 ? 'that one' : 'those'} first.`);
  }

  private async changing<T>(work: (tx: Db) => Promise<T>): Promise<T> {
    const result = await inTransaction(this.db, async (tx) => {
      await lockDefinitions(tx);
      return work(tx);
    }).catch((error: unknown) => {
      if (isNameTaken(error)) throw conflict('segment.name-taken', 'Another segment has this name. Choose a different one.');
      throw error;
    });
    this.runner.wake('segments.build');
    return result;
  }
}

async function refuseInvalid(db: Db, definition: SegmentNode, self?: string): Promise<void> {
  const problems = await validateDefinition(db, definition, 'definition', self);
  if (problems.length > 0) throw new AppError(problems[0]!.code, `${problems[0]!.path}: ${problems[0]!.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`, 'invalid', problems);
}
