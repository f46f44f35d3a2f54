import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import { edgesOf } from './domain/edges.js';
import type { Edge } from './domain/leaves/leaf.js';
import { readsOf } from './domain/reads.js';
import { resolve, type Resolved } from './domain/resolved.js';
import { boundariesBetween, matchAmong, matchAtMoments, nextBoundary, workspaceZone, type PersonMoment } from './store/answers.js';
import { loadNamed } from './store/definitions.js';
import {
  becomeEvaluator, claimChanges, furthestEvaluated, loadDefinitions, loadMaintained, loadMemberships, loadMembershipsOf, markEvaluated, settleChanges, settleFlips, stageMembers, unstagePeople, writeFlips,
  type Change, type Flip,
} from './store/membership.store.js';

const CHANGES = 500;
const PEOPLE = 5_000;
const BOUNDARIES = 20_000;
const EVERYBODY = 2_000_000_000;

interface Plan { tree: Resolved; edges: Edge[]; reads: ReadonlySet<string> }
interface Maintained { id: string; build: boolean; evaluatedTo: Date | null; plan: Plan }
interface Step { tx: Db; now: Date; timeZone: string; maintained: Maintained[]; changes: Change[] }
export interface Advance { changes: number; flips: number; behind: boolean; next: Date | null }

/** Keeps every membership true: after what changed, and after the clock. Its cost follows those, not the population. */
@Injectable()
export class MembershipService {
  private plans = new Map<string, Plan>();
  private plansOf = '';

  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** One bounded step, all or nothing; null while another process evaluates. */
  async advance(): Promise<Advance | null> {
    return inTransaction(this.db, async (tx) => {
      if (!(await becomeEvaluator(tx))) return null;
      const now = await this.evaluationTime(tx);
      const step: Step = { tx, now, timeZone: await workspaceZone(tx), maintained: await this.load(tx), changes: await claimChanges(tx, CHANGES, PEOPLE) };
      const touched = touchedPeople(step);
      const byChange = await this.followChanges(step, touched);
      const clock = await this.followClock(step, touched);
      await writeFlips(tx, [...clock.flips, ...byChange], now);
      await settleFlips(tx, clock.flips, now);
      await settleChanges(tx, step.changes.map((change) => change.id), byChange.filter((flip) => !isGone(step, flip)));
      const idle = step.changes.length === 0 && clock.flips.length === 0 && !clock.behind;
      return { changes: step.changes.length, flips: clock.flips.length + byChange.length, behind: clock.behind, next: idle ? await this.next(step) : null };
    });
  }

  /** Follows the clock and nothing else for one build, before its result is used. Call as the evaluator. */
  async catchUpBuild(tx: Db, segmentId: string, now: Date): Promise<void> {
    const timeZone = await workspaceZone(tx);
    for (let behind = true; behind; ) {
      const maintained = (await this.load(tx)).filter((one) => one.build && one.id === segmentId);
      ({ behind } = await this.followClock({ tx, now, timeZone, maintained, changes: [] }, new Map()));
    }
  }

  /** The clock, or the furthest moment already evaluated when the clock was set back. */
  async evaluationTime(db: Db): Promise<Date> {
    const now = this.clock.now();
    const furthest = await furthestEvaluated(db);
    return furthest && furthest > now ? furthest : now;
  }

  private async load(tx: Db): Promise<Maintained[]> {
    const found = await loadMaintained(tx);
    const key = found.map(({ id, build, stamp }) => `${id} ${build} ${stamp}`).join('\n');
    if (key !== this.plansOf) {
      const definitions = await loadDefinitions(tx, found.filter((one) => !one.build).map((one) => one.id), found.filter((one) => one.build).map((one) => one.id));
      const named = await loadNamed(tx, definitions.map(({ definition }) => definition));
      const plans = new Map<string, Plan>();
      for (const { id, build, definition } of definitions) {
        const { tree } = resolve(definition, named, '', id);
        if (tree) plans.set(`${id} ${build}`, { tree, edges: edgesOf(tree), reads: readsOf(tree) });
      }
      this.plans = plans;
      this.plansOf = key;
    }
    return found.flatMap(({ id, build, evaluatedTo }) => {
      const plan = this.plans.get(`${id} ${build}`);
      return plan ? [{ id, build, evaluatedTo, plan }] : [];
    });
  }

  private async followChanges(step: Step, touched: ReadonlyMap<Maintained, Map<string, Change>>): Promise<Flip[]> {
    const gone = step.changes.filter((change) => change.kind !== 'changed').flatMap((change) => goneIn(change).map((personId) => ({ personId, change })));
    const flips = gone.length > 0 ? await this.removeGone(step, new Map(gone.map(({ personId, change }) => [personId, change]))) : [];
    const live = [...touched].filter(([one, people]) => !one.build && people.size > 0);
    const before = await loadMemberships(step.tx, live.flatMap(([one, people]) => [...people.keys()].map(() => one.id)), live.flatMap(([, people]) => [...people.keys()]));
    for (const [one, people] of touched) {
      const ids = [...people.keys()];
      const matching = await matchAmong(step.tx, one.plan.tree, ids, step);
      if (one.build) await stageMembers(step.tx, one.id, ids, matching);
      else {
        for (const [personId, change] of people) {
          const entered = matching.has(personId);
          if (entered === before.has(`${one.id} ${personId}`)) continue;
          flips.push({ segmentId: one.id, personId, entered, at: step.now.toISOString(), cause: change.kind === 'merged' ? 'merge' : 'change', changeId: change.id });
        }
      }
    }
    return flips;
  }

