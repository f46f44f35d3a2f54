import type { AutoMessageDefinition, BroadcastDefinition, CampaignDefinition, Goal, SeriesDefinition, Step } from '../../contract/campaign.js';
import { basisPoints } from '../../kernel/bucket.js';
import { externalArms, weightedArms, type MessageStep, type WeightedArm } from './arms.js';
import { displayFindings } from './check-display.js';
import { testFaults } from './check-tests.js';
import { fault, warning, within, type Finding } from './finding.js';
import { edgesOf, walk } from './graph.js';
import { CONTROL } from './published.js';

/**
 * Everything that can be found wrong in a definition without looking anything up: ids, ways between steps, arms, goals,
 * the rules of broadcasts and of display.
 *
 * @param now a launch time before it is a warning
 */
export function findFaults(definition: CampaignDefinition, now: Date): Finding[] {
  const specific = definition.type === 'series' ? seriesFaults(definition) : definition.type === 'broadcast' ? broadcastFaults(definition, now) : autoMessageFaults(definition, now);
  return [...specific, ...goalFaults(definition), ...repeated(definition.exitRules, 'exitRules', 'exit rule'), ...testFaults(definition)];
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
    ...(steps.some((step) => step.type === 'message') ? [] : [warning('steps', 'no-message', 'No step sends a message.')]),
  ];
}

function stepFaults(step: Step, place: string): Finding[] {
  if (step.type === 'message') return messageFaults(step, place);
  if (step.type === 'split') return [...repeated(step.arms, `${place}.arms`, 'arm'), ...shareFaults(weightedArms(step), place)];
  if (step.type === 'wait' && !step.for && !step.until) return [fault(place, 'empty-wait', 'A wait needs "for" (a duration), "until" (a local time), or both.')];
  return [];
}

function messageFaults(step: MessageStep, place: string): Finding[] {
  const taken = step.variants.findIndex(({ key }) => key === CONTROL);
  return [
    ...repeated(step.variants, `${place}.variants`, 'variant'),
    ...(taken < 0 ? [] : [fault(`${place}.variants.${taken}.key`, 'reserved-key', `The key "${CONTROL}" belongs to the people who get nothing; give this variant another one.`)]),
    ...shareFaults(weightedArms(step), place),
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
    ...displayFindings(display, now),
  ];
}

const NOT_EXTERNAL = ['message', 'segmentId', 'audience', 'launchAt', 'localTime'] as const;

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
