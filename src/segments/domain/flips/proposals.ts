import type { CountComparison, EventCondition, EventValueCondition, PageCondition, PropertyFilter, SequenceCondition } from '../../../contract/segment-conditions.js';
import type { JsonObject } from '../../../people/domain/json.js';
import { comparisonHolds } from '../leaves/number-comparison.js';
import { ENGAGED, PAGE } from '../leaves/page-rows.js';
import type { Leaf } from '../resolved.js';
import type { Change } from './change.js';
import { valuesFor, type When } from './values.js';

/** Attributes that the built-in values are read from first (people/domain/derived.ts); the others nobody sets. */
const SET_BY: Record<string, string> = { $email: 'email', $time_zone: 'timezone', $language: 'language', $signed_up_at: 'signed_up_at' };
/** More of one event than this is no small change. */
const MOST_TIMES = 1_000;

/** Sets of changes that could each turn one condition; empty where no change of data can. Proposals only. */
export function proposalsFor(leaf: Leaf, wanted: boolean, compared: unknown, when: When): Change[][] {
  switch (leaf.type) {
    case 'attribute': return attribute(leaf, wanted, compared, when);
    case 'tag': return [[{ kind: 'tag', tag: leaf.tag, set: (leaf.op === 'has') === wanted }]];
    case 'list': return [[{ kind: 'list', listId: leaf.listId, on: (leaf.op === 'in') === wanted }]];
    case 'consent': return (['subscribed', 'unsubscribed'] as const).map((state) => [{ kind: 'consent', channel: leaf.channel, topic: leaf.topic, state }]);
    case 'event': return eventTimes(leaf, wanted, Number(compared ?? 0), when);
    case 'event_value': return eventValue(leaf, wanted, compared as { value: number | null; counted: number }, when);
    case 'event_time': return once(leaf.event, leaf.where, when);
    case 'sequence': return sequence(leaf, wanted, when);
    case 'page': return page(leaf, wanted, Number(compared ?? 0));
    // What campaigns did cannot be done by hand.
    case 'engagement': return [];
  }
}

function attribute(leaf: Extract<Leaf, { type: 'attribute' }>, wanted: boolean, compared: unknown, when: When): Change[][] {
  const key = leaf.key.startsWith('$') ? SET_BY[leaf.key] : leaf.key;
  if (key === undefined) return [];
  const made = leaf.key === '$email' && leaf.op === 'exists' && wanted ? ['name@example.com'] : valuesFor(leaf, wanted, compared, when);
  return made.map((value) => [{ kind: 'attribute', key, value }]);
}

/** Properties of an event that passes these filters; null when they cannot be made up. */
function propertiesFor(where: readonly PropertyFilter[], when: When): JsonObject | null {
  const properties: JsonObject = {};
  for (const filter of where) {
    const [value] = valuesFor(filter, true, properties[filter.property], when);
    if (value === undefined) return null;
    if (value !== null) properties[filter.property] = value;
  }
  return properties;
}

function once(name: string, where: readonly PropertyFilter[] = [], when: When, more: JsonObject = {}): Change[][] {
  const properties = propertiesFor(where, when);
  return properties ? [[{ kind: 'event', name, properties: { ...properties, ...more }, times: 1 }]] : [];
}

/** How often more so that a count holds or no longer does; null when more of it never helps. */
export function timesMore(count: CountComparison, wanted: boolean, counted: number): number | null {
  const { value, to = value } = count;
  const reached = [value - 1, value, value + 1, to, to + 1].filter((number) => number > counted && comparisonHolds(count, number) === wanted);
  const times = Math.min(...reached) - counted;
  return Number.isFinite(times) && times <= MOST_TIMES ? times : null;
}

function eventTimes(leaf: EventCondition, wanted: boolean, counted: number, when: When): Change[][] {
  const times = timesMore(leaf.count, wanted, counted);
  return times === null ? [] : once(leaf.event, leaf.where, when).map((changes) => changes.map((change) => ({ ...change, times }) as Change));
}

/** One more event whose value brings the measure over (or under) its bound. */
function eventValue(leaf: EventValueCondition, wanted: boolean, { value, counted }: { value: number | null; counted: number }, when: When): Change[][] {
  const { value: bound, to = bound } = leaf;
  const now = value ?? 0;
  if (leaf.measure === 'distinct') {
    const times = timesMore(leaf, wanted, now);
    const one = once(leaf.event, leaf.where, when)[0]?.[0];
    return times === null || times > 5 || one?.kind !== 'event' ? [] : [Array.from({ length: times }, (_, index) => ({ ...one, properties: { ...one.properties, [leaf.property]: `new-${index + 1}` } }))];
  }
  const targets = [bound, bound + 1, bound - 1, to, to + 1].filter((target) => comparisonHolds(leaf, target) === wanted);
  const of = (target: number): number => (leaf.measure === 'sum' ? target - now : leaf.measure === 'average' ? target * (counted + 1) - now * counted : target);
  return targets.flatMap((target) => once(leaf.event, leaf.where, when, { [leaf.property]: of(target) }));
}

/** The last steps of the order, as few as do: those before may have been done already. */
function sequence({ steps }: SequenceCondition, wanted: boolean, when: When): Change[][] {
  const denied = steps.at(-1)!.not === true;
  if (denied && !wanted) return once(steps.at(-1)!.event, steps.at(-1)!.where, when);
  if (denied || !wanted) return [];
  const done = steps.map(({ event, where }) => once(event, where, when)[0]?.[0]);
  return done.map((_, index) => done.slice(done.length - 1 - index)).filter((some): some is Change[] => some.every((one) => one !== undefined));
}

/** Only pages that a glob names, or any page, can be made up. */
function page(leaf: PageCondition, wanted: boolean, counted: number): Change[][] {
  const { url, referrer, utm, device, language } = leaf;
  if (referrer || utm || device || language || (url && (url[0]!.match !== 'glob' || url[0]!.query))) return [];
  const address = pageAt(url?.[0]?.pattern ?? '/');
  if (leaf.measure === 'dwell') {
    const seconds = [leaf.value, leaf.value + 1, leaf.to ?? leaf.value].find((many) => many > counted && comparisonHolds(leaf, many) === wanted);
    return seconds === undefined ? [] : [[{ kind: 'event', name: ENGAGED, properties: { url: address, pv: 'more', dwell_ms: Math.ceil((seconds - counted) * 1_000) }, times: 1 }]];
  }
  const times = timesMore(leaf, wanted, counted);
  return times === null || (leaf.measure === 'visits' && times > 1) ? [] : [[{ kind: 'event', name: PAGE, properties: { url: address }, times }]];
}

/** An address that a glob names. */
function pageAt(pattern: string): string {
  const plain = pattern.trim().replace(/^https?:\/\//i, '').replace(/\/\*\*$/, '').replaceAll('**', 'a').replaceAll('*', 'a');
  return `https://${plain.startsWith('/') || plain === '' ? `example.com${plain || '/'}` : plain}`;
}

