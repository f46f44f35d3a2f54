import { isHeld } from '../../domain/holdouts.js';
import { firstRefusal, type GateFacts } from '../../../kernel/gates.js';
import { isByKey, reentryFacts, triggerFacts } from '../../engine/enter.js';
import { LOOP_ENTRIES, type EarlierRuns } from '../../store/enrollments.store.js';
import type { Maker } from './maker.js';
import { endLadders } from './ladders.js';
import { zoneOf } from './message.js';
import { send } from './sending.js';
import { hasInstant, inOrder, type SimPerson, type Trigger } from './sim-person.js';
import type { SimPlan } from './sim-plan.js';
import { advance } from './steps.js';
import { instant, Walk, type Asking } from './walk.js';

/** More changes at one instant are a loop that comes to no rest. */
const ROUNDS = 50;

/**
 * Takes one person through a version over a span of recorded history: from instant to instant at which anything can happen, with
 * the gates and rules of the engine, in its order (news first, then whoever is due, then what is to be sent).
 */
export function* runPerson(plan: SimPlan, person: SimPerson, maker: Maker): Asking<Walk> {
  const walk = new Walk(plan, person, maker);
  const instants = newsInstants(walk);
  let next = 0;
  let triggers = 0;
  for (let rounds = 0, last = NaN; ; ) {
    // With nothing under way nobody looks at anything until something would let the person in.
    if (walk.runs.length === 0 && walk.queue.length === 0) {
      const trigger = person.triggers[triggers];
      if (!trigger) return walk;
      while (next < instants.length && instants[next]! < trigger.at) next += 1;
    }
    let news = instants[next] ?? Infinity;
    for (const told of walk.news) if (told < news) news = told;
    let at = news;
    for (const { dueAt } of walk.runs) if (dueAt < at) at = dueAt;
    for (const { dueAt } of walk.queue) if (dueAt < at) at = dueAt;
    if (at > plan.to) return walk;
    rounds = at === last ? rounds + 1 : 0;
    last = at;
    if (rounds > ROUNDS) return walk;
    if (news === at) {
      while (instants[next] === at) next += 1;
      for (let place = walk.news.indexOf(at); place >= 0; place = walk.news.indexOf(at)) walk.news.splice(place, 1);
      const due: Trigger[] = [];
      while (triggers < person.triggers.length && person.triggers[triggers]!.at <= at) due.push(person.triggers[triggers++]!);
      if (walk.rungs.length > 0) endLadders(walk, at);
      if (walk.runs.length > 0 || due.length > 0) yield* workOff(walk, due, at);
    }
    yield* advance(walk, at);
    yield* send(walk, at);
  }
}

/** When something is told of the person, each instant once. */
function newsInstants(walk: Walk): readonly number[] {
  const { person, plan } = walk;
  const all = [
    ...person.triggers.map(({ at }) => at), ...person.events.flatMap((events) => events.map(({ receivedAt }) => receivedAt)), ...person.moments.flat(),
    ...(plan.dateKeys.length > 0 ? walk.stateInstants() : []),
  ].filter((at) => at >= plan.from && at <= plan.to);
  return inOrder(all);
}

/** The order of the engine (engine/news.ts): ends what ended, lets in, ends again what the news says of new runs, wakes who waited. */
function* workOff(walk: Walk, due: readonly Trigger[], at: number): Asking<void> {
  lookAgain(walk, at);
  yield* endByConditions(walk, at);
  endByEvents(walk, at);
  for (const trigger of due) yield* letIn(walk, trigger, at);
  endByEvents(walk, at);
  yield* wake(walk, at);
}

/** Whoever waits for a date of theirs and has changed looks at it again. */
function lookAgain(walk: Walk, at: number): void {
  if (walk.plan.dateKeys.length === 0 || walk.state(at).from !== at) return;
  for (const run of walk.runs) {
    const step = walk.plan.version.published.steps[run.stepId];
    if (step?.type === 'wait' && step.date && run.dueAt > at) run.dueAt = at;
  }
}

function* endByConditions(walk: Walk, at: number): Asking<void> {
  const { watched } = walk.plan;
  for (const [place, { condition, as }] of watched.entries()) {
    if (as.kind === 'wait' || walk.runs.length === 0 || !(isMoment(walk, place, at))) continue;
    if (yield* walk.holds(condition, at)) for (const run of [...walk.runs]) walk.end(run, as.kind === 'goal' ? 'GOAL_REACHED' : 'EXIT_RULE', at);
  }
}

/** Whether the answer of a watched condition can have changed at this instant; what came up on the way can change any. */
function isMoment(walk: Walk, place: number, at: number): boolean {
  return hasInstant(walk.person.moments[place]!, at) || walk.plan.hasActions || walk.plan.readsOwnEngagement;
}

