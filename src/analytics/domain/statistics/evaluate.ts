import { comparePair, earlyRuler, failedGates, finalRuler, liftOf, pairsOf } from './compare.js';
import type { ArmInput, Comparison, DecisionInput, DecisionPlan, Evaluation, Memory, Phase, Verdict } from './decision.js';
import { side } from './log-ratio.js';
import { pairCount } from './multipliers.js';
import { assertOutcome } from './outcome.js';
import { sampleRatioP, SRM_ALARM } from './sample-ratio.js';

type Finding = Pick<Evaluation, 'state' | 'winner' | 'reason'>;
type Numbers = Pick<Evaluation, 'multiplier' | 'comparisons'>;

/**
 * The decision rule (section 3). Run it at every refresh with what the run before remembered; it may be run at any moment and
 * any number of times. A verdict that was reached stays in the memory; only an extension may follow an undecided read-out.
 *
 * @throws RangeError naming the arm when a count cannot be one
 */
export function evaluate(input: DecisionInput): Evaluation {
  const { plan, arms, earlier } = input;
  assertArms(arms);
  const split = checkSplit(input);
  const gates = failedGates(left(arms));
  const phase = phaseOf(input);
  const fit = gates.length === 0 && split.trafficProblem === null;
  const numbers = withEvidence(earlier, phase, fit ? measured(plan, arms, phase) : unmeasured(left(arms)));
  const finding = split.trafficProblem ? problem(split.trafficProblem.reason) : (standing(earlier, phase) ?? decided(input, phase, fit, numbers.comparisons));
  return { ...finding, phase, ...numbers, gates, srm: { assigned: split.srm.assigned, eligible: givesEligible(arms) ? split.srm.eligible : null }, memory: { ...remembered(input, phase, finding, numbers), ...split } };
}

/** Goes on after an undecided read-out: from then on the early budget alone applies. Where a winner stands or nothing was read out, nothing changes. */
export function extend(memory: Memory, now: string): Memory {
  return memory.readout && memory.verdict?.state !== 'winner' ? { ...memory, extendedAt: memory.extendedAt ?? now } : memory;
}

function assertArms(arms: readonly ArmInput[]): void {
  for (const { key, weight, assigned, eligible, accounts, outcome } of arms) {
    assertOutcome(outcome, `arm ${key}`);
    if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError(`arm ${key}: weight = ${weight} is not a share`);
    for (const count of [assigned, eligible ?? 0, accounts?.assigned ?? 0, accounts?.eligible ?? 0]) if (!(count >= 0 && Number.isFinite(count))) throw new RangeError(`arm ${key}: ${count} is not a number of people`);
  }
}

/** The arms that still get people. Their ratio is what it was: the buckets of a dropped one went to them in proportion (section 5). */
const left = (arms: readonly ArmInput[]): ArmInput[] => arms.filter(({ dropped }) => !dropped);

const givesEligible = (arms: readonly ArmInput[]): boolean => arms.every(({ eligible }) => eligible !== undefined);

function checkSplit({ arms: all, look, earlier }: DecisionInput): Pick<Memory, 'srm' | 'trafficProblem'> {
  const arms = left(all);
  const weights = arms.map(({ weight }) => weight);
  const srm = {
    assigned: Math.min(earlier.srm.assigned, sampleRatioP(arms.map(({ assigned, accounts }) => accounts?.assigned ?? assigned), weights)),
    eligible: givesEligible(arms) ? Math.min(earlier.srm.eligible, sampleRatioP(arms.map(({ eligible, accounts }) => accounts?.eligible ?? eligible!), weights)) : earlier.srm.eligible,
  };
  if (earlier.trafficProblem || Math.min(srm.assigned, srm.eligible) > SRM_ALARM) return { srm, trafficProblem: earlier.trafficProblem };
  return { srm, trafficProblem: { since: look.now, reason: srm.assigned <= SRM_ALARM ? 'split_of_assigned' : 'split_of_eligible' } };
}

function phaseOf({ plan, look, earlier }: DecisionInput): Phase {
  if (earlier.extendedAt && earlier.verdict?.state !== 'winner') return 'extended';
  
  if (earlier.verdict) return 'after';
  const due = plan.readoutAt !== null && plan.alphaFinal > 0 && look.settled && Date.parse(look.now) >= Date.parse(plan.readoutAt);
  return due ? 'readout' : 'before';
}

