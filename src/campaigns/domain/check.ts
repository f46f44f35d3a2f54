import type { AutoMessageDefinition, BroadcastDefinition, CampaignDefinition, SeriesDefinition } from '../../contract/campaign.js';
import type { Goal } from '../../contract/campaign-goals.js';
import type { Action, Step } from '../../contract/campaign-steps.js';
import { personWriteProblems, tagProblem } from '../../people/domain/person-write.js';
import { basisPoints } from '../../kernel/bucket.js';
import { externalArms, weightedArms, type MessageStep, type WeightedArm } from './arms.js';
import { displayFindings } from './check-display.js';
import { testFaults } from './check-tests.js';
import { fault, warning, within, type Finding } from './finding.js';
import { edgesOf, walk } from './graph.js';
import { CONTROL } from './published.js';
import { rampFaults } from './ramp.js';
import { takeFaults } from './takes.js';

/**
 * Everything that can be found wrong in a definition without looking anything up: ids, ways between steps, arms, goals,
 * the rules of broadcasts and of display.
 *
 * @param now a launch time before it is a warning
 */
export function findFaults(definition: CampaignDefinition, now: Date): Finding[] {
  const specific = definition.type === 'series' ? seriesFaults(definition) : definition.type === 'broadcast' ? broadcastFaults(definition, now) : autoMessageFaults(definition, now);
  return [...specific, ...pacingFaults(definition), ...rampFaults(definition), ...goalFaults(definition), ...ruleFaults(definition), ...keyFaults(definition), ...testFaults(definition)];
}

function pacingFaults(definition: CampaignDefinition): Finding[] {
  if (definition.type === 'auto_message' || !definition.pacing) return [];
  const { reserveHours, class: messageClass } = definition.pacing;
  if (reserveHours === undefined) return [];
  if (definition.type !== 'broadcast') return [fault('pacing.reserveHours', 'reserve-not-broadcast', 'Only a broadcast has a moment that others can leave room for.')];
  return messageClass === 'standard' ? [warning('pacing.reserveHours', 'reserve-without-class', 'Nothing is of a lower class than this broadcast, so nothing leaves room for it. Make it important.')] : [];
}

/** Every key that was used before in the same list. */
function repeated(items: readonly { key: string }[], path: string, what: string): Finding[] {
  return items.flatMap(({ key }, index) =>
    items.findIndex((other) => other.key === key) < index ? [fault(`${path}.${index}.key`, 'duplicate-key', `There is already a ${what} with the key "${key}".`)] : []);
}

function seriesFaults(definition: SeriesDefinition): Finding[] {
  const { steps, start } = definition;
  const byId = new Map(steps.toReversed().map((step) => [step.id, step]));
  const place = new Map(steps.map((step, index) => [step, `steps.${index}`]));
  const { reached, loops } = walk(byId, start);
  const duplicates = steps.filter((step) => byId.get(step.id) !== step);
  const unreached = steps.filter((step) => byId.get(step.id) === step && !reached.has(step.id));
  return [
    ...duplicates.map((step) => fault(`${place.get(step)}.id`, 'duplicate-step', `There is already a step with the id "${step.id}".`)),
    ...(byId.has(start) ? [] : [fault('start', 'unknown-step', `There is no step with the id "${start}" to start with.`)]),
    ...steps.flatMap((step) => edgesOf(step).flatMap(({ path, to }) =>
      to === null || byId.has(to) ? [] : [fault(`${place.get(step)}.${path}`, 'unknown-step', `There is no step with the id "${to}".`)])),
    ...loops.map(({ from, edge }) => fault(`${place.get(byId.get(from)!)}.${edge.path}`, 'loop', `This leads back to "${edge.to}"; a person passes each step at most once in a run.`)),
    // Without a start nothing is reached, and one fault says so.
    ...(byId.has(start) ? unreached.map((step) => fault(`${place.get(step)}`, 'unreachable-step', `No way leads to the step "${step.id}".`)) : []),
    ...steps.flatMap((step) => stepFaults(step, place.get(step)!)),
    ...takeFaults(definition.entry),
    ...(steps.some((step) => step.type === 'message') ? [] : [warning('steps', 'no-message', 'No step sends a message.')]),
  ];
}

