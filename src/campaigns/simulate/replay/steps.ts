import { branchOutcome, rungsOf, type Action, type Step } from '../../../contract/campaign-steps.js';
import { firstRefusal } from '../../../kernel/gates.js';
import { addDuration, windowMillis } from '../../../kernel/local-time.js';
import { deriveColumns, personDates } from '../../../people/domain/derived.js';
import type { JsonObject } from '../../../people/domain/json.js';
import { armThen } from '../../domain/arm-then.js';
import type { PublishedExperiment } from '../../domain/published.js';
import { armsFor } from '../../domain/steering.js';
import { attributeAt, unitOf } from '../../domain/units.js';
import { dateEntryAt, waitEnds } from '../../domain/next-due.js';
import type { Past } from '../../engine/enter.js';
import { isOver } from '../../engine/past-steps.js';
import { waitedInPast } from '../../engine/wait-steps.js';
import { deliveryOf, reachOf, zoneOf } from './message.js';
import type { PersonState } from './sim-person.js';
import { steeringAt, type MessageStep } from './sim-plan.js';
import { instant, type Asking, type SimDelivery, type SimRun, type Walk } from './walk.js';

const HOUR_MS = 3_600_000;
/** Gates that another channel may pass (engine/message-step.ts). */
const REACH: ReadonlySet<string> = new Set(['consent', 'reachable', 'suppression']);

/** What a step made of the run: it goes on to `next` (null: it is over), or stays (nothing). */
type Moved = { outcome: string; next: string | null } | null;

/** Moves due runs as far as they get now. */
export function* advance(walk: Walk, at: number): Asking<void> {
  for (const run of walk.runs.filter(({ dueAt }) => dueAt <= at)) {
    while (run.state === 'active' && run.dueAt <= at) {
      const moved: Moved = yield* step(walk, run, at);
      if (run.state !== 'active' || !moved) break;
      walk.lines.push({ kind: 'left', at, stepId: run.stepId, outcome: moved.outcome });
      if (moved.next === null) complete(walk, run, at);
      else Object.assign(run, { stepId: moved.next, arrivedAt: null, waiting: false, dueAt: at });
    }
  }
}

function complete(walk: Walk, run: SimRun, at: number): void {
  run.state = 'completed';
  walk.runs = walk.runs.filter((other) => other !== run);
  walk.lines.push({ kind: 'ended', at, state: 'completed', stepId: run.stepId, code: null });
}

function stay(run: SimRun, at: number, dueAt: number, waiting: boolean): null {
  delete run.past;
  run.arrivedAt ??= at;
  run.dueAt = dueAt;
  run.waiting = waiting;
  return null;
}

function* step(walk: Walk, run: SimRun, at: number): Asking<Moved> {
  const here = walk.plan.version.published.steps[run.stepId]!;
  if ((here.type === 'message' || here.type === 'action') && isOver(run.past)) {
    if (here.type === 'message') walk.lines.push({ kind: 'refused', at, stage: 'step', stepId: here.id, code: 'EXPIRED', nextAt: null });
    return { outcome: 'EXPIRED', next: here.next };
  }
  switch (here.type) {
    case 'message': return yield* message(walk, run, here, at);
    case 'wait': return wait(walk, run, here, at);
    case 'wait_until': return yield* waitUntil(walk, run, here, at);
    // One that was come to before the launch is judged as of then (engine/route-steps.ts).
    case 'branch': return yield* branch(walk, here, isOver(run.past) ? run.past!.at.getTime() : at);
    case 'split': {
      const { variant } = armOf(walk, here.id, at);
      return { outcome: variant, next: here.arms.find((arm) => arm.key === variant)?.next ?? null };
    }
    case 'action': return act(walk, here.action, here.next, at);
    case 'exit': return { outcome: 'exit', next: null };
  }
}

/** The arm given by hand, else the one on record by then, or the one that is given now; what is not by hand is kept for the rest of the simulation. */
export function armOf(walk: Walk, stepId: string, at: number): { variant: string; isControl: boolean } {
  const experiment = walk.plan.version.published.experiments[stepId]!;
  const history = walk.person.assigned.get(experiment.experimentId);
  const recorded = history ? armThen(history, at) : null;
  if (recorded?.isByHand) return armNamed(experiment, recorded.variant);
  const known = walk.arms.get(experiment.experimentId);
  if (known) return known;
  const arm = recorded ? armNamed(experiment, recorded.variant)
    : armsFor(experiment, steeringAt(walk.plan.steering.get(experiment.experimentId), at))(unitOf(experiment, walk.person.id, experiment.account === undefined ? null : attributeAt(walk.state(at).person.attributes, experiment.account)));
  walk.arms.set(experiment.experimentId, arm);
  return arm;
}