function endByEvents(walk: Walk, at: number): void {
  for (const { rule, as } of walk.plan.watchedEvents) {
    if (as.kind === 'wait') continue;
    const happened = walk.person.events[rule]!.filter(({ receivedAt }) => receivedAt === at);
    if (happened.length === 0) continue;
    for (const run of walk.runs.filter((each) => happened.some((event) => walk.concerns(rule, event, each)))) walk.end(run, as.kind === 'goal' ? 'GOAL_REACHED' : 'EXIT_RULE', at);
  }
}

function* wake(walk: Walk, at: number): Asking<void> {
  const go = (run: Walk['runs'][number]) => {
    run.waiting = false;
    run.dueAt = at;
  };
  const waitingAt = (stepId: string) => walk.runs.filter((run) => run.waiting && run.stepId === stepId && run.arrivedAt !== null);
  for (const { rule, as } of walk.plan.watchedEvents) {
    if (as.kind !== 'wait') continue;
    const happened = walk.person.events[rule]!.filter(({ receivedAt }) => receivedAt === at);
    waitingAt(as.stepId).filter((run) => happened.some((event) => walk.concerns(rule, event, run))).forEach(go);
  }
  for (const [place, { condition, as }] of walk.plan.watched.entries()) {
    if (as.kind !== 'wait') continue;
    const waiting = waitingAt(as.stepId);
    if (waiting.length > 0 && isMoment(walk, place, at) && (yield* walk.holds(condition, at))) waiting.forEach(go);
  }
}

/** Asks the gates of entry in their order; the later ones of nobody whom an earlier one refuses. */
function* letIn(walk: Walk, { entry, arm, past }: Trigger, at: number): Asking<void> {
  const { plan } = walk;
  const { version } = plan;
  const facts: GateFacts = { now: instant(at), campaign: { state: 'active', entering: true }, trigger: triggerFacts(version, entry) };
  let refusal = firstRefusal(facts);
  if (!refusal && plan.audience !== null) refusal = firstRefusal(Object.assign(facts, { audience: { inside: yield* walk.holds(plan.audience, at) } }));
  if (!refusal) refusal = firstRefusal(Object.assign(facts, { reentry: reentryFacts(version, earlierRuns(walk, entry.key ?? ''), zoneOf(walk, at), facts.now), holdout: { heldBy: heldBy(walk, at) } }));
  if (!refusal) refusal = firstRefusal(Object.assign(facts, { exit: yield* walk.endings(past ? { entry, entryAt: Date.parse(entry.at) } : null, at) }));
  if (refusal) {
    walk.lines.push({ kind: 'refused', at, stage: 'entry', stepId: null, code: refusal.code, nextAt: refusal.nextCheckAt?.getTime() ?? null });
    return;
  }
  const run = { id: walk.begun.length, entry, entryAt: Date.parse(entry.at), enteredAt: at, stepId: version.published.start, arrivedAt: null, dueAt: at, waiting: false, state: 'active' as const, ...(past ? { past: { at: new Date(entry.at), since: instant(plan.from) } } : {}) };
  walk.begun.push(run);
  walk.runs.push(run);
  if (arm !== undefined) walk.arms.set(version.published.experiments[messageOf(walk)]!.experimentId, { variant: arm, isControl: false });
  walk.lines.push({ kind: 'entered', at, trigger: entry.kind, ...(entry.key === undefined ? {} : { key: entry.key }) });
  if (!past) endOnTheWay(walk, run, at);
}

/** What came between the trigger and now ends the run before its first step (engine/endings.ts). */
function endOnTheWay(walk: Walk, run: Walk['runs'][number], at: number): void {
  const { published } = walk.plan.version;
  if (published.steps[published.start]!.type === 'message') return;
  const reached = walk.plan.watchedEvents.filter((watched) => watched.as.kind !== 'wait' && walk.did(watched, run, at));
  if (reached.length > 0) walk.end(run, reached.some(({ as }) => as.kind === 'goal') ? 'GOAL_REACHED' : 'EXIT_RULE', at);
}

const messageOf = ({ plan: { version } }: Walk): string => Object.values(version.published.steps).find((step) => step.type === 'message')!.id;

/** What re-entry asks of earlier runs: those of this simulation. */
function earlierRuns({ begun, plan: { version } }: Walk, key: string): EarlierRuns | undefined {
  const counted = isByKey(version) ? begun.filter(({ entry }) => (entry.key ?? '') === key) : begun;
  if (counted.length === 0) return undefined;
  const entered = counted.map(({ enteredAt }) => enteredAt).sort((a, b) => b - a);
  const loopSince = entered[LOOP_ENTRIES - 1];
  return { runs: counted.length, active: counted.some(({ state }) => state === 'active'), lastEnteredAt: instant(entered[0]!), loopSince: loopSince === undefined ? null : instant(loopSince) };
}

/** The oldest holdout in force then that keeps the person out: the side on record, else that of their bucket. */
function heldBy({ plan, person }: Walk, at: number) {
  return plan.holdouts.find((holdout) => {
    if (holdout.since > at || (holdout.endedAt !== null && holdout.endedAt <= at)) return false;
    const side = person.sides.get(holdout.id);
    return side && side.at <= at ? side.held : isHeld(holdout, person.id);
  }) ?? null;
}
