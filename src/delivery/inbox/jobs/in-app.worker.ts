import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { NEWS } from '../../../people/store/news.store.js';
import { inTransaction } from '../../../platform/database/db.js';
import { WorkerRunner } from '../../../platform/jobs/runner.js';
import { Worker, type Round } from '../../../platform/jobs/worker.js';
import { loadWorkspace, type Workspace } from '../../../platform/workspace.js';
import { RenderFailure, type CompiledMessage, type LinkSigner } from '../../content/compiled.js';
import { ContentCache } from '../../content/content-cache.js';
import { renderInApp } from '../../content/render.js';
import { GatedQueue, type GatedClaims } from '../../sending/gated-claims.js';
import { contentFor, contextOf } from '../../sending/render-context.js';
import { LinkKeys } from '../../tracking/link-keys.service.js';
import { insertInApp, settle, type InAppInsert, type Settlement } from '../../sending/store/settlements.store.js';

const BATCH = 500;
const HOUR_MS = 3_600_000;

/** Puts due in-app messages into inboxes: claim, render, insert and settle in one transaction, so nothing is ever in doubt. */
@Injectable()
export class InAppWorker extends Worker {
  readonly name = 'delivery.in_app';
  private readonly id = newId();

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly queue: GatedQueue, private readonly contents: ContentCache, private readonly links: LinkKeys, private readonly runner: WorkerRunner) {
    super();
  }

  async runOnce(): Promise<Round> {
    const now = this.clock.now();
    const next = await this.queue.next('in_app');
    if (next === null || next > now) return { done: 0, next };
    const links = await this.links.signer();
    const done = await inTransaction(this.db, async (tx) => {
      const workspace = await loadWorkspace(tx);
      const { taken, allowed } = await this.queue.claimIn(tx, { channel: 'in_app', worker: this.id, leaseUntil: now, limit: BATCH, now, workspace });
      const contents = await this.contents.load(tx, allowed.flatMap((each) => each.contentId ?? []));
      const made = allowed.map((each) => this.make(each, contents, workspace, links));
      await insertInApp(tx, made.flatMap(({ message }) => (message ? [message] : [])), now);
      await settle(tx, this.id, made.map(({ end }) => end), now);
      return taken;
    });
    if (done > 0) this.runner.wake(NEWS);
    return done > 0 ? { done } : { done, next: await this.queue.next('in_app') };
  }

  private make(claimed: GatedClaims['allowed'][number], contents: ReadonlyMap<string, CompiledMessage>, workspace: Workspace, links: LinkSigner): { end: Settlement; message?: InAppInsert } {
    const now = this.clock.now();
    const common = { id: claimed.id, personId: claimed.personId, fence: claimed.fence };
    try {
      const content = renderInApp(contentFor('in_app', contents, claimed.contentId), contextOf(claimed, claimed.person, workspace), links);
      const { language } = content;
      if (claimed.isControl) return { end: { ...common, language, state: 'ghost', reason: 'EXPERIMENT_CONTROL', attempted: false } };
      const expiresAt = content.expiresAfterHours === undefined ? null : new Date(now.getTime() + content.expiresAfterHours * HOUR_MS);
      return { end: { ...common, language, state: 'sent', sentAt: now, attempted: true }, message: { deliveryId: claimed.id, personId: claimed.personId, campaignId: claimed.campaignId, content, expiresAt } };
    } catch (error) {
      const failure = error instanceof RenderFailure ? { reason: error.code, detail: error.detail } : { reason: 'RENDER_ERROR' as const, detail: error instanceof Error ? error.message : String(error) };
      return { end: { ...common, state: 'failed', ...failure, attempted: false } };
    }
  }
}