const armNamed = ({ arms }: PublishedExperiment, variant: string) => ({ variant, isControl: arms.find(({ key }) => key === variant)?.isControl ?? false });

/** Every arrival becomes a message in the queue or a refusal; a reached goal or exit rule ends the run (engine/message-step.ts). */
function* message(walk: Walk, run: SimRun, here: MessageStep, at: number): Asking<Moved> {
  const arm = armOf(walk, here.id, at);
  const refusal = firstRefusal({ now: instant(at), exit: yield* walk.endings(run, at), reach: { code: reachOf(walk, here, at) } });
  if (refusal?.gate === 'exit') {
    walk.lines.push({ kind: 'refused', at, stage: 'step', stepId: here.id, code: refusal.code, nextAt: null });
    walk.end(run, refusal.code, at);
    return null;
  }
  if (refusal) {
    walk.lines.push({ kind: 'refused', at, stage: 'step', stepId: here.id, code: refusal.code, nextAt: refusal.nextCheckAt?.getTime() ?? null });
    // Whom this channel does not reach is tried over the next.
    if (!arm.isControl && (here.channel === 'email' || here.channel === 'in_app') && here.ladder && REACH.has(refusal.gate)) queueRungs(walk, run, { here, variant: arm.variant, after: null }, at);
    return { outcome: refusal.code, next: here.next };
  }
  const delivery = deliveryOf(walk, run, here, arm, at);
  walk.queue.push(delivery);
  walk.lines.push({ kind: 'queued', at, stepId: here.id, variant: arm.variant });
  if (!arm.isControl) queueRungs(walk, run, { here, variant: arm.variant, after: delivery }, at);
  return { outcome: 'queued', next: here.next };
}

/** What follows a message without success is queued with it for later. @param of `after`: what the first stands in for; null: it goes now */
function queueRungs(walk: Walk, run: SimRun, { here, variant, after }: { here: MessageStep; variant: string; after: SimDelivery | null }, at: number): void {
  let late = 0;
  let before = after;
  for (const { stepId, wait: rule } of rungsOf(here)) {
    const waits = 'hours' in rule ? rule.hours * HOUR_MS : windowMillis(rule.after);
    late += before === null ? 0 : waits;
    const rung = walk.plan.version.published.steps[stepId] as MessageStep;
    const made = deliveryOf(walk, run, rung, { variant: rung.variants[0]!.key, isControl: false }, at);
    const fallback = before === null ? null : { of: before, hours: 'hours' in rule ? rule.hours : null, seconds: 'hours' in rule ? null : Math.round(waits / 1_000), unless: 'hours' in rule ? null : rule.unless };
    before = { ...made, variant, dueAt: at + late, expiresAt: made.expiresAt === null ? null : made.expiresAt + late, fallback };
    walk.queue.push(before);
    if (before.fallback !== null && before.fallback.unless !== null) walk.rungs.push(before);
  }
}

function wait(walk: Walk, run: SimRun, here: Extract<Step, { type: 'wait' }>, at: number): Moved {
  const zone = zoneOf(walk, at);
  if (here.date) {
    const date = walk.state(at).dates.get(here.date.attribute);
    const end = date && dateEntryAt(date, here.date, zone).getTime();
    if (end !== undefined && end > at) return stay(run, at, end, false);
    const since = run.arrivedAt ?? run.past?.at.getTime() ?? null;
    const came = end !== undefined && since !== null && end >= since;
    if (came && run.past) run.past = { ...run.past, at: instant(end) };
    return { outcome: came ? 'waited' : 'missed', next: came ? here.next : here.onMissed ?? null };
  }
  if (run.arrivedAt !== null) return { outcome: 'waited', next: here.next };
  const end = waitEnds(here, run.past?.at ?? instant(at), zone).getTime();
  if (end <= at && run.past) run.past = { ...run.past, at: instant(end) };
  return end <= at ? { outcome: 'waited', next: here.next } : stay(run, at, end, false);
}

