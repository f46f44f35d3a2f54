import type { ReasonCode } from './reason-codes.js';

/** The one published order in which a message is allowed or refused, and the one judge of it: of entry, of a step, of a claim, of a display, and of explain. */
export const GATES = [
  'campaign', 'trigger', 'audience', 'reentry', 'holdout', 'assignment', 'exit', 'consent', 'reachable', 'suppression',
  'quiet_hours', 'frequency_cap', 'arbitration', 'render', 'transport',
] as const;
export type Gate = (typeof GATES)[number];

/** The gate that gives a code. Codes of runs and people that ended (merge, erasure) belong to the exit gate. */
export const GATE_OF: Partial<Record<ReasonCode, Gate>> = {
  CAMPAIGN_INACTIVE: 'campaign', VERSION_DRAINING: 'campaign', BREAKER_OPEN: 'campaign', APPROVAL_MISSING: 'campaign', TRIGGER_NOT_MET: 'trigger', PAGE_RULE_UNMET: 'trigger', DWELL_UNMET: 'trigger', NOT_IN_AUDIENCE: 'audience',
  REENTRY_BLOCKED: 'reentry', HOLDOUT: 'holdout', EXPERIMENT_CONTROL: 'assignment',
  GOAL_REACHED: 'exit', EXIT_RULE: 'exit', PERSON_DELETED: 'exit', PERSON_MERGED: 'exit', VERSION_REPLACED: 'exit',
  NO_CONSENT: 'consent', TOPIC_UNSUBSCRIBED: 'consent', NIGHT_CONSENT_MISSING: 'consent', CHANNEL_UNREACHABLE: 'reachable',
  SUPPRESSED_BOUNCE: 'suppression', SUPPRESSED_COMPLAINT: 'suppression', SUPPRESSED_MANUAL: 'suppression', QUIET_HOURS_DEFERRED: 'quiet_hours',
  CAP_DEFERRED: 'frequency_cap', CAP_DROPPED: 'frequency_cap', LOST_ARBITRATION: 'arbitration', LEASE_DENIED: 'arbitration',
  RENDER_ERROR: 'render', RENDER_MISSING_VAR: 'render', LANGUAGE_MISSING: 'render',
  PROVIDER_REJECTED: 'transport', PROVIDER_UNCERTAIN: 'transport', RATE_DEFERRED: 'transport', EXPIRED: 'transport',
};

/** What is known of one person's earlier runs when they could enter again. */
export interface ReentryFacts {
  policy: 'never' | 'after_exit' | 'after_interval' | 'concurrent_by_key';
  /** How often the person was in this campaign, in any version; with a policy by key, with this key. */
  runs: number;
  /** A run of theirs is going on. */
  active: boolean;
  lastEnteredAt: Date | null;
  /** End of the interval that began with the last entry; null when the policy has none or they never entered. */
  allowedFrom: Date | null;
  /** The campaign changes people and this one entered so often in 24 hours: it calls itself. */
  loopLimit?: number;
}

/** What the gates are asked about. A fact that is absent was not looked at: its gate neither passes nor refuses. */
export interface GateFacts {
  now: Date;
  campaign?: { state: string; entering: boolean; /** What holds its messages, or pauses it by itself. */ breaker?: Halted | null; /** Its launch is due and waits for a second person. */ unapproved?: Record<string, unknown> | null };
  /** `code`: what exactly is missing; `nextAt`: when time alone can bring it. */
  trigger?: { met: boolean; code?: ReasonCode; facts?: Record<string, unknown>; nextAt?: Date | null };
  audience?: { inside: boolean };
  reentry?: ReentryFacts;
  /** Of an auto message, in place of {@link reentry}. */
  display?: Repeat;
  /** The holdout that keeps the person out, if one does. */
  holdout?: { heldBy: { id: string; name: string; basisPoints: number } | null };
  /** Keys of the exiting goals reached and of the exit rules that hold; `ended`: the run is over already, for this reason. */
  exit?: { goals: readonly string[]; rules: readonly string[]; ended?: ReasonCode | null };
  /** Answer of delivery's reach question; null when the person may be reached. `addressee`: what goes to a system or the team asks nothing of the person. */
  reach?: { code: ReasonCode | null; addressee?: 'person' | 'system' | 'team' };
  /** What delivery's pacing says: until when the message would wait; null when it need not. */
  quiet?: Wait | null;
  frequency?: Wait | null;
  /** Of an auto message with a cap for everybody: it is used up; `until`: a lease under way may give something back. */
  cap?: Exhausted | null;
  /** What holds the place on the screen. */
  arbitration?: (Wait & { code: 'LEASE_DENIED' | 'LOST_ARBITRATION' }) | null;
  /** What the send rates of the campaign and the workspace say: when the next message may go; null when one may now. */
  rate?: Wait | null;
  /** Null: it could be rendered. */
  render?: { code: ReasonCode; facts: Record<string, unknown> } | null;
}

