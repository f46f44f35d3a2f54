import type { Goal } from '../../contract/campaign-goals.js';
import type { GoalResult, VariantResult } from '../../contract/results.js';
import { addAmounts } from './amounts.js';
import { sumBy, type Cell } from './cell.js';
import { goalResult } from './goal-result.js';
import type { StepLedger } from './step-result.js';

/** A place whose people are counted: one step of one version and its experiment. */
interface At { versionId: string; stepId: string; experimentId: string }

/** What the cells of a campaign say, each number by the place where it is asked for. */
export class CampaignNumbers {
  readonly ledger: StepLedger;
  readonly runs: { state: 'active' | 'completed' | 'exited' | 'cancelled'; count: number }[];
  readonly entryRefusals: { code: string; count: number }[];
  private readonly byMeasure = new Map<string, Cell[]>();

  /** @param cells totals, no buckets */
  constructor(cells: readonly Cell[]) {
    for (const cell of cells) (this.byMeasure.get(cell.measure) ?? this.byMeasure.set(cell.measure, []).get(cell.measure)!).push(cell);
    const at = (cell: Cell) => ({ versionId: cell.versionId!, stepId: cell.stepId! });
    const by = (...parts: (string | null)[]) => JSON.stringify(parts);
    const waiting = new Map(sumBy(this.of('waiting'), (c) => by(c.versionId, c.stepId), (c, count): [string, number] => [by(c.versionId, c.stepId), count]));
    this.ledger = {
      deliveries: sumBy(this.of('delivery'), (c) => by(c.versionId, c.stepId, c.channel, c.variant, c.detail, c.further), (c, count) => ({ ...at(c), channel: c.channel!, variant: c.variant!, state: c.detail!, reason: c.further, count })),
      reached: sumBy(this.of('reached'), (c) => by(c.versionId, c.stepId, c.variant), (c, reached) => ({ ...at(c), variant: c.variant!, reached })),
      visits: sumBy(this.of('visit'), (c) => by(c.versionId, c.stepId), (c, count) => ({ ...at(c), count, waiting: waiting.get(by(c.versionId, c.stepId)) ?? 0 })),
      refusals: sumBy(this.of('refused_step'), (c) => by(c.versionId, c.stepId, c.detail), (c, count) => ({ ...at(c), code: c.detail!, count })),
      engagement: sumBy(this.of('reaction'), (c) => by(c.versionId, c.stepId, c.variant, c.detail, c.further), (c, count) => ({ ...at(c), variant: c.variant!, kind: c.detail!, verdict: c.further as 'human', count })),
      bounces: sumBy(this.of('bounce'), (c) => by(c.versionId, c.stepId, c.variant, c.detail), (c, count) => ({ ...at(c), variant: c.variant!, kind: c.detail as 'hard', count })),
    };
    this.runs = sumBy(this.of('run'), (c) => c.detail!, (c, count) => ({ state: c.detail as 'active', count }));
    this.entryRefusals = sumBy(this.of('refused_entry'), (c) => c.detail!, (c, count) => ({ code: c.detail!, count }));
  }

  /** People drawn into an arm who came to the place. */
  assigned(place: At, variant: string): number {
    return this.here('assigned', place, variant).reduce((sum, cell) => sum + cell.count, 0);
  }

  /** People who got the arm because it was chosen. */
  chosen(place: At, variant: string): number {
    return this.here('chosen', place, variant).reduce((sum, cell) => sum + cell.count, 0);
  }

  /** @param goalId how the goal is counted; null when it can not be, then nobody has reached it */
  goal(goal: Goal, goalId: string | null, place: At, variant: string): GoalResult {
    const cells = this.here('goal', place, variant).filter((cell) => cell.detail === goalId);
    const part = (further: string) => cells.filter((cell) => cell.further === further);
    const count = (further: string) => part(further).reduce((sum, cell) => sum + cell.count, 0);
    return goalResult(goal, {
      converted: count('converted'), value: addAmounts(part('converted').map(({ amount }) => amount)),
      maturedAssigned: count('matured'), maturedConverted: count('matured_converted'), maturedValue: addAmounts(part('matured_converted').map(({ amount }) => amount)),
    });
  }

  of(measure: string): readonly Cell[] {
    return this.byMeasure.get(measure) ?? [];
  }

  private here(measure: string, place: At, variant: string): Cell[] {
    return this.of(measure).filter((cell) => cell.experimentId === place.experimentId && cell.versionId === place.versionId && cell.stepId === place.stepId && cell.variant === variant);
  }
}

/** An arm with the people in it and its goals, before what came of its messages. */
export type ArmNumbers = Pick<VariantResult, 'key' | 'isControl' | 'assigned' | 'chosen' | 'goals'>;
