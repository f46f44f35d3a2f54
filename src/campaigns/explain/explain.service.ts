import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { personIdOf } from '../../people/person-handle.js';
import { recordedSince } from '../../people/past-person.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { reasonOf } from '../../delivery/rules/pacing-answers.js';
import type { Gate, Verdict } from '../../kernel/gates.js';
import type { Flip } from '../domain/flip.js';
import { messagesOf, type Outcome } from '../domain/outcome.js';
import { restSentence, sentenceFor, type Sentence } from '../domain/sentences.js';
import { findCampaign, type Campaign } from '../store/campaigns.store.js';
import { decisionsOf, runsOfPerson, type DecisionRecord, type RunRecord } from '../store/ledger.store.js';
import { loadVersion } from '../store/versions.store.js';
import { ledgerAt } from './as-of.js';
import { askedVersion } from './asked-version.js';
import { explainArm } from './chosen-arm.js';
import { findOutcome, messageStepOf, type Asked, type Basis, type Found } from './find-outcome.js';
import { answerOf, flipOf, type Answer } from './flip-of.js';
import { lookBackSentence } from './look-back-trigger.js';
import { nextMoment } from './next-moment.js';
import { restingEndpoint } from './resting-endpoint.js';
import { winnerOf } from './winner.js';

export interface Explanation {
  campaignId: string;
  personId: string;
  /** The version the answer is about; its number is null of the draft. */
  version: { number: number | null };
  /** The moment it is about. */
  at: string;
  /** The message step the answer is about; null when it is about entering. */
  stepId: string | null;
  /** `ledger`: what was decided; `recorded`: never considered by then, from what was known; `now`: never considered, so every gate was asked now. */
  basis: Basis;
  verdict: Answer;
  answer: Sentence;
  /** All gates in the published order. */
  gates: (Omit<Verdict, 'nextCheckAt'> & { at: string | null; nextCheckAt: string | null })[];
  /** When the answer becomes yes by the clock alone, if nothing else happens and that is known. */
  nextPossibleAt: string | null;
  /** The smallest change that flips the answer; null of what has gone. */
  flip: Flip | null;
  runs: RunRecord[];
  decisions: DecisionRecord[];
}

/** What is asked besides whom: a message, a past moment, another version. */
export interface Wanted { stepId?: string; at?: Date; version?: number | 'draft' }

const RUNS = 20;
const DECISIONS = 50;

/** The message has not left yet: what its endpoint does now matters to it. */
const isAhead = ({ told }: Outcome): boolean => told.kind === 'could_enter' || told.kind === 'on_the_way' || (told.kind === 'delivery' && (told.state === 'queued' || told.state === 'sending'));

/** Why a person got a message of a campaign, or did not; what would have to be otherwise, and when it can be. */
@Injectable()
export class Explain {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /**
   * From the ledger when the person was ever considered, else by asking every gate; of a past moment with what was known then.
   *
   * @throws AppError `campaign.not-found`, `person.not-found`, `version.not-found`, `campaign.invalid`, `campaign.unknown-step`, `campaign.bad-moment`
   */
  async explain(campaignId: string, person: string, wanted: Wanted = {}): Promise<Explanation> {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const personId = await personIdOf(this.db, person);
    const asked = await this.asked(campaign, personId, wanted);
    const found = await findOutcome(this.db, asked);
    const next = await nextOf(this.db, asked, found);
    const { answer, gates } = await this.told(asked, found);
    return {
      campaignId, personId, version: { number: asked.asked.number }, at: asked.moment.now.toISOString(), stepId: found.stepId, basis: found.basis, verdict: answerOf(found, next), answer, gates,
      nextPossibleAt: next, flip: await flipOf(this.db, asked, found, next), runs: asked.runs, decisions: asked.decisions,
    };
  }

  /** The verdict and its sentence alone, now: without looking for the smallest change. @throws AppError as {@link explain} */
  async answer(campaignId: string, personId: string): Promise<Pick<Explanation, 'verdict' | 'answer'> & { code: ReasonCode | null }> {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const asked = await this.asked(campaign, personId, {});
    const found = await findOutcome(this.db, asked);
    const verdict = answerOf(found, await nextOf(this.db, asked, found));
    const { answer, gates } = await this.told(asked, found);
    return { verdict, answer, code: verdict === 'no' ? gates.find(({ passed }) => passed === false)?.code ?? found.outcome.code : null };
  }