/** A breaker that is open; `until`: when it looks again by itself. */
export interface Halted { scope: 'campaign' | 'workspace'; until: Date | null; facts: Record<string, unknown> }
export interface Exhausted { until: Date | null; facts: Record<string, unknown> }
export interface Wait {
  until: Date;
  facts: Record<string, unknown>;
  /** It has waited as long as it may: it goes no more. */
  isOver?: boolean;
}
/** Whether a message that was displayed may be displayed once more, and if not, when time alone allows it. */
export interface Repeat { may: boolean; from: Date | null; facts: Record<string, unknown> }

export interface Verdict {
  gate: Gate;
  /** Null: not looked at, or decided later. */
  passed: boolean | null;
  code: ReasonCode | null;
  facts: Record<string, unknown>;
  /** The moment from which the gate can pass, when it is known. */
  nextCheckAt: Date | null;
}

export interface Refusal extends Verdict { passed: false; code: ReasonCode }

const open = (gate: Gate): Verdict => ({ gate, passed: null, code: null, facts: {}, nextCheckAt: null });
const pass = (gate: Gate, facts: Record<string, unknown> = {}): Verdict => ({ gate, passed: true, code: null, facts, nextCheckAt: null });
const refuse = (gate: Gate, code: ReasonCode, facts: Record<string, unknown> = {}, nextCheckAt: Date | null = null): Refusal => ({ gate, passed: false, code, facts, nextCheckAt });

/** Every gate in the published order with what it says to these facts. */
export function walkGates(facts: GateFacts): Verdict[] {
  return GATES.map((gate) => judge(gate, facts));
}

/** The first gate that refuses, or null. */
export function firstRefusal(facts: GateFacts): Refusal | null {
  for (const gate of GATES) {
    const verdict = judge(gate, facts);
    if (isRefusal(verdict)) return verdict;
  }
  return null;
}

const isRefusal = (verdict: Verdict): verdict is Refusal => verdict.passed === false && verdict.code !== null;

function judge(gate: Gate, facts: GateFacts): Verdict {
  switch (gate) {
    case 'campaign': return facts.campaign ? campaignGate(facts.campaign) : open(gate);
    case 'trigger': return facts.trigger ? triggerGate(facts.trigger) : open(gate);
    case 'audience': return facts.audience ? (facts.audience.inside ? pass(gate) : refuse(gate, 'NOT_IN_AUDIENCE')) : open(gate);
    case 'reentry': return facts.display ? displayGate(facts.display) : facts.reentry ? reentryGate(facts.reentry, facts.now) : open(gate);
    case 'holdout': return facts.holdout ? holdoutGate(facts.holdout) : open(gate);
    case 'exit': return facts.exit ? exitGate(facts.exit) : open(gate);
    case 'consent': case 'reachable': case 'suppression': return facts.reach ? reachGate(gate, facts.reach) : open(gate);
    case 'quiet_hours': return waitGate(gate, 'QUIET_HOURS_DEFERRED', facts.quiet);
    case 'frequency_cap': return capGate(facts);
    case 'arbitration': return waitGate(gate, facts.arbitration?.code ?? 'LEASE_DENIED', facts.arbitration);
    case 'render': return facts.render === undefined ? open(gate) : facts.render ? refuse(gate, facts.render.code, facts.render.facts) : pass(gate);
    case 'transport': return waitGate(gate, 'RATE_DEFERRED', facts.rate);
    default: return open(gate);
  }
}

function waitGate(gate: Gate, code: ReasonCode, wait: Wait | null | undefined): Verdict {
  if (wait === undefined) return open(gate);
  return wait ? refuse(gate, code, wait.facts, wait.until) : pass(gate);
}

function triggerGate({ met, code = 'TRIGGER_NOT_MET', facts = {}, nextAt = null }: NonNullable<GateFacts['trigger']>): Verdict {
  return met ? pass('trigger', facts) : refuse('trigger', code, facts, nextAt);
}

/** The person's own limit is told before the one for everybody. */
function capGate({ frequency, cap }: GateFacts): Verdict {
  if (frequency?.isOver) return refuse('frequency_cap', 'CAP_DROPPED', frequency.facts);
  if (frequency || !cap) return waitGate('frequency_cap', 'CAP_DEFERRED', cap === null && frequency === undefined ? null : frequency);
  return cap.until ? refuse('frequency_cap', 'CAP_DEFERRED', cap.facts, cap.until) : refuse('frequency_cap', 'CAP_DROPPED', cap.facts);
}