function stepFaults(step: Step, place: string): Finding[] {
  if (step.type === 'message') return messageFaults(step, place);
  if (step.type === 'split') return [...repeated(step.arms, `${place}.arms`, 'arm'), ...shareFaults(weightedArms(step), place)];
  if (step.type === 'wait_until' && Boolean(step.condition) === Boolean(step.event)) return [fault(place, 'wait-kind', 'It waits for a condition or for an event: give exactly one.')];
  if (step.type === 'action') return actionFaults(step.action, `${place}.action`);
  if (step.type === 'wait' && step.date && (step.for || step.until)) return [fault(place, 'two-waits', 'A wait is for a date, or for a duration and a local time: not for all of them.')];
  if (step.type === 'wait' && !step.date && step.onMissed !== undefined) return [fault(`${place}.onMissed`, 'missed-without-date', 'Only a date can be missed: leave "onMissed" out.')];
  if (step.type === 'wait' && !step.for && !step.until && !step.date) return [fault(place, 'empty-wait', 'A wait needs a length of time, a time of day, or both; or a date.')];
  return [];
}

/** What asks for the key of the entry, where the entry has none. */
function keyFaults(definition: CampaignDefinition): Finding[] {
  const series = definition.type === 'series' ? definition : null;
  if (series && 'key' in series.entry && series.entry.key !== undefined) return [];
  const asking = [
    ...definition.goals.flatMap(({ event }, index) => (event?.sameKey ? [`goals.${index}.event.sameKey`] : [])),
    ...definition.exitRules.flatMap(({ event }, index) => (event?.sameKey ? [`exitRules.${index}.event.sameKey`] : [])),
    ...(series?.steps ?? []).flatMap((step, index) => (step.type === 'wait_until' && step.event?.sameKey ? [`steps.${index}.event.sameKey`] : [])),
    ...(series?.reentry.policy === 'concurrent_by_key' ? ['reentry.policy'] : []),
  ];
  return asking.map((path) => fault(path, 'no-key', 'This tells runs apart by the key of the entry, and the entry has none: enter by an event or by the API, and give it its "key".'));
}

function ruleFaults({ exitRules }: CampaignDefinition): Finding[] {
  return [
    ...repeated(exitRules, 'exitRules', 'exit rule'),
    ...exitRules.flatMap((rule, index) => (Boolean(rule.condition) === Boolean(rule.event) ? [fault(`exitRules.${index}`, 'rule-kind', 'An exit rule is a condition or an event: give exactly one.')] : [])),
  ];
}

/** What may be written about a person by name: as for everybody who writes people. */
function actionFaults(action: Action, place: string): Finding[] {
  if (action.kind === 'set_attribute') {
    const attributes = { [action.attribute]: action.value };
    if (action.attribute.startsWith('$')) return [fault(`${place}.attribute`, 'kept-attribute', `"${action.attribute}" begins with $, as facts do that Danbi keeps by itself.`)];
    return personWriteProblems({ ref: { anonymousId: 'x' }, at: new Date(0), attributes }).map(({ message }) => fault(`${place}.value`, 'unfit-value', message));
  }
  return 'tag' in action && tagProblem(action.tag) ? [fault(`${place}.tag`, 'unfit-tag', tagProblem(action.tag)!)] : [];
}

function messageFaults(step: MessageStep, place: string): Finding[] {
  const taken = step.variants.findIndex(({ key }) => key === CONTROL);
  return [
    ...repeated(step.variants, `${place}.variants`, 'variant'),
    ...(taken < 0 ? [] : [fault(`${place}.variants.${taken}.key`, 'reserved-key', `The key "${CONTROL}" belongs to the people who get nothing; give this variant another one.`)]),
    ...shareFaults(weightedArms(step), place),
    ...ladderFaults(step, place),
  ];
}

/** What can become of a message of each channel; after a webhook or a notice there is nothing to wait for. */
const SUCCESSES: Readonly<Record<string, readonly string[]>> = { in_app: ['displayed', 'clicked', 'answered', 'goal'], email: ['opened', 'clicked', 'goal'] };

function ladderFaults(step: MessageStep, place: string): Finding[] {
  const ladder = step.channel === 'in_app' || step.channel === 'email' ? step.ladder ?? [] : [];
  const before = [step.channel, ...ladder.map(({ channel }) => channel)];
  return [
    ...(ladder.length > 0 && step.channel === 'in_app' && step.fallback ? [fault(`${place}.fallback`, 'two-ladders', 'The e-mail for who did not see it is a ladder of one rung: make it the first rung.')] : []),
    ...ladder.flatMap(({ unless }, index) => {
      const can = SUCCESSES[before[index]!];
      if (!can) return [fault(`${place}.ladder.${index}`, 'ladder-ends', 'A webhook or a notice to the team is the last rung: nothing tells what became of it.')];
      return can.includes(unless) ? [] : [fault(`${place}.ladder.${index}.unless`, 'ladder-success', `The message before this rung is never ${unless}: choose ${can.join(', ')}.`)];
    }),
  ];
}

