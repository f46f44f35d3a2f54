import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { announce } from '../people/store/facts.store.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/tokens.js';
import { problemOf, waitBeforeRebuild } from './evaluation.js';
import { followChanges, goneBy, touchedPeople } from './follow-changes.js';
import { followClock } from './follow-clock.js';
import { followRules } from './follow-rules.js';
import { MaintainedPlans, sharedEdges, type Limits, type Maintained, type Step } from './maintained.js';
import { nextBoundary, workspaceZone } from './store/answers.js';
import { failBuild } from './store/build.store.js';
import { becomeEvaluator, claimChanges, furthestEvaluated, hasChanges, settleChanges, settleFlips, stallSegment, writeFlips, type Change, type Flip } from './store/membership.store.js';
import { requestBuild } from './store/segments.store.js';

/**
 * After a step that found nothing to do, the next steps do not begin as long as nothing changed and no boundary has come: a step takes the
 * evaluator's turn and writes how far the clock was followed. So long at most, because another process may know of a nearer boundary.
 */
const QUIET_MS = 5_000;

export interface Advance { changes: number; flips: number; behind: boolean; rebuilds: number; next: Date | null }

/** Keeps every membership true: after what changed, and after the clock. Its cost follows those, not the population. */
@Injectable()
export class MembershipService {
  /** How much one round may ask, and for how long. */
  protected readonly limits: Limits = { changes: 500, people: 5_000, moments: 20_000, milliseconds: 20_000, alone: 250 };
  private readonly plans = new MaintainedPlans();
  /** The last step, if it found nothing to do. */
  private quiet: { since: Date; next: Date | null; timeZone: string } | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, @Inject(LOG) private readonly log: Log) {}

  /** One bounded step, all or nothing; null while another process evaluates. */
  async advance(): Promise<Advance | null> {
    const now = this.clock.now();
    if (this.quiet && (await this.isQuiet(this.quiet, now))) return { changes: 0, flips: 0, behind: false, rebuilds: 0, next: this.quiet.next };
    this.quiet = null;
    const advanced = await this.step();
    if (advanced?.quiet) this.quiet = { since: now, next: advanced.next, timeZone: advanced.timeZone };
    return advanced;
  }

  private async isQuiet({ since, next, timeZone }: NonNullable<MembershipService['quiet']>, now: Date): Promise<boolean> {
    if (now < since || now.getTime() - since.getTime() >= QUIET_MS || (next !== null && now >= next)) return false;
    return !(await hasChanges(this.db)) && (await this.plans.areCurrent(this.db)) && timeZone === (await workspaceZone(this.db));
  }

  private step(): Promise<(Advance & { quiet: boolean; timeZone: string }) | null> {
    return inTransaction(this.db, async (tx) => {
      if (!(await becomeEvaluator(tx))) return null;
      // Claimed before the plans are read: a change that a new version of a campaign brought is judged by that version.
      const step = await this.begin(tx, await this.evaluationTime(tx), await claimChanges(tx, this.limits.changes, this.limits.people));
      const touched = touchedPeople(step);
      const byChange = await followChanges(step, touched);
      const clock = await followClock(step, touched);
      await writeFlips(tx, [...clock.flips, ...byChange], step.now);
      await settleFlips(tx, clock.flips, step.now);
      await this.announceEntered(tx, [...clock.flips, ...byChange], step.now);
      const gone = goneBy(step.changes);
      await settleChanges(tx, step.changes.map((change) => change.id), byChange.filter((flip) => gone.get(flip.personId)?.id !== flip.changeId));
      const rebuilds = await followRules(step);
      const idle = step.changes.length === 0 && clock.flips.length === 0 && !clock.behind;
      return { changes: step.changes.length, flips: clock.flips.length + byChange.length, behind: clock.behind, rebuilds, next: idle ? await this.next(step) : null, quiet: idle && step.aside.size === 0, timeZone: step.timeZone };
    });
  }

  /** Follows the clock and nothing else for one build, before its result is used. Call as the evaluator. */
  async catchUpBuild(tx: Db, segmentId: string, now: Date): Promise<void> {
    for (let behind = true; behind; ) {
      const step = await this.begin(tx, now, []);
      ({ behind } = await followClock({ ...step, maintained: step.maintained.filter((one) => one.build && one.id === segmentId) }, new Map()));
    }
  }

  /** The clock, or the furthest moment already evaluated when the clock was set back. */
  async evaluationTime(db: Db): Promise<Date> {
    const now = this.clock.now();
    const furthest = await furthestEvaluated(db);
    return furthest && furthest > now ? furthest : now;
  }

  /** Whether a membership that is kept reads this, as of the plans last read. */
  isRead(key: string): boolean {
    return this.plans.isRead(key);
  }

  /** Entering a segment that keeps a campaign's goal is an outcome, for those who ask for conversions. The next round looks. */
  private async announceEntered(tx: Db, flips: readonly Flip[], now: Date): Promise<void> {
    const goals = new Set([...new Set(flips.map(({ segmentId }) => segmentId))].filter((id) => this.isRead(`membership:${id}`)));
    const entered = flips.filter((flip) => flip.entered && goals.has(flip.segmentId));
    if (entered.length === 0) return;
    await announce(tx, [...new Set(entered.map(({ personId }) => personId))], [...new Set(entered.map(({ segmentId }) => `membership:${segmentId}`))], now);
  }

  private async begin(tx: Db, now: Date, changes: Change[]): Promise<Step> {
    const { maintained, unplanned } = await this.plans.load(tx);
    for (const { error, ...one } of unplanned) await this.setAside(tx, one, error, now);
    const aside = new Set<Maintained>();
    const setAside = async (one: Maintained, error: unknown) => {
      aside.add(one);
      await this.setAside(tx, one, error, now);
    };
    return { tx, now, timeZone: await workspaceZone(tx), maintained, changes, limits: this.limits, aside, setAside };
  }

  /** A build fails; a live segment keeps the members it has, and is built anew: at once the first time, then after longer and longer. */
  private async setAside(tx: Db, { id, build }: Pick<Maintained, 'id' | 'build'>, error: unknown, now: Date): Promise<void> {
    this.log.warn({ err: error, segment: id }, 'a segment cannot be evaluated');
    if (build) return failBuild(tx, id, problemOf(error));
    const stalled = await stallSegment(tx, id, problemOf(error), now);
    if (stalled && !stalled.building) await requestBuild(tx, { ...stalled, id, announces: true }, new Date(now.getTime() + waitBeforeRebuild(stalled.stalls)));
  }

  private async next(step: Step): Promise<Date | null> {
    return nextBoundary(step.tx, sharedEdges(step.maintained).map(({ edge }) => edge), step.now);
  }
}