/** Codes of gates that only put off: the message goes later. */
export const DEFERRALS: readonly ReasonCode[] = ['QUIET_HOURS_DEFERRED', 'CAP_DEFERRED', 'RATE_DEFERRED'];
export const isDeferral = (code: ReasonCode): boolean => DEFERRALS.includes(code);

/** A breaker is told before the pause it makes. */
function campaignGate({ state, entering, breaker, unapproved }: NonNullable<GateFacts['campaign']>): Verdict {
  if (breaker) return refuse('campaign', 'BREAKER_OPEN', { ...breaker.facts, state, scope: breaker.scope }, breaker.until);
  if (state !== 'active' && state !== 'draining') return refuse('campaign', 'CAMPAIGN_INACTIVE', { state });
  if (state === 'draining' && entering) return refuse('campaign', 'VERSION_DRAINING', { state });
  if (unapproved) return refuse('campaign', 'APPROVAL_MISSING', { ...unapproved, state });
  return pass('campaign', { state });
}

function reentryGate(facts: ReentryFacts, now: Date): Verdict {
  const said = { policy: facts.policy, runs: facts.runs, active: facts.active, lastEnteredAt: facts.lastEnteredAt?.toISOString() ?? null, ...(facts.loopLimit === undefined ? {} : { loopLimit: facts.loopLimit }) };
  if (facts.runs === 0) return pass('reentry', said);
  if (facts.policy === 'never') return refuse('reentry', 'REENTRY_BLOCKED', said);
  const wait = facts.allowedFrom !== null && facts.allowedFrom > now ? facts.allowedFrom : null;
  return facts.active || wait !== null ? refuse('reentry', 'REENTRY_BLOCKED', said, wait) : pass('reentry', said);
}

const holdoutGate = ({ heldBy }: NonNullable<GateFacts['holdout']>): Verdict => (heldBy ? refuse('holdout', 'HOLDOUT', { holdout: heldBy.id, name: heldBy.name, percent: heldBy.basisPoints / 100 }) : pass('holdout'));

function displayGate({ may, from, facts }: Repeat): Verdict {
  return may ? pass('reentry', facts) : refuse('reentry', 'REENTRY_BLOCKED', facts, from);
}

/** A reached goal is told before an exit rule: success is the better news when both hold. */
function exitGate({ goals, rules, ended }: NonNullable<GateFacts['exit']>): Verdict {
  if (ended) return refuse('exit', ended);
  if (goals.length > 0) return refuse('exit', 'GOAL_REACHED', { goals });
  return rules.length > 0 ? refuse('exit', 'EXIT_RULE', { rules }) : pass('exit');
}

/** Delivery answers with the first of three gates that refuses: those before it passed, those behind were not asked. */
function reachGate(gate: Gate, { code, addressee = 'person' }: NonNullable<GateFacts['reach']>): Verdict {
  if (code === null) return pass(gate, addressee === 'person' ? {} : { addressee, notAsked: 'It does not go to the person, so consent, address and blocks of the person do not apply.' });
  const refusing = code === 'PERSON_DELETED' || code === 'PERSON_MERGED' ? 'consent' : GATE_OF[code] ?? 'suppression';
  if (refusing === gate) return refuse(gate, code);
  return GATES.indexOf(gate) < GATES.indexOf(refusing) ? pass(gate) : open(gate);
}

/** Gates that nothing is asked at before a message is sent: they neither pass nor refuse. A display asks them all but the first. */
const NOT_ASKED: readonly Gate[] = ['quiet_hours', 'frequency_cap', 'arbitration'];

/** The gates as a decision of the past left them: passed up to the one that refused (or the last one reached), open behind it. */
export function ledgerVerdicts({ code, facts, reached, dueAt = null, isDisplay = false }: { code: ReasonCode | null; facts: Record<string, unknown>; reached: Gate | null; dueAt?: string | null; isDisplay?: boolean }): Verdict[] {
  const refusing = code === null ? null : GATE_OF[code] ?? 'transport';
  const last = refusing ?? reached;
  return GATES.map((gate) => {
    if (gate === refusing) return refuse(gate, code!, facts, isDeferral(code!) && dueAt !== null ? new Date(dueAt) : null);
    const isBefore = last !== null && GATES.indexOf(gate) <= GATES.indexOf(last);
    return isBefore && (isDisplay || !NOT_ASKED.includes(gate)) ? pass(gate, gate === last ? facts : {}) : open(gate);
  });
}