/** Arms whose share is less than one bucket of 10,000 would never be given to anybody. */
function shareFaults(arms: readonly WeightedArm[], place: string): Finding[] {
  const points = basisPoints(arms.map(({ weight }) => weight));
  return arms.flatMap((arm, index) => (points[index]! > 0 ? [] : [fault(within(place, `${arm.path}.weight`), 'share-too-small', 'This share is below 0.01 % and would reach nobody.')]));
}

function broadcastFaults(definition: BroadcastDefinition, now: Date): Finding[] {
  if (definition.external) return externalFaults(definition);
  const { message, arms, segmentId, audience, launchAt } = definition;
  return [
    ...(arms ? [fault('arms', 'arms-not-external', 'Only an external broadcast has arms; the variants of the message are the arms of this one.')] : []),
    ...(segmentId || audience ? [] : [fault('segmentId', 'no-audience', 'Say who gets it: a segment, an audience, or both.')]),
    ...(launchAt && Date.parse(launchAt) < now.getTime() ? [warning('launchAt', 'launch-in-past', 'This moment has passed; it will be launched at once.')] : []),
    ...(message ? messageFaults(message, 'message') : [fault('message', 'no-message', 'A broadcast needs a message.')]),
    ...(message?.next ? [fault('message.next', 'unknown-step', 'A broadcast is one message; nothing follows it.')] : []),
  ];
}

function autoMessageFaults({ message, display }: AutoMessageDefinition, now: Date): Finding[] {
  return [
    ...messageFaults(message, 'message'),
    ...(message.next ? [fault('message.next', 'unknown-step', 'An auto message is one message; nothing follows it.')] : []),
    ...(message.fallback ? [fault('message.fallback', 'fallback-without-inbox', 'An auto message is displayed or it is not: nothing waits to be seen, so no e-mail can stand in for it.')] : []),
    ...(message.ladder ? [fault('message.ladder', 'fallback-without-inbox', 'An auto message is displayed or it is not: nothing waits to be seen, so nothing can stand in for it.')] : []),
    ...(message.sendWindow ? [fault('message.sendWindow', 'window-of-display', 'Nothing of an auto message waits for an hour: its display says at which hours it may be shown.')] : []),
    ...displayFindings(display, now),
  ];
}

const NOT_EXTERNAL = ['message', 'segmentId', 'audience', 'launchAt', 'localTime', 'ramp', 'recheckAudience'] as const;

/** An external broadcast only records who was given what elsewhere. */
function externalFaults(definition: BroadcastDefinition): Finding[] {
  const arms = definition.arms ?? [];
  const controls = arms.flatMap(({ control }, index) => (control ? [index] : []));
  return [
    ...NOT_EXTERNAL.flatMap((name) => (definition[name] === undefined ? [] : [fault(name, 'external-sends-nothing', `An external broadcast sends nothing and takes nobody in; leave "${name}" out.`)])),
    ...(definition.exitRules.length > 0 ? [fault('exitRules', 'external-sends-nothing', 'An external broadcast has no runs to end; leave "exitRules" out.')] : []),
    ...(arms.length > 0 ? shareFaults(externalArms(arms), '') : [fault('arms', 'no-arms', 'An external broadcast needs the arms people were assigned to.')]),
    ...repeated(arms, 'arms', 'arm'),
    ...controls.slice(1).map((index) => fault(`arms.${index}.control`, 'second-control', 'There is one control at most.')),
  ];
}

function goalFaults({ goals, ...definition }: CampaignDefinition): Finding[] {
  const primary = goals.flatMap((goal, index) => (goal.primary ? [index] : []));
  return [
    ...repeated(goals, 'goals', 'goal'),
    ...goals.flatMap((goal, index) => oneGoalFaults(goal, `goals.${index}`)),
    ...primary.slice(1).map((index) => fault(`goals.${index}.primary`, 'second-primary', 'One goal decides; only one can be primary.')),
    ...(goals.length > 0 ? [] : [warning('goals', 'no-goal', 'Without a goal nobody will know whether it helped.')]),
    ...goals.flatMap((goal, index) => (isEntryEvent(goal, definition) ? [warning(`goals.${index}.event`, 'goal-is-entry', 'This is also the event that lets people in.')] : [])),
  ];
}

function oneGoalFaults(goal: Goal, place: string): Finding[] {
  if (Boolean(goal.event) === Boolean(goal.condition)) return [fault(place, 'goal-kind', 'A goal is either an event or a condition: give exactly one.')];
  return goal.value && !goal.event ? [fault(`${place}.value`, 'value-without-event', 'Only an event has a property to take an amount from.')] : [];
}

function isEntryEvent(goal: Goal, definition: Pick<CampaignDefinition, 'type'>): boolean {
  const { entry } = definition as Partial<SeriesDefinition>;
  return entry?.type === 'event' && goal.event?.name === entry.event && goal.event.where.length === 0;
}
