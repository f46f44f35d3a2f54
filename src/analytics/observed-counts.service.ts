import { Injectable } from '@nestjs/common';
import type { Goal } from '../contract/campaign.js';
import { row, type Db } from '../platform/database/db.js';
import { ObservedCounts, type Observed } from '../platform/observed-counts.js';
import { loadWorkspace } from '../platform/workspace.js';
import { assignedCells, goalCells, type Cohort } from './reads/goals.read.js';

interface Planned {
  goal: { windowMillis: number; event: Goal['event'] | null; segmentId: string | null; value: Goal['value'] | null };
  measure: 'rate' | 'amount';
  direction: 'higher' | 'lower';
}

/** Counts by the ledger: everybody drawn into an arm, and what they did so far. */
@Injectable()
export class LedgerObservedCounts extends ObservedCounts {
  async observe(db: Db, experimentId: string, now: Date): Promise<Observed | null> {
    const plan = await row<Planned>(db, 'select p.goal, p.measure, p.direction from experiment_plan as p where p.experiment_id = $1', [experimentId]);
    if (!plan) return null;
    const { goal, measure, direction } = plan;
    const by = goal.event ? { event: goal.event.name, where: goal.event.where, valueProperty: goal.value?.property ?? null } : goal.segmentId ? { segmentId: goal.segmentId } : null;
    if (!by) return null;
    const cohort: Cohort = { experimentId, visit: null };
    const { timeZone } = await loadWorkspace(db);
    const outcomes = new Map((await goalCells(db, { cohort, windowMillis: goal.windowMillis, now, timeZone, by })).map((cell) => [cell.variant, cell]));
    const totalOf = (variant: string) => (measure === 'amount' ? Number(outcomes.get(variant)?.value ?? 0) : (outcomes.get(variant)?.converted ?? 0));
    return { direction, arms: (await assignedCells(db, cohort)).map(({ variant, assigned }) => ({ key: variant, people: assigned, total: totalOf(variant) })) };
  }
}