function measured(plan: DecisionPlan, arms: readonly ArmInput[], phase: Phase): Numbers {
  const rulers = pairsOf(left(arms)).map(([a, b]) => ({ a, b, ruler: phase === 'readout' ? finalRuler(plan, arms.length, a, b) : earlyRuler(plan, arms, a, b) }));
  const multiplier = Math.max(...rulers.map(({ ruler }) => ruler.multiplier));
  return { multiplier: Number.isFinite(multiplier) ? multiplier : null, comparisons: rulers.map(({ a, b, ruler }) => comparePair(a, b, pairCount(arms.length), ruler)) };
}

/** While gates fail or the split is off nothing is estimated: small counts would make it wrong, a broken split meaningless. */
function unmeasured(arms: readonly ArmInput[]): Numbers {
  return { multiplier: null, comparisons: pairsOf(arms).map(([a, b]) => ({ a: a.key, b: b.key, psi: null, se: null, lift: null, p: null, adjustedP: null, evidence: null })) };
}

const pairKey = ({ a, b }: { a: string; b: string }): string => `${a}|${b}`;

function withEvidence(earlier: Memory, phase: Phase, numbers: Numbers): Numbers {
  const lowest = (pair: Comparison): number | null => {
    const before = earlier.evidence[pairKey(pair)] ?? null;
    if (phase === 'readout' || pair.adjustedP === null) return before;
    return Math.min(before ?? 1, pair.adjustedP);
  };
  return { ...numbers, comparisons: numbers.comparisons.map((pair) => ({ ...pair, evidence: lowest(pair) })) };
}

const problem = (reason: 'split_of_assigned' | 'split_of_eligible'): Finding => ({ state: 'traffic_problem', winner: null, reason });

function standing({ verdict }: Memory, phase: Phase): Finding | null {
  return verdict && phase === 'after' ? { state: verdict.state, winner: verdict.winner, reason: 'latched' } : null;
}

function decided({ plan, arms, look }: DecisionInput, phase: Phase, fit: boolean, comparisons: Comparison[]): Finding {
  const final = phase === 'readout';
  if (!fit) return { state: final ? 'not_enough_data' : 'collecting', winner: null, reason: 'gates' };
  const winner = winnerOf(left(arms), comparisons, plan.direction);
  if (winner !== null && !final && look.entryDays < plan.minDays) return { state: 'collecting', winner: null, reason: 'too_few_days' };
  if (winner !== null) return { state: 'winner', winner, reason: 'beats_every_other' };
  if (final && comparisons.every((pair) => isWithin(pair, plan.minEffect))) return { state: 'practically_same', winner: null, reason: 'within_min_effect' };
  return { state: final ? 'no_clear_winner' : 'collecting', winner: null, reason: 'not_separated' };
}

/** The arm that beats every other one in the wanted direction. */
function winnerOf(arms: readonly ArmInput[], comparisons: readonly Comparison[], direction: DecisionPlan['direction']): string | null {
  const wanted = direction === 'higher' ? 1 : -1;
  const beats = (key: string, other: string): boolean => {
    const lift = liftOf(comparisons, other, key);
    return lift !== null && side(lift) === wanted;
  };
  return arms.find(({ key }) => arms.every((other) => other.key === key || beats(key, other.key)))?.key ?? null;
}

/** Inside ± `effect` whichever arm is taken as the base: both ends of the log ratio within ln(1 + effect). */
const isWithin = ({ lift }: Comparison, effect: number): boolean =>
  lift !== null && Math.max(Math.abs(Math.log1p(lift.lo)), Math.abs(Math.log1p(lift.hi))) <= Math.log1p(effect);

function remembered({ arms, look, earlier }: DecisionInput, phase: Phase, finding: Finding, { multiplier, comparisons }: Numbers): Omit<Memory, 'srm' | 'trafficProblem'> {
  const evidence = { ...earlier.evidence, ...Object.fromEntries(comparisons.flatMap((pair) => (pair.evidence === null ? [] : [[pairKey(pair), pair.evidence]]))) };
  const reached = finding.reason !== 'latched' && finding.state !== 'traffic_problem' && (phase === 'readout' || finding.state === 'winner');
  if (!reached) return { evidence, verdict: earlier.verdict, readout: earlier.readout, extendedAt: earlier.extendedAt };
  const kind = phase === 'readout' ? 'readout' : phase === 'extended' ? 'extension' : 'early';
  const verdict: Verdict = { ...finding, at: look.now, kind, multiplier, comparisons, arms };
  return { evidence, verdict, readout: phase === 'readout' ? verdict : earlier.readout, extendedAt: earlier.extendedAt };
}
