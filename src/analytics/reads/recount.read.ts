import type { Db } from '../../platform/database/db.js';
import { addTo, type Named } from '../domain/compare.js';
import type { Cell } from '../domain/cell.js';
import type { CountPlan } from '../domain/count-plan.js';
import { assignedCells, goalCells, type Cohort } from './goals.read.js';
import { deliveryCells, engagementCells, entryRefusals, hardBounces, reachedPeople, runCells, stepRefusals, visitCells, type PeopleRange } from './ledger.read.js';

const shownState = (state: string): string => (state === 'sending' ? 'queued' : state);

/**
 * Numbers of a slice of a campaign, counted from the ledger by questions that share nothing with those that keep the cells but the
 * meaning of a property filter.
 */
export async function recountLedger(tx: Db, plan: CountPlan, people: PeopleRange, at: { now: Date; timeZone: string }): Promise<Named> {
  const numbers: Named = new Map();
  const id = plan.campaignId;
  for (const c of await deliveryCells(tx, id, people)) addTo(numbers, ['delivery', c.versionId, c.stepId, c.channel, c.variant, shownState(c.state), c.reason], c.count);
  for (const c of await reachedPeople(tx, id, people)) addTo(numbers, ['reached', c.versionId, c.stepId, c.variant], c.reached);
  for (const c of await visitCells(tx, id, people)) {
    addTo(numbers, ['visit', c.versionId, c.stepId], c.count);
    addTo(numbers, ['waiting', c.versionId, c.stepId], c.waiting);
  }
  for (const c of await entryRefusals(tx, id, people)) addTo(numbers, ['refused_entry', c.code], c.count);
  for (const c of await stepRefusals(tx, id, people)) addTo(numbers, ['refused_step', c.versionId, c.stepId, c.code], c.count);
  for (const c of await runCells(tx, id, people)) addTo(numbers, ['run', c.state], c.count);
  for (const c of await engagementCells(tx, id, people)) addTo(numbers, ['reaction', c.versionId, c.stepId, c.variant, c.kind, c.verdict], c.count);
  for (const c of await hardBounces(tx, id, people)) addTo(numbers, ['bounce', c.versionId, c.stepId, c.variant], c.count);
  for (const place of plan.places) {
    const cohort: Cohort = { experimentId: place.experimentId, visit: place.external ? null : { versionId: place.versionId, stepId: place.stepId }, people };
    const where = [place.versionId, place.stepId, place.experimentId];
    for (const c of await assignedCells(tx, cohort)) addTo(numbers, ['assigned', ...where, c.variant], c.assigned);
    const { published, current } = plan.goalsOf.get(place.versionId)!;
    for (const goal of plan.goals.filter((each) => published.includes(each.id) || current.includes(each.id))) {
      for (const c of await goalCells(tx, { cohort, windowMillis: goal.windowMillis, by: goal.by, ...at })) {
        const parts = ['goal', ...where, c.variant, goal.id];
        addTo(numbers, [...parts, 'converted'], c.converted);
        addTo(numbers, [...parts, 'value'], c.value);
        addTo(numbers, [...parts, 'matured'], c.maturedAssigned);
        addTo(numbers, [...parts, 'matured_converted'], c.maturedConverted);
        addTo(numbers, [...parts, 'matured_value'], c.maturedValue);
      }
    }
  }
  return numbers;
}

/** The same numbers as cells say them. */
export function namedCells(cells: readonly Cell[]): Named {
  const numbers: Named = new Map();
  for (const c of cells) {
    const at = [c.measure, c.versionId, c.stepId];
    switch (c.measure) {
      case 'delivery': addTo(numbers, [...at, c.channel, c.variant, c.detail, c.further], c.count); break;
      case 'reached': case 'bounce': addTo(numbers, [...at, c.variant], c.count); break;
      case 'visit': case 'waiting': addTo(numbers, at, c.count); break;
      case 'refused_entry': case 'run': addTo(numbers, [c.measure, c.detail], c.count); break;
      case 'refused_step': addTo(numbers, [...at, c.detail], c.count); break;
      case 'reaction': addTo(numbers, [...at, c.variant, c.detail, c.further], c.count); break;
      case 'assigned': addTo(numbers, [...at, c.experimentId, c.variant], c.count); break;
      case 'goal': {
        const parts = [...at, c.experimentId, c.variant, c.detail];
        addTo(numbers, [...parts, c.further], c.count);
        if (c.further !== 'matured') addTo(numbers, [...parts, c.further === 'converted' ? 'value' : 'matured_value'], c.amount);
        break;
      }
      default: break;
    }
  }
  return numbers;
}