  /** People who were merged away or erased leave everything. */
  private async removeGone(step: Step, gone: ReadonlyMap<string, Change>): Promise<Flip[]> {
    await unstagePeople(step.tx, [...gone.keys()]);
    const held = await loadMembershipsOf(step.tx, [...gone.keys()]);
    return held.map(({ segmentId, personId }) => {
      const change = gone.get(personId)!;
      return { segmentId, personId, entered: false, at: step.now.toISOString(), cause: change.kind === 'merged' ? 'merge' : 'erase', changeId: change.id };
    });
  }

  private async followClock(step: Step, touched: ReadonlyMap<Maintained, ReadonlyMap<string, Change>>): Promise<{ flips: Flip[]; behind: boolean }> {
    const flips: Flip[] = [];
    const marks: { id: string; build: boolean; to: Date }[] = [];
    let behind = false;
    for (const one of step.maintained) {
      if (one.evaluatedTo && one.evaluatedTo >= step.now) continue;
      const span = { from: one.evaluatedTo ?? step.now, to: step.now };
      const { due, to } = await dueBoundaries(step.tx, one.plan.edges, span);
      behind ||= to < step.now;
      marks.push({ id: one.id, build: one.build, to });
      // Whoever changed was just evaluated at the present moment.
      const people = due.filter(({ personId }) => !touched.get(one)?.has(personId));
      if (people.length === 0) continue;
      if (one.build) {
        const ids = [...new Set(people.map(({ personId }) => personId))];
        await stageMembers(step.tx, one.id, ids, await matchAmong(step.tx, one.plan.tree, ids, step));
      } else flips.push(...(await this.flipsAt(step, one, people)));
    }
    await markEvaluated(step.tx, marks);
    return { flips: flips.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)), behind };
  }

  private async flipsAt(step: Step, one: Maintained, moments: readonly PersonMoment[]): Promise<Flip[]> {
    const truths = await matchAtMoments(step.tx, one.plan.tree, moments, step.timeZone);
    const state = await loadMemberships(step.tx, moments.map(() => one.id), moments.map(({ personId }) => personId));
    const flips: Flip[] = [];
    moments.forEach(({ personId, at }, index) => {
      const key = `${one.id} ${personId}`;
      const truth = truths[index];
      if (truth === null || truth === undefined || truth === state.has(key)) return;
      if (truth) state.add(key);
      else state.delete(key);
      flips.push({ segmentId: one.id, personId, entered: truth, at, cause: 'clock', changeId: null });
    });
    return flips;
  }

  private async next(step: Step): Promise<Date | null> {
    const edges = new Map(step.maintained.flatMap((one) => one.plan.edges).map((edge) => [`${edge.source} ${edge.offset} ${edge.key}`, edge]));
    return nextBoundary(step.tx, [...edges.values()], step.now);
  }
}

/** The boundaries to handle now: all of them, or those of whole instants up to the limit, and how far that reaches. */
async function dueBoundaries(db: Db, edges: Edge[], span: { from: Date; to: Date }): Promise<{ due: PersonMoment[]; to: Date }> {
  const found = await boundariesBetween(db, edges, span, BOUNDARIES + 1);
  if (found.length <= BOUNDARIES) return { due: found, to: span.to };
  const horizon = found.at(-1)!.at;
  const due = found.filter(({ at }) => at !== horizon);
  if (due.length > 0) return { due, to: new Date(due.at(-1)!.at) };
  // More people than the limit share one instant: they are taken in one piece.
  const to = new Date(Math.min(Date.parse(horizon) + 1, span.to.getTime()));
  return { due: await boundariesBetween(db, edges, { from: span.from, to }, EVERYBODY), to };
}

const goneIn = (change: Change): string[] => (change.kind === 'changed' ? [] : change.personIds.filter((id) => id !== change.mergedInto));
const isGone = (step: Step, flip: Flip): boolean => step.changes.some((change) => change.id === flip.changeId && goneIn(change).includes(flip.personId));

/** For each membership, the people whose answer the changes can have moved, with the first change that could. */
function touchedPeople({ maintained, changes }: Step): Map<Maintained, Map<string, Change>> {
  const gone = new Set(changes.flatMap(goneIn));
  const touched = new Map<Maintained, Map<string, Change>>();
  for (const one of maintained) {
    const people = new Map<string, Change>();
    for (const change of changes) {
      const named = change.kind === 'changed' ? (concerns(change, one.plan.reads) ? change.personIds : []) : change.mergedInto ? [change.mergedInto] : [];
      for (const personId of named) if (!gone.has(personId) && !people.has(personId)) people.set(personId, change);
    }
    if (people.size > 0) touched.set(one, people);
  }
  return touched;
}

const concerns = (change: Change, reads: ReadonlySet<string>): boolean => change.keys.some((key) => reads.has(key));