  private async asked(campaign: Campaign, personId: string, { stepId, at, version }: Wanted): Promise<Asked> {
    const now = this.clock.now();
    if (at) await refuseMoment(this.db, personId, at, now);
    const isPast = at !== undefined && at < now;
    const known = { runs: await runsOfPerson(this.db, personId, { campaignId: campaign.id, before: null, limit: RUNS }), decisions: await decisionsOf(this.db, campaign.id, { personId, before: null, limit: DECISIONS }) };
    const { runs, decisions } = isPast ? ledgerAt(known.runs, known.decisions, at) : known;
    const { timeZone } = await loadWorkspace(this.db);
    const run = version === undefined ? await this.runWith(runs, stepId) : runs[0] ?? null;
    const asked = version === undefined && run ? { version: await loadVersion(this.db, run.versionId), number: run.versionNumber, isOther: false } : await askedVersion(this.db, campaign, version, isPast ? at : undefined);
    const { published, number } = asked.version;
    if (stepId !== undefined && published.steps[stepId]?.type !== 'message') throw new AppError('campaign.unknown-step', `There is no message step "${stepId}" in version ${number}. It has ${messagesOf(published).join(', ') || 'none'}.`);
    return { campaign, asked, personId, stepId, run, runs, decisions, moment: { now: isPast ? at : now, zone: timeZone }, timeZone, isPast };
  }

  /** The last run that could have come to a message; the last of all when none could. */
  private async runWith(runs: readonly RunRecord[], stepId: string | undefined): Promise<RunRecord | null> {
    if (stepId !== undefined) for (const run of runs) if ((await loadVersion(this.db, run.versionId)).published.steps[stepId]?.type === 'message') return run;
    return runs[0] ?? null;
  }

  private async told(question: Asked, found: Found): Promise<Pick<Explanation, 'answer' | 'gates'>> {
    const { asked: { version }, personId, stepId, timeZone: zone, moment: { now } } = question;
    const refusing = found.gates.find((gate) => gate.passed === false);
    const asked = messageStepOf(question, found.stepId ?? stepId);
    const noAdvertising = asked ? await reasonOf(this.db, asked.topic) : null;
    const rest = asked && isAhead(found.outcome) ? await restingEndpoint(this.db, asked, String(found.outcome.facts.variant ?? ''), now) : null;
    const experiment = asked ? version.published.experiments[asked.id] : undefined;
    const arm = experiment && experiment.arms.length > 1 ? await explainArm(this.db, experiment, personId, zone) : null;
    const also = [found.outcome.told.kind === 'delivery' || arm?.facts.source === 'override' ? arm?.told : null, await winnerOf(this.db, refusing, zone), lookBackSentence({ ...found.outcome.facts, ...found.gates.find(({ gate, passed }) => gate === 'trigger' && passed === false)?.facts }, zone), rest && restSentence(rest, zone)].filter((sentence) => sentence !== null && sentence !== undefined);
    const more: Partial<Record<Gate, object | null>> = { consent: noAdvertising, transport: rest && { endpoint: { ...rest, until: rest.until?.toISOString() ?? null }, told: also.at(-1) }, assignment: arm?.facts ?? null };
    const answer = sentenceFor(found.outcome.told, zone);
    return {
      answer: { en: [answer, ...also].map(({ en }) => en).join(' '), ko: [answer, ...also].map(({ ko }) => ko).join(' ') },
      gates: found.gates.map((gate) => ({ ...gate, facts: { ...gate.facts, ...more[gate.gate] }, at: found.basis !== 'ledger' ? now.toISOString() : gate.passed === null ? null : found.outcome.at, nextCheckAt: gate.nextCheckAt?.toISOString() ?? null })),
    };
  }
}

/** When time alone brings a yes: as the ledger says it, or (of who is not in it) as the gates say at the moments to come. */
async function nextOf(db: Db, { moment, isPast }: Asked, { outcome, gates, live }: Found): Promise<string | null> {
  const refusing = gates.find((gate) => gate.passed === false);
  if (!live || outcome.told.kind === 'in_rest') return (isPast ? null : refusing?.nextCheckAt?.toISOString()) ?? outcome.dueAt;
  if (!refusing) return null;
  return (await nextMoment(db, live, { moment, verdicts: gates }))?.toISOString() ?? null;
}

/** @throws AppError `campaign.bad-moment`, `person.not-found` */
async function refuseMoment(db: Db, personId: string, at: Date, now: Date): Promise<void> {
  const refuse = (message: string): never => { throw new AppError('campaign.bad-moment', message, 'invalid', [{ path: 'at', code: 'campaign.bad-moment', message }]); };
  const since = await recordedSince(db, personId);
  if (!since) throw notFound('person', personId);
  if (at > now) refuse(`${at.toISOString()} is to come; explain tells of now and of the past.`);
  if (at < since) refuse(`Recording of this person began at ${since.toISOString()}; nothing is known of ${at.toISOString()}.`);
}
