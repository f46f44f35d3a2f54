import type { Db } from '../platform/database/db.js';
import { valuesIn } from './domain/compile.js';
import { edgesOf, type Followed } from './domain/edges.js';
import { campaignsWithGoals } from './domain/goals.js';
import type { Edge } from './domain/leaves/leaf.js';
import { readsOf } from './domain/reads.js';
import { leavesOf, resolve, type Resolved } from './domain/resolved.js';
import { loadNamed } from './store/definitions.js';
import { completeGoals, countVersions } from './store/goals.js';
import { loadDefinitions, loadMaintained, type Change, type MaintainedRow } from './store/membership.store.js';

export interface Plan { tree: Resolved; leaves: number; values: number; edges: Edge[]; reads: ReadonlySet<string> }

/** A membership that is kept true, of a live segment or of a build under way. */
export interface Maintained { id: string; build: boolean; followed: Followed; plan: Plan }

export interface Limits {
  /** Rows of changes to a round, and the people they name, about. */
  changes: number;
  people: number;
  /** Boundaries to a round, about. */
  moments: number;
  /** One question may take so long. */
  milliseconds: number;
  /** People or moments to a statement once a membership is asked alone. */
  alone: number;
}

/** One round of the evaluator: all of it in one transaction, at one moment. */
export interface Step {
  tx: Db;
  now: Date;
  timeZone: string;
  maintained: readonly Maintained[];
  changes: readonly Change[];
  limits: Limits;
  /** Memberships that turned out in this round to be impossible to evaluate. */
  aside: Set<Maintained>;
  /** A membership that cannot be evaluated is kept no longer, with the reason. */
  setAside(one: Maintained, error: unknown): Promise<void>;
}

export interface Unplanned { id: string; build: boolean; error: unknown }

/** What is to be maintained, with definitions compiled once for as long as none of them changes. */
export class MaintainedPlans {
  private plans = new Map<string, Plan>();
  private unplanned: Unplanned[] = [];
  private plansOf = '';
  /** Whose goals the plans ask for. */
  private campaigns: string[] = [];

  /** Whether a membership that is kept reads this, as of the last load. */
  isRead(key: string): boolean {
    return [...this.plans.values()].some(({ reads }) => reads.has(key));
  }

  /** Whether the plans are those of the definitions of now. */
  async areCurrent(db: Db): Promise<boolean> {
    return this.plansOf === (await this.keyOf(db, await loadMaintained(db)));
  }

  /** The memberships, and those whose definition cannot be taken apart. */
  async load(tx: Db): Promise<{ maintained: Maintained[]; unplanned: readonly Unplanned[] }> {
    const found = await loadMaintained(tx);
    const key = await this.keyOf(tx, found);
    if (key !== this.plansOf) {
      const definitions = await loadDefinitions(tx, found.filter((one) => !one.build).map((one) => one.id), found.filter((one) => one.build).map((one) => one.id));
      const named = await loadNamed(tx, definitions.map(({ definition }) => definition));
      this.plans = new Map();
      this.unplanned = [];
      for (const { id, build, definition } of definitions) {
        try {
          const resolved = resolve(definition, named, '', id).tree;
          const tree = resolved && (await completeGoals(tx, resolved));
          if (tree) this.plans.set(`${id} ${build}`, { tree, leaves: leavesOf(tree).length, values: valuesIn(tree), edges: edgesOf(tree), reads: readsOf(tree) });
        } catch (error) {
          this.unplanned.push({ id, build, error });
        }
      }
      this.campaigns = [...new Set([...this.plans.values()].flatMap(({ tree }) => campaignsWithGoals(tree)))];
      this.plansOf = key;
    }
    const maintained = found.flatMap(({ id, build, followed }) => {
      const plan = this.plans.get(`${id} ${build}`);
      return plan ? [{ id, build, followed, plan }] : [];
    });
    return { maintained, unplanned: this.unplanned };
  }

  private async keyOf(db: Db, found: readonly MaintainedRow[]): Promise<string> {
    return `${found.map(({ id, build, stamp }) => `${id} ${build} ${stamp}`).join('\n')} ${await countVersions(db, this.campaigns)}`;
  }
}

/** The edges of several memberships, each edge once, with those that it concerns. */
export function sharedEdges<T extends { plan: Plan }>(memberships: readonly T[]): { edge: Edge; of: T[] }[] {
  const shared = new Map<string, { edge: Edge; of: T[] }>();
  for (const one of memberships) {
    for (const edge of one.plan.edges) {
      const key = JSON.stringify(Object.values(edge));
      const known = shared.get(key);
      if (known) known.of.push(one);
      else shared.set(key, { edge, of: [one] });
    }
  }
  return [...shared.values()];
}
