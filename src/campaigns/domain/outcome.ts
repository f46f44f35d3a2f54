import type { ReasonCode } from '../../kernel/reason-codes.js';
import { isDeferral, type Gate } from '../../kernel/gates.js';
import type { PublishedDefinition } from './published.js';
import type { Told } from './sentences.js';

/** What the ledger says became of one person and one message (or of their entering). */
export interface Outcome {
  told: Told;
  /** When it was decided. */
  at: string | null;
  /** When it goes on, for what is still under way. */
  dueAt: string | null;
  stepId: string | null;
  /** The refusing code; null when nothing refused. */
  code: ReasonCode | null;
  facts: Record<string, unknown>;
  /** The last gate passed when nothing refused; null when none is known to have. */
  reached: Gate | null;
}

interface RunFacts {
  id: string;
  state: string;
  exitCode: ReasonCode | null;
  stepId: string;
  dueAt: string | null;
  enteredAt: string;
  leftAt: string | null;
  steps: readonly { stepId: string }[];
  deliveries: readonly { stepId: string; state: string; reason: ReasonCode | null; detail: string | null; gateFacts?: Record<string, unknown> | null; variant: string; isControl: boolean; queuedAt: string; dueAt: string; sentAt: string | null; settledAt: string | null }[];
}

interface DecisionFacts { enrollmentId: string | null; stepId: string | null; stage: string; at: string; code: ReasonCode; facts: Record<string, unknown> }

/** The message steps of a version in the order written. */
export const messagesOf = ({ steps }: PublishedDefinition): string[] => Object.values(steps).filter((step) => step.type === 'message').map((step) => step.id);

/**
 * Reads the answer from one run (or, without one, from the refusal at entry). Without a step it is about the last message
 * the person arrived at, else the first one ahead.
 */
export function outcomeOf(version: PublishedDefinition, run: RunFacts | null, decisions: readonly DecisionFacts[], asked?: string): Outcome {
  if (!run) {
    const [refused] = decisions;
    return { told: { kind: 'refused', code: refused!.code, at: refused!.at, what: 'campaign' }, at: refused!.at, dueAt: null, stepId: null, code: refused!.code, facts: refused!.facts, reached: null };
  }
  const messages = messagesOf(version);
  const stepId = asked ?? run.steps.map((step) => step.stepId).findLast((id) => messages.includes(id)) ?? messages[0] ?? null;
  const delivery = run.deliveries.find((one) => one.stepId === stepId);
  if (delivery) return deliveryOutcome(delivery);
  const refused = decisions.find((one) => one.enrollmentId === run.id && one.stepId === stepId && one.stage === 'step');
  if (refused) return { told: { kind: 'refused', code: refused.code, at: refused.at, what: 'message' }, at: refused.at, dueAt: null, stepId, code: refused.code, facts: refused.facts, reached: null };
  const entered = { at: run.enteredAt, stepId, facts: {}, reached: 'reentry' as const };
  if (run.state === 'active') return { ...entered, told: { kind: 'on_the_way', stepId: run.stepId, dueAt: run.dueAt }, dueAt: run.dueAt, code: null };
  return { ...entered, told: { kind: 'passed_by', state: run.state, code: run.exitCode }, at: run.leftAt, dueAt: null, code: run.exitCode };
}

const ARRIVED = ['sent', 'delivered', 'recalled', 'ghost'];

function deliveryOutcome(delivery: RunFacts['deliveries'][number]): Outcome {
  const { state, reason, stepId, variant, isControl, dueAt, detail, gateFacts } = delivery;
  const at = delivery.sentAt ?? delivery.settledAt ?? delivery.queuedAt;
  const waits = state === 'queued' || state === 'sending';
  const code = state === 'queued' && reason !== null && isDeferral(reason) ? reason : ARRIVED.includes(state) || waits ? null : reason ?? (state === 'uncertain' ? 'PROVIDER_UNCERTAIN' : state === 'bounced' ? 'PROVIDER_REJECTED' : 'NO_LONGER_ELIGIBLE');
  return {
    told: { kind: 'delivery', state, code, ...(code && gateFacts?.rule ? { rule: gateFacts.rule } : {}), isControl, at, dueAt, detail }, at, dueAt: waits ? dueAt : null, stepId, code, facts: { ...(code ? gateFacts : null), variant, isControl, state, ...(detail ? { detail } : {}) },
    reached: code ? null : waits ? 'suppression' : 'transport',
  };
}

