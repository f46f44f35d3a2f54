import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { awaitEngagementWriters } from '../people/store/change.store.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/tokens.js';
import { readsEngagement, readsOf, readsWorkspaceZone } from './domain/reads.js';
import { resolve, resolveOrThrow } from './domain/resolved.js';
import { isPassing, isTimeout, problemOf } from './evaluation.js';
import { MembershipService } from './membership.service.js';
import { matchAmong, workspaceZone } from './store/answers.js';
import { adoptBuild, advanceBuild, announceAdopted, beginBuild, builtInAnotherZone, failBuild, hasBuild, holdInZone, loadDependents, oldestBuild, peopleAfter, type BuildRow } from './store/build.store.js';
import { loadNamed } from './store/definitions.js';
import { completeGoals } from './store/goals.js';
import { becomeEvaluator, stageMembers } from './store/membership.store.js';
import { requestBuild } from './store/segments.store.js';

const SMALLEST_PAGE = 50;

/** Evaluates new and edited definitions page by page, beside the live membership, and then puts the result in its place. */
@Injectable()
export class BuildService {
  /** People to a page; between pages changes keep flowing. */
  protected readonly pageSize: number = 2_000;
  /** Fewer people to a page once one took too long, until that build is over. */
  private readonly pages = new Map<string, number>();

  constructor(private readonly db: DataSource, private readonly membership: MembershipService, @Inject(LOG) private readonly log: Log) {}

  /** One page of the oldest build; how many steps were made (0 when there is nothing to build). */
  async advance(): Promise<number> {
    if (!(await this.hasWork())) return 0;
    let current: BuildRow | null = null;
    try {
      return await inTransaction(this.db, async (tx) => {
        if (!(await becomeEvaluator(tx))) return 0;
        await this.followZone(tx);
        current = await oldestBuild(tx, await this.membership.evaluationTime(tx));
        if (!current) return 0;
        await this.page(tx, current);
        return 1;
      });
    } catch (error) {
      if (!current || isPassing(error)) throw error;
      const { segmentId } = current as BuildRow;
      const page = this.pages.get(segmentId) ?? this.pageSize;
      if (isTimeout(error) && page > SMALLEST_PAGE) {
        this.pages.set(segmentId, Math.max(SMALLEST_PAGE, Math.floor(page / 6)));
        return 1;
      }
      this.log.warn({ err: error, segment: segmentId }, 'a segment could not be built');
      this.pages.delete(segmentId);
      await inTransaction(this.db, (tx) => failBuild(tx, segmentId, problemOf(error)));
      return 1;
    }
  }

  /** Asked before anybody's turn as the evaluator is taken. A build that is to wait counts. */
  private async hasWork(): Promise<boolean> {
    return (await hasBuild(this.db)) || (await builtInAnotherZone(this.db, await workspaceZone(this.db))).length > 0;
  }

  /** The workspace moved to another zone: whatever reads its days is built anew. */
  private async followZone(tx: Db): Promise<void> {
    const timeZone = await workspaceZone(tx);
    const moved = await builtInAnotherZone(tx, timeZone);
    if (moved.length === 0) return;
    const now = await this.membership.evaluationTime(tx);
    const named = await loadNamed(tx, moved.map(({ definition }) => definition));
    const unmoved: string[] = [];
    for (const one of moved) {
      const { tree } = resolve(one.definition, named, '', one.id);
      if (tree !== null && readsWorkspaceZone(await completeGoals(tx, tree))) await requestBuild(tx, { ...one, renews: true }, now);
      else unmoved.push(one.id);
    }
    await holdInZone(tx, unmoved, timeZone);
  }

  private async page(tx: Db, build: BuildRow): Promise<void> {
    const tree = await completeGoals(tx, resolveOrThrow(build.definition, await loadNamed(tx, [build.definition]), build.segmentId));
    // Whoever wrote before this build was known to read it may not have announced it, and is in the data from here on.
    if (build.cursor === null && readsEngagement(readsOf(tree))) await awaitEngagementWriters(tx);
    const now = await this.membership.evaluationTime(tx);
    const timeZone = await workspaceZone(tx);
    await beginBuild(tx, build.segmentId, now, timeZone);
    const page = this.pages.get(build.segmentId) ?? this.pageSize;
    const people = await peopleAfter(tx, build.cursor, page);
    if (people.length === 0) return this.finish(tx, build, now);
    const matching = await matchAmong(tx, tree, people, { now, timeZone });
    await stageMembers(tx, build.segmentId, people, matching);
    await advanceBuild(tx, build.segmentId, people.at(-1)!, people.length);
    if (people.length < page) await this.finish(tx, build, now);
  }

  private async finish(tx: Db, build: BuildRow, now: Date): Promise<void> {
    await this.membership.catchUpBuild(tx, build.segmentId, now);
    this.pages.delete(build.segmentId);
    await adoptBuild(tx, build.segmentId, build.announces, now);
    if (this.membership.isRead(`membership:${build.segmentId}`)) await announceAdopted(tx, build.segmentId, now);
    // Whoever names this segment inherits its new definition, and is built anew for it.
    if (!build.isFirst) for (const { id, definition, revision, announces } of await loadDependents(tx, build.segmentId)) await requestBuild(tx, { id, definition, revision, announces, renews: true }, now);
  }
}
