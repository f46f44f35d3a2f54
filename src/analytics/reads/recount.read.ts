import type { Db } from '../../platform/database/db.js';
import { addCounted, addTo, type Counted, type Named } from '../domain/compare.js';
import type { CountedGoal, CountPlan } from '../domain/count-plan.js';
import type { CountMoment } from './contributions.js';
import { cohortCells, goalCells, type Cohort } from './goals.read.js';
import { ledgerNumbers, type PeopleRange } from './ledger.read.js';
import { verdictLedger } from './tested-ledger.read.js';

/** People of a campaign that are recounted. `waiting`: those of them whose moments may be old, as they wait to be counted again. */
export interface Slice extends PeopleRange { waiting: readonly string[] }

/**
 * Numbers of a slice of a campaign, counted from the ledger by questions that share nothing with those that keep the cells but the
 * meaning of a property filter: every cell by its whole name, and what people add to verdicts.
 */
export async function recountLedger(tx: Db, plan: CountPlan, slice: Slice, at: CountMoment): Promise<Named> {
  const numbers: Named = new Map();
  const add = (counted: readonly Omit<Counted, 'measure'>[], of: Pick<Counted, 'measure'> & Partial<Counted>) => { for (const each of counted) addCounted(numbers, { ...each, ...of }); };
  for (const counted of await ledgerNumbers(tx, plan.campaignId, slice)) addCounted(numbers, counted);
  const goalsAt = (versionId: string): CountedGoal[] => {
    const { published, current } = plan.goalsOf.get(versionId)!;
    return plan.goals.filter(({ id }) => published.includes(id) || current.includes(id));
  };
  const people: Pick<Cohort, 'campaignId' | 'people'> = { campaignId: plan.campaignId, people: slice };
  const outcome = async (cohort: Cohort, goal: CountedGoal) => {
    const { counted, late } = await goalCells(tx, { cohort, windowMillis: goal.windowMillis, by: goal.by, ...at }, slice.waiting);
    addTo(numbers, 'people to be looked at too late', late);
    return counted;
  };
  for (const { versionId, stepId, experimentId, external, gated } of plan.places) {
    const cohort: Cohort = { ...people, experimentId, at: { versionId, stepId, external }, gated };
    const where = { versionId, stepId, experimentId };
    for (const isChosen of [false, true]) add(await cohortCells(tx, cohort, isChosen), { measure: isChosen ? 'chosen' : 'assigned', ...where });
    for (const goal of goalsAt(versionId)) add(await outcome(cohort, goal), { measure: 'goal', ...where, detail: goal.id });
  }
  for (const experimentId of new Set(plan.places.map((place) => place.experimentId))) {
    const places = plan.places.filter((place) => place.experimentId === experimentId);
    const cohort: Cohort = { ...people, experimentId, at: null, gated: places.some(({ gated }) => gated) };
    const where = { measure: 'tested', experimentId };
    add(await cohortCells(tx, { ...cohort, gated: false }), { ...where, detail: 'assigned' });
    add(await cohortCells(tx, cohort), { ...where, detail: 'eligible' });
    for (const goal of new Set(places.flatMap(({ versionId }) => goalsAt(versionId)))) {
      for (const { further, bucket, ...counted } of await outcome(cohort, goal)) {
        if (!bucket && further !== 'converted') add([counted], { ...where, detail: goal.id, further: further === 'matured' ? 'matured' : 'converted' });
      }
    }
  }
  for (const counted of await verdictLedger(tx, plan, slice, at)) addCounted(numbers, counted);
  return numbers;
}
