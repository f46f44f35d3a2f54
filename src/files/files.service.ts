import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CampaignCheck } from '../campaigns/publishing/check.service.js';
import { LiveEditing } from '../campaigns/publishing/live-editing.service.js';
import { Publishing } from '../campaigns/publishing/publish.service.js';
import { findCampaign } from '../campaigns/store/campaigns.store.js';
import type { ApplyRequest, FilesApplied, FilesPlan, PlanRequest } from '../contract/files.js';
import { Preferences } from '../delivery/preferences/preferences.service.js';
import { lockSnippets } from '../delivery/content/store/snippets.store.js';
import { Clock } from '../kernel/clock.js';
import { AppError, notFound, type Problem } from '../kernel/errors.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import { inKorean } from '../platform/korean/korean-of.js';
import { lockDefinitions } from '../segments/store/segments.store.js';
import type { FileText } from './domain/kinds.js';
import { loadEnvironment } from './load-kept.js';
import { planFiles, type Planned } from './plan-files.js';
import { Removing } from './remove-others.js';
import { giveFileKeys, lockFileKeys } from './store/file-keys.store.js';
import { fileOf, filesOf } from './write-files.js';
import { WorkspaceDoors } from './write-workspace.js';
import { changedMeanwhile, writeDrafts } from './write-wanted.js';

/** What rolls a plan back that was only to be looked at. */
class OnlyLooked extends Error { constructor(readonly plan: FilesPlan) { super('only looked'); } }

/** Who is asked about the campaigns of files, and who publishes them. */
@Injectable()
export class FileQuestions {
  constructor(readonly checks: CampaignCheck, readonly live: LiveEditing, readonly publishing: Publishing, readonly topics: Preferences, readonly removing: Removing, readonly doors: WorkspaceDoors) {}
}

/** Definitions as files: what is here, what files would change, and making it so. */
@Injectable()
export class DefinitionFiles {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly ask: FileQuestions, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /** The files of everything, or of one segment or campaign. What has no key yet gets one. */
  read(only?: { kind: 'segment' | 'campaign'; id: string }): Promise<FileText[]> {
    return inTransaction(this.db, async (tx) => {
      await lockFileKeys(tx);
      await giveFileKeys(tx);
      const environment = await loadEnvironment(tx);
      if (!only) return filesOf(environment);
      const found = [...environment.kept.values()].find(({ kind, id }) => kind === only.kind && id === only.id);
      if (!found) throw notFound(only.kind, only.id);
      return [fileOf(found, environment)];
    });
  }

  /** What applying would do; nothing is changed. */
  async plan(request: PlanRequest, actor: Actor): Promise<FilesPlan> {
    try {
      return await inTransaction(this.db, async (tx) => {
        throw new OnlyLooked((await planFiles(tx, request, this.ask, this.writing(actor))).plan);
      });
    } catch (error) {
      if (error instanceof OnlyLooked) return error.plan;
      throw error;
    }
  }

  /**
   * Makes it so: all definitions in one transaction, then each campaign that is to be published by itself, as by hand.
   *
   * @throws AppError `files.changed` when the plan would be another one now, `files.invalid` with every error at its file and line
   */
  async apply({ digest, ...request }: ApplyRequest, actor: Actor): Promise<FilesApplied> {
    const { plan, changed, publishing, others } = await inTransaction(this.db, async (tx) => {
      await lockDefinitions(tx);
      await lockSnippets(tx);
      const writing = this.writing(actor);
      const planned = await planFiles(tx, request, this.ask, writing);
      if (planned.plan.digest !== digest) throw changedMeanwhile();
      refuse(planned);
      await writeDrafts(tx, planned.changed, writing);
      const told = await planned.removal();
      const removed = told.filter(({ does }) => does !== 'keep').map(({ kind, key }) => `${kind}/${key}`);
      if (planned.plan.changes > 0) await this.audit.record(tx, { actor, action: 'files.apply', subject: 'workspace', detail: { changed: planned.changed.map(({ kind, key }) => `${kind}/${key}`), publishing: planned.publishing.map(({ key }) => key), ...(removed.length > 0 ? { removed } : {}) } }, writing.now);
      return { ...planned, others: told };
    });
    if (changed.some(({ kind }) => kind === 'segment') || others.length > 0) this.runner.wake('segments.build');
    if (changed.some(({ kind }) => kind === 'topic')) this.ask.topics.wake();
    if (changed.some(({ kind }) => kind === 'settings')) this.ask.doors.wake();
    const published: FilesApplied['published'] = [];
    for (const { key, id } of publishing) published.push({ key, ...(await this.publish(id, actor)) });
    return { ...plan, ...(others.length > 0 ? { others } : {}), published };
  }

  private writing(actor: Actor) {
    return { audit: this.audit, actor, now: this.clock.now(), doors: this.ask.doors };
  }

  /** A refusal is no failure of the others: applying the files again publishes what is still to be. */
  private async publish(id: string, actor: Actor): Promise<Pick<FilesApplied['published'][number], 'version' | 'refused'>> {
    try {
      const revision = (await findCampaign(this.db, id))?.revision;
      const { version } = await this.ask.publishing.publish(id, revision === undefined ? {} : { revision }, actor);
      return { version: version.number, refused: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, messageKo } = inKorean<Problem>({ path: '', code: error.code, message: error.message });
      return { version: null, refused: { code, message, ...(messageKo === undefined ? {} : { messageKo }) } };
    }
  }
}

function refuse({ plan: { findings } }: Planned): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const problems = errors.map(({ file, line, column, code, message, messageKo }) => ({ path: `${file}:${line}:${column}`, code, message, ...(messageKo === undefined ? {} : { messageKo }) }));
  throw new AppError('files.invalid', `${problems[0]!.path}: ${problems[0]!.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''} Nothing was changed.`, 'invalid', problems);
}
