import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ChoiceRequest, DropRequest } from '../../contract/experiment-choice.js';
import { BUCKETS } from '../../kernel/bucket.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { chooseSentence, dropSentence, sendRestSentence } from '../domain/choice-sentences.js';
import type { Sentence } from '../domain/sentences.js';
import { remainingArms, sharesNow } from '../domain/steering.js';
import { activeChoice, choicesOf, dropsOf, endChoice, findExperiment, insertChoice, insertDrop, peopleConcerned, type Choice, type SteeredExperiment } from '../store/choices.store.js';
import { lockTest, sendRest, testProgress, type TestThenSend } from '../store/test-then-send.store.js';
import { beatenArms, verdictOf } from '../store/verdicts.store.js';
import { TestsThenSend } from './tests-then-send.service.js';

export interface Concerns { people: number; keepTheirs: number; lastWeek: number; sentence: Sentence }

const choiceView = ({ keep, ...choice }: Choice) => ({ ...choice, keep: keep / BUCKETS });
const RUNNING = ['active', 'paused', 'draining'];

/** What people decide about experiments: the arm that new people get, and arms that nobody gets any more. */
@Injectable()
export class Choices {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner, private readonly tests: TestsThenSend) {}

  /** What is in force, and what was. */
  async view(experimentId: string, db: Db = this.db) {
    const experiment = await findExperiment(db, experimentId);
    if (!experiment) throw notFound('experiment', experimentId);
    const dropped = await dropsOf(db, experimentId);
    const shares = sharesNow(experiment.arms, dropped.map(({ variant }) => variant));
    const choice = await activeChoice(db, experimentId);
    const bad = await worseArms(db, experimentId);
    return {
      experimentId, campaignId: experiment.campaignId, stepId: experiment.stepId,
      arms: experiment.arms.map(({ key, isControl }) => ({ key, isControl, share: (shares.get(key) ?? 0) / BUCKETS, dropped: dropped.find(({ variant }) => variant === key) ?? null, beaten: bad.has(key) })),
      choice: choice && choiceView(choice), history: (await choicesOf(db, experimentId)).map(choiceView),
      testThenSend: await this.tests.find(experiment.campaignId, experimentId, db),
    };
  }

  /**
   * Gives an arm to everybody new, except a share who go on being split; or to the rest of a broadcast, at once. Without
   * confirmation nothing is changed, and the answer says whom it would concern.
   *
   * @throws AppError `experiment.unknown-variant`, `experiment.over`, `experiment.external`, and for broadcasts
   * `experiment.nothing-to-send`, `experiment.test-running`, `experiment.keep`, `experiment.control`
   */
  async choose(experimentId: string, { variant, keep, confirm }: ChoiceRequest, actor: Actor) {
    const answer = await inTransaction(this.db, async (tx) => {
      const experiment = await this.steerable(tx, experimentId, variant);
      const test = experiment.campaignType === 'broadcast' ? await restToSend(tx, experiment, { variant, keep }) : null;
      const concerns = await this.concerns(tx, experiment, test ? sendRestSentence(variant, test.restPeople) : chooseSentence.bind(null, variant, Math.round(keep * BUCKETS)), test);
      if (confirm) await this.apply(tx, experiment, { variant, keep: Math.round(keep * BUCKETS), test, people: concerns.people }, actor);
      return { applied: confirm, concerns, experiment: await this.view(experimentId, tx) };
    });
    if (confirm) for (const worker of ['campaigns.launch', 'campaigns.choices']) this.runner.wake(worker);
    return answer;
  }

  /** New people are split again. The verdict does not choose by itself after that. @throws AppError `experiment.no-choice`, `experiment.rest-launched` */
  async undo(experimentId: string, actor: Actor) {
    return inTransaction(this.db, async (tx) => {
      const experiment = await findExperiment(tx, experimentId, true);
      if (!experiment) throw notFound('experiment', experimentId);
      if (experiment.campaignType === 'broadcast' && (await activeChoice(tx, experimentId))) throw conflict('experiment.rest-launched', 'The rest of the broadcast has been launched, which can not be taken back. Pause or stop the campaign.');
      const now = this.clock.now();
      const ended = await endChoice(tx, experimentId, { by: actorName(actor), reason: 'undone' }, now);
      if (!ended) throw conflict('experiment.no-choice', 'No arm is chosen: new people are split by the arms.');
      await this.audit.record(tx, { actor, action: 'experiment.unchoose', subject: `experiment:${experimentId}`, detail: { campaignId: experiment.campaignId, variant: ended.variant } }, now);
      return this.view(experimentId, tx);
    });
  }

  /**
   * Gives the buckets of a beaten arm to the others in proportion, for good. @throws AppError `experiment.not-beaten`,
   * `experiment.two-arms-left`, `experiment.chosen`, and as {@link choose}
   */
  async drop(experimentId: string, { variant, confirm }: DropRequest, actor: Actor) {
    return inTransaction(this.db, async (tx) => {
      const experiment = await this.steerable(tx, experimentId, variant);
      if (experiment.campaignType === 'broadcast') throw conflict('experiment.nothing-to-send', 'Nobody new comes to a broadcast, so there is nothing to drop.');
      const dropped = (await dropsOf(tx, experimentId)).map((drop) => drop.variant);
      if (remainingArms(experiment.arms, dropped).length < 3) throw conflict('experiment.two-arms-left', 'Only two arms are left. To end the comparison choose one of them for everybody new.');
      if ((await activeChoice(tx, experimentId))?.variant === variant) throw conflict('experiment.chosen', `“${variant}” is what new people get; undo that first.`);
      if (!(await worseArms(tx, experimentId)).has(variant)) throw conflict('experiment.not-beaten', `“${variant}” is not proven to be worse than another arm, so dropping it would throw away what the test may still tell.`);
      const concerns = await this.concerns(tx, experiment, dropSentence.bind(null, variant), null);
      if (confirm) {
        await insertDrop(tx, { experimentId, campaignId: experiment.campaignId, variant, by: actorName(actor) }, this.clock.now());
        await this.audit.record(tx, { actor, action: 'experiment.drop', subject: `experiment:${experimentId}`, detail: { campaignId: experiment.campaignId, variant, people: concerns.people } }, this.clock.now());
      }
      return { applied: confirm, concerns, experiment: await this.view(experimentId, tx) };
    });
  }

  private async apply(tx: Db, { id, campaignId }: SteeredExperiment, { variant, keep, test, people }: { variant: string; keep: number; test: TestThenSend | null; people: number }, actor: Actor): Promise<void> {
    const now = this.clock.now();
    const verdict = await verdictOf(tx, id);
    const claim = verdict?.state === 'winner' && verdict.winner === variant ? 'winner' : 'none';
    await endChoice(tx, id, { by: actorName(actor), reason: 'replaced' }, now);
    await insertChoice(tx, { experimentId: id, campaignId, variant, keep, claim, chosenBy: actorName(actor) }, now);
    if (test) await sendRest(tx, test, now);
    await this.audit.record(tx, { actor, action: 'experiment.choose', subject: `experiment:${id}`, detail: { campaignId, variant, keep, claim, people } }, now);
  }

  /** The experiment, locked, when it still assigns people and has this arm. */
  private async steerable(tx: Db, experimentId: string, variant: string): Promise<SteeredExperiment> {
    const experiment = await findExperiment(tx, experimentId, true);
    if (!experiment) throw notFound('experiment', experimentId);
    if (experiment.origin === 'external') throw conflict('experiment.external', 'People are assigned elsewhere; nothing can be decided about them here.');
    if (!RUNNING.includes(experiment.campaignState)) throw conflict('experiment.over', `The campaign is ${experiment.campaignState}: nobody new comes.`);
    const dropped = (await dropsOf(tx, experimentId)).map((drop) => drop.variant);
    const keys = remainingArms(experiment.arms, dropped).map(({ key }) => key);
    if (!keys.includes(variant)) throw refused('variant', 'unknown-variant', `There is no arm “${variant}”; there are ${keys.join(', ')}.`);
    return experiment;
  }

  private async concerns(tx: Db, experiment: SteeredExperiment, say: Sentence | ((concerned: Awaited<ReturnType<typeof peopleConcerned>>) => Sentence), test: TestThenSend | null): Promise<Concerns> {
    const concerned = await peopleConcerned(tx, experiment, this.clock.now());
    return { people: test ? test.restPeople : concerned.onTheWay, keepTheirs: concerned.keepTheirs, lastWeek: concerned.lastWeek, sentence: typeof say === 'function' ? say(concerned) : say };
  }
}