function* waitUntil(walk: Walk, run: SimRun, here: Extract<Step, { type: 'wait_until' }>, at: number): Asking<Moved> {
  const isWoken = run.arrivedAt !== null && !run.waiting;
  let met = isWoken;
  const of = (as: { kind: string; stepId?: string }) => as.kind === 'wait' && as.stepId === here.id;
  if (run.past) return yield* waitSince(walk, run, { here, past: run.past, of }, at);
  for (const watched of walk.plan.watchedEvents) if (!met && of(watched.as)) met = walk.did(watched, run, at);
  for (const { condition, as } of walk.plan.watched) if (!met && of(as)) met = yield* walk.holds(condition, at);
  if (met) return { outcome: 'met', next: here.next };
  if (run.arrivedAt !== null) return { outcome: 'timeout', next: here.onTimeout };
  return stay(run, at, addDuration(instant(at), here.timeout, zoneOf(walk, at)).getTime(), true);
}

interface Since { here: Extract<Step, { type: 'wait_until' }>; past: Past; of(as: { kind: string; stepId?: string }): boolean }

/** One that began before the campaign did, as the engine has it. */
function* waitSince(walk: Walk, run: SimRun, { here, past, of }: Since, at: number): Asking<Moved> {
  const timeout = addDuration(past.at, here.timeout, zoneOf(walk, at));
  const did = walk.plan.watchedEvents.filter(({ as }) => of(as)).map((watched) => walk.whenDid(watched, run, at)).find((when) => when !== null) ?? null;
  const until = Math.min(timeout.getTime(), at);
  let held: number | null = null;
  for (const [place, { condition, as }] of walk.plan.watched.entries()) {
    if (!of(as)) continue;
    const from = past.at.getTime();
    for (const moment of [from, ...walk.person.moments[place]!.filter((each) => each > from && each <= until)]) if (held === null && moment <= until && (yield* walk.holds(condition, moment))) held = moment;
  }
  const result = waitedInPast({ run: { past }, past, step: here }, { timeout, did: did === null ? null : instant(did), held: held === null ? null : instant(held), now: instant(at) });
  if (result.kind === 'stay') return stay(run, at, timeout.getTime(), true);
  run.past = result.run.past;
  return { outcome: result.outcome, next: result.next };
}

function* branch(walk: Walk, here: Extract<Step, { type: 'branch' }>, at: number): Asking<Moved> {
  for (const [index, condition] of walk.plan.branches.get(here.id)!.entries()) {
    if (yield* walk.holds(condition, at)) return { outcome: branchOutcome(here.branches[index]!.name, index), next: here.branches[index]!.next };
  }
  return { outcome: 'otherwise', next: here.otherwise };
}

/** Changes what is known of the person in the simulation, and nowhere else. */
function act(walk: Walk, action: Action, next: string | null, at: number): Moved {
  walk.change(at, (state) => changed(state, action, at));
  return { outcome: 'done', next };
}

function changed(state: PersonState, action: Action, at: number): PersonState {
  const known = state.known!;
  const when = instant(at);
  switch (action.kind) {
    case 'add_tag': return { ...state, known: { ...known, tags: [...known.tags.filter(({ tag }) => tag !== action.tag), { tag: action.tag, at: when }] } };
    case 'remove_tag': return { ...state, known: { ...known, tags: known.tags.filter(({ tag }) => tag !== action.tag) } };
    case 'add_to_list': return { ...state, known: { ...known, lists: [...known.lists.filter(({ listId }) => listId !== action.listId), { listId: action.listId, at: when }] } };
    case 'remove_from_list': return { ...state, known: { ...known, lists: known.lists.filter(({ listId }) => listId !== action.listId) } };
    default: return withAttributes(state, { ...known.attributes, [action.attribute]: action.value });
  }
}

/** The same person with other attributes, and all that follows from them. */
function withAttributes(state: PersonState, given: Record<string, unknown>): PersonState {
  const attributes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as JsonObject;
  const columns = deriveColumns(attributes);
  const dates = personDates(attributes, columns.signedUpAt);
  return {
    ...state,
    known: { ...state.known!, ...columns, attributes, dates: [...dates].map(([key, date]) => ({ key, at: date })) },
    person: { ...state.person, email: columns.email, timeZone: columns.timeZone, language: columns.language, attributes },
    dates: new Map([...dates].map(([key, date]) => [key, { at: date, text: typeof attributes[key] === 'string' ? attributes[key] : null }])),
  };
}
