import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { personIdOf } from '../../people/person-handle.js';
import { loadPeople } from '../../people/people.store.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { reasonOf } from '../../delivery/rules/pacing-answers.js';
import { DEFERRALS, ledgerVerdicts, type Gate, type Verdict } from '../domain/gates.js';
import { messagesOf, outcomeOf, type Outcome } from '../domain/outcome.js';
import { restSentence, sentenceFor, type Sentence } from '../domain/sentences.js';
import { findCampaign, type Campaign } from '../store/campaigns.store.js';
import { decisionsOf, runsOfPerson, type DecisionRecord, type RunRecord } from '../store/ledger.store.js';
import { loadVersion, type CampaignVersion } from '../store/versions.store.js';
import { liveGates } from './live-gates.js';
import { frozenFor } from '../store/test-then-send.store.js';
import { explainArm } from './chosen-arm.js';
import { restingEndpoint } from './resting-endpoint.js';

export interface Explanation {
  campaignId: string;
  personId: string;
  /** The message step the answer is about; null when it is about entering. */
  stepId: string | null;
  /** `ledger`: what was decided then; `now`: never considered, so every gate was asked now. */
  basis: 'ledger' | 'now';
  answer: Sentence;
  /** All gates in the published order. */
  gates: (Omit<Verdict, 'nextCheckAt'> & { at: string | null; nextCheckAt: string | null })[];
  /** When the refusing gate can open next, if that is known. */
  nextPossibleAt: string | null;
  runs: RunRecord[];
  decisions: DecisionRecord[];
}

const RUNS = 20;
const DECISIONS = 50;

interface Found { outcome: Outcome; basis: 'ledger' | 'now'; gates: Verdict[]; stepId: string | null }

/** Of somebody who waits for the end of a test. */
const IN_REST = { at: null, stepId: null, code: null, facts: {}, reached: null };

/** The message has not left yet: what its endpoint does now matters to it. */
const isAhead = ({ told }: Outcome): boolean => told.kind === 'could_enter' || told.kind === 'on_the_way' || (told.kind === 'delivery' && (told.state === 'queued' || told.state === 'sending'));

/** Why a person got a message of a campaign, or did not. */
@Injectable()
export class Explain {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /**
   * From the ledger when the person was ever considered, else by asking every gate now.
   *
   * @throws AppError `campaign.not-found`, `person.not-found`, `campaign.not-published`, `campaign.unknown-step`
   */
  async explain(campaignId: string, person: string, stepId?: string): Promise<Explanation> {
    const campaign = await findCampaign(this.db, campaignId);
    if (!campaign) throw notFound('campaign', campaignId);
    const current = await this.currentVersion(campaign);
    const personId = await personIdOf(this.db, person);
    const runs = await runsOfPerson(this.db, personId, { campaignId, before: null, limit: RUNS });
    const decisions = await decisionsOf(this.db, campaignId, { personId, before: null, limit: DECISIONS });
    const version = runs[0] ? await loadVersion(this.db, runs[0].versionId) : current;
    if (stepId !== undefined && version.published.steps[stepId]?.type !== 'message') throw new AppError('campaign.unknown-step', `There is no message step "${stepId}" in version ${version.number}. It has ${messagesOf(version.published).join(', ') || 'none'}.`);
    const found = await this.find({ campaign, version, personId, stepId, runs, decisions });
    const { timeZone: zone } = await loadWorkspace(this.db);
    const refusing = found.gates.find((gate) => gate.passed === false);
    const asked = version.published.steps[found.stepId ?? stepId ?? messagesOf(version.published)[0] ?? ''];
    const noAdvertising = asked?.type === 'message' ? await reasonOf(this.db, asked.topic) : null;
    const rest = asked?.type === 'message' && isAhead(found.outcome) ? await restingEndpoint(this.db, asked, String(found.outcome.facts.variant ?? ''), this.clock.now()) : null;
    const experiment = asked?.type === 'message' ? version.published.experiments[asked.id] : undefined;
    const arm = experiment && experiment.arms.length > 1 ? await explainArm(this.db, experiment, personId, zone) : null;
    const also = [found.outcome.told.kind === 'delivery' ? arm?.told : null, rest && restSentence(rest, zone)].filter((sentence) => sentence !== null && sentence !== undefined);
    const more: Partial<Record<Gate, object | null>> = { consent: noAdvertising, transport: rest && { endpoint: { ...rest, until: rest.until?.toISOString() ?? null }, told: also.at(-1) }, assignment: arm?.facts ?? null };
    const answer = sentenceFor(found.outcome.told, zone);
    return {
      campaignId, personId, stepId: found.stepId, basis: found.basis, answer: { en: [answer, ...also].map(({ en }) => en).join(' '), ko: [answer, ...also].map(({ ko }) => ko).join(' ') }, runs, decisions,
      gates: found.gates.map((gate) => ({ ...gate, facts: { ...gate.facts, ...more[gate.gate] }, at: found.basis === 'now' ? this.clock.now().toISOString() : gate.passed === null ? null : found.outcome.at, nextCheckAt: gate.nextCheckAt?.toISOString() ?? null })),
      nextPossibleAt: refusing?.nextCheckAt?.toISOString() ?? found.outcome.dueAt,
    };
  }

  private async find(asked: { campaign: Campaign; version: CampaignVersion; personId: string; stepId?: string; runs: RunRecord[]; decisions: DecisionRecord[] }): Promise<Found> {
    const { campaign, version, personId, stepId, runs, decisions } = asked;
    const [run] = runs;
    const refused = decisions.find((decision) => decision.stage === 'entry');
    if (run || refused) {
      const outcome = run ? outcomeOf(version.published, run, decisions, stepId) : outcomeOf(version.published, null, [refused!], stepId);
      return { outcome, basis: 'ledger', gates: ledgerVerdicts({ ...outcome, isDisplay: version.published.entry.type === 'display' }), stepId: outcome.stepId };
    }
    const [known] = await loadPeople(this.db, [personId]);
    if (!known) throw notFound('person', personId);
    const messageId = stepId ?? messagesOf(version.published)[0];
    const step = messageId ? version.published.steps[messageId] : undefined;
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const frozen = await frozenFor(this.db, campaign.id, personId);
    const gates = await liveGates(this.db, { version, campaign, personId, step: step?.type === 'message' ? step : null }, moment);
    // What only puts a message off keeps nobody out.
    const refusing = gates.find((gate) => gate.passed === false && !DEFERRALS.includes(gate.code!));
    if (frozen) return { outcome: { ...IN_REST, told: { kind: 'in_rest', restAt: frozen.decideAt?.toISOString() ?? null, isOver: frozen.state === 'cancelled' }, dueAt: frozen.decideAt?.toISOString() ?? null }, basis: 'now', gates, stepId: null };
    const told = refusing?.code ? { kind: 'refused' as const, code: refusing.code, at: null, what: 'campaign' as const } : { kind: 'could_enter' as const };
    return { outcome: { told, at: null, dueAt: null, stepId: null, code: refusing?.code ?? null, facts: {}, reached: null }, basis: 'now', gates, stepId: null };
  }

  private async currentVersion(campaign: Campaign): Promise<CampaignVersion> {
    if (!campaign.currentVersion) throw conflict('campaign.not-published', 'The campaign is a draft: nobody can have entered it. Publish it first.');
    return loadVersion(this.db, campaign.currentVersion.id);
  }
}
