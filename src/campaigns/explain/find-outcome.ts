import { notFound } from '../../kernel/errors.js';
import { isDeferral, ledgerVerdicts, type Refusal, type Verdict } from '../../kernel/gates.js';
import { loadPeople } from '../../people/people.store.js';
import type { Db } from '../../platform/database/db.js';
import type { MessageStep } from '../domain/arms.js';
import { messagesOf, outcomeOf, type Outcome } from '../domain/outcome.js';
import type { Moment } from '../engine/conditions.js';
import { heldBack } from '../engine/halts.js';
import type { Campaign } from '../store/campaigns.store.js';
import type { DecisionRecord, RunRecord } from '../store/ledger.store.js';
import { frozenFor } from '../store/test-then-send.store.js';
import type { AskedVersion } from './asked-version.js';
import { liveGates, type LiveQuestion } from './live-gates.js';
import { pastGates } from './past-gates.js';

export interface Asked {
  campaign: Campaign;
  asked: AskedVersion;
  personId: string;
  stepId: string | undefined;
  /** The run the answer is about. */
  run: RunRecord | null;
  /** What had happened by then, newest first. */
  runs: RunRecord[];
  decisions: DecisionRecord[];
  moment: Moment;
  /** Of the workspace: instants are said in it. */
  timeZone: string;
  /** The moment lies in the past. */
  isPast: boolean;
}

/** `ledger`: what was decided; `recorded`: never considered by then, asked of what was known; `now`: every gate was asked now. */
export type Basis = 'ledger' | 'recorded' | 'now';
export interface Found { outcome: Outcome; basis: Basis; gates: Verdict[]; stepId: string | null; live: LiveQuestion | null; /** The run or decision the answer is from. */ decision: DecisionRecord | null }

/** Of somebody who waits for the end of a test. */
const IN_REST = { at: null, stepId: null, code: null, facts: {}, reached: null };

export const messageStepOf = ({ asked: { version } }: Pick<Asked, 'asked'>, stepId: string | null | undefined): MessageStep | null => {
  const step = version.published.steps[stepId ?? messagesOf(version.published)[0] ?? ''];
  return step?.type === 'message' ? step : null;
};

/** A message in the queue that nothing is known to put off. */
const isDue = ({ told, code, dueAt }: Outcome, now: Date): boolean => told.kind === 'delivery' && told.state === 'queued' && code === null && dueAt !== null && new Date(dueAt) <= now;

/** What the ledger tells of a message that something holds at this moment: nothing is written about those that a breaker or a rate keeps in the queue. */
function holding({ outcome, gates }: Pick<Found, 'outcome' | 'gates'>, held: Refusal): Pick<Found, 'outcome' | 'gates'> {
  const dueAt = held.nextCheckAt?.toISOString() ?? null;
  const told = outcome.told.kind === 'delivery' ? { ...outcome.told, code: held.code, ...(dueAt ? { dueAt } : {}) } : outcome.told;
  return { outcome: { ...outcome, told, code: held.code, facts: { ...outcome.facts, ...held.facts }, dueAt }, gates: gates.map((verdict) => (verdict.gate === held.gate ? held : verdict)) };
}

/** From the ledger when the person was considered by then; else every gate is asked, of now or of what was known then. */
export async function findOutcome(db: Db, question: Asked): Promise<Found> {
  const { campaign, asked: { version, isOther }, personId, stepId, run, runs, decisions, moment, isPast } = question;
  const decision = decisions.find(({ stage }) => stage === 'entry') ?? null;
  if (!isOther && (run || decision)) {
    const outcome = run ? outcomeOf(version.published, run, decisions, stepId) : outcomeOf(version.published, null, [decision!], stepId);
    const gates = ledgerVerdicts({ ...outcome, isDisplay: version.published.entry.type === 'display' });
    const held = !isPast && isDue(outcome, moment.now) ? await heldBack(db, campaign, moment.now) : null;
    return { ...(held ? holding({ outcome, gates }, held) : { outcome, gates }), basis: 'ledger', stepId: outcome.stepId, live: null, decision: run ? null : decision };
  }
  if ((await loadPeople(db, [personId])).length === 0) throw notFound('person', personId);
  const step = messageStepOf(question, stepId);
  const live: LiveQuestion = { version, campaign, personId, step };
  const gates = isPast ? await pastGates(db, { version, personId, step, runs }, moment.now) : await liveGates(db, live, moment);
  const frozen = isPast || isOther ? null : await frozenFor(db, campaign.id, personId);
  const found = { basis: isPast ? 'recorded' as const : 'now' as const, gates, stepId: null, live: isPast ? null : live, decision: null };
  if (frozen) return { ...found, outcome: { ...IN_REST, told: { kind: 'in_rest', restAt: frozen.decideAt?.toISOString() ?? null, isOver: frozen.state === 'cancelled' }, dueAt: frozen.decideAt?.toISOString() ?? null } };
  // What only puts a message off keeps nobody out.
  const refusing = gates.find((gate) => gate.passed === false && !isDeferral(gate.code!));
  const told = refusing?.code ? { kind: 'refused' as const, code: refusing.code, at: null, what: 'campaign' as const } : { kind: 'could_enter' as const };
  return { ...found, outcome: { told, at: null, dueAt: null, stepId: null, code: refusing?.code ?? null, facts: {}, reached: null } };
}
