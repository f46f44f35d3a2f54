import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import type { ExperimentResult } from '../../contract/experiment.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, rows, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { evaluationView } from '../domain/experiment-view.js';
import { nextLook } from '../domain/look.js';
import { extend } from '../domain/statistics/evaluate.js';
import { Counters, type Counter } from './counter.js';
import { lookAt, type Moment, type Sight } from './look-at.js';
import { resultOf } from './result-of.js';
import { findTested, insertEvaluation, listEvaluations, storeLook, takeDue, testedOf, thinEvaluations, type Tested } from './store/experiments.store.js';

/** Looks at experiments, remembers what was found, and says it. */
@Injectable()
export class Verdicts {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly counters: Counters) {}

  /** Makes the look that is due longest and stores it, all in one transaction. @returns whether there was one that nobody else makes */
  lookAtNext(): Promise<boolean> {
    return inTransaction(this.db, async (tx) => {
      const now = this.clock.now();
      const tested = await takeDue(tx, now);
      if (!tested) return false;
      await this.store(tx, tested, { now, zone: (await loadWorkspace(tx)).timeZone });
      return true;
    });
  }

  private async store(tx: Db, tested: Tested, moment: Moment): Promise<void> {
    const { now } = moment;
    const { experimentId, campaignId } = tested.plan;
    const sight = await lookAt(tx, tested, moment, true, await this.counters.of(tx, campaignId, now, true));
    const { memory, ...result } = sight.evaluation;
    const seen = JSON.parse(JSON.stringify(sight.inputs.arms)) as Sight['inputs']['arms'];
    const isNew = !isDeepStrictEqual(seen, tested.seen.arms) || result.state !== tested.state;
    if (isNew && sight.total.assigned > 0) await insertEvaluation(tx, { id: newId(), at: now, experimentId, campaignId, inputs: sight.inputs, result });
    await thinEvaluations(tx, experimentId, now);
    const changedAt = isNew || tested.seen.changedAt === undefined ? now : new Date(tested.seen.changedAt);
    const dueAt = nextLook(tested.plan, sight.total, { isReadOut: memory.verdict !== null, isSettled: sight.inputs.look.settled, changedAt, quietSince: sight.quietSince, isArchived: tested.campaignState === 'archived' }, now);
    const view = await resultOf(tx, { ...tested, memory, harm: sight.harm }, sight, moment);
    await storeLook(tx, { experimentId, memory, harm: sight.harm, seen: { arms: seen, changedAt: changedAt.toISOString() }, view, quietSince: sight.quietSince, state: result.state, winner: result.winner, dueAt }, now);
  }

  /** Every planned experiment of a campaign as of now, in the snapshot of the transaction. @param only those of a version, or at a step */
  async results(tx: Db, campaignId: string, only: { step?: string | undefined }, moment: Moment): Promise<ExperimentResult[]> {
    const results: ExperimentResult[] = [];
    const asked = (await testedOf(tx, campaignId)).filter(({ stepId }) => (only.step ?? stepId) === stepId);
    if (asked.length === 0) return results;
    const counter = await this.counters.of(tx, campaignId, moment.now, false);
    for (const tested of asked) results.push(await live(tx, tested, moment, counter));
    return results;
  }

  /** One experiment as of now. */
  one(experimentId: string): Promise<ExperimentResult> {
    return inTransaction(this.db, async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      const tested = await findTested(tx, experimentId);
      if (!tested) throw notFound('experiment', experimentId);
      const now = this.clock.now();
      return live(tx, tested, { now, zone: (await loadWorkspace(tx)).timeZone }, await this.counters.of(tx, tested.plan.campaignId, now, false));
    });
  }

  /** Stored looks, newest first, one more than asked for when there are more. */
  async evaluations(experimentId: string, limit: number, before: string | null) {
    if (!(await findTested(this.db, experimentId))) throw notFound('experiment', experimentId);
    return (await listEvaluations(this.db, experimentId, limit, before)).map(evaluationView);
  }

  /**
   * Goes on after an undecided read-out, with the budget for early looks alone.
   * @throws experiment.not-read-out, experiment.decided, experiment.no-early-budget, experiment.extended
   */
  async extend(experimentId: string, actor: Actor): Promise<ExperimentResult> {
    await inTransaction(this.db, async (tx) => {
      const now = this.clock.now();
      const tested = await findTested(tx, experimentId, true);
      if (!tested) throw notFound('experiment', experimentId);
      refuseExtension(tested);
      const memory = extend(tested.memory, now.toISOString());
      await this.audit.record(tx, { actor, action: 'experiment.extend', subject: `experiment:${experimentId}`, detail: { readout: tested.memory.readout!.state } }, now);
      await this.store(tx, { ...tested, memory }, { now, zone: (await loadWorkspace(tx)).timeZone });
    });
    return this.one(experimentId);
  }
}

const live = async (tx: Db, tested: Tested, moment: Moment, counter: Counter): Promise<ExperimentResult> => resultOf(tx, tested, await lookAt(tx, tested, moment, false, counter), moment);

function refuseExtension({ plan, memory }: Tested): void {
  if (memory.trafficProblem) throw conflict('experiment.traffic-problem', 'The split of this test is off; more people do not mend it.');
  if (memory.verdict?.state === 'winner') throw conflict('experiment.decided', `"${memory.verdict.winner}" has won; there is nothing left to find out.`);
  if (!memory.readout) throw conflict('experiment.not-read-out', 'This test has not been read out yet, so it is still running.');
  if (memory.extendedAt) throw conflict('experiment.extended', `This test was extended on ${memory.extendedAt.slice(0, 10)} already.`);
  if (!(plan.alphaEarly > 0)) throw new AppError('experiment.no-early-budget', 'All of the error budget of this test went into its one read-out, so nothing can be claimed after it. Duplicate the campaign to test again.', 'conflict');
}