/** Arms proven to be worse than another one, or to do harm. */
const worseArms = async (db: Db, experimentId: string): Promise<Set<string>> => new Set([...(await beatenArms(db, experimentId)), ...((await verdictOf(db, experimentId))?.harmed ?? [])]);

const refused = (path: string, code: string, message: string) => new AppError(`experiment.${code}`, message, 'invalid', [{ path, code: `experiment.${code}`, message }]);

/** The test whose rest can be sent to now. */
async function restToSend(tx: Db, { id, stepId, arms, campaignState }: SteeredExperiment, { variant, keep }: { variant: string; keep: number }): Promise<TestThenSend> {
  const test = await lockTest(tx, id);
  if (!test) throw conflict('experiment.nothing-to-send', 'There is no rest of this broadcast that waits to be sent to.');
  if (campaignState === 'draining') throw conflict('experiment.over', 'The campaign is draining: nobody new is taken in. Resume it first.');
  if ((await testProgress(tx, test, stepId)).launchState !== 'done') throw conflict('experiment.test-running', 'People are still being taken into the test. Choose when all of them are known.');
  if (keep > 0) throw refused('keep', 'keep', 'The rest of a broadcast gets one arm; leave "keep" out.');
  if (arms.find(({ key }) => key === variant)!.isControl) throw refused('variant', 'control', 'Control gets nothing. To send the rest nothing, stop the campaign.');
  return test;
}
