/** A campaign as it was, or is to be. A draft may lack parts. */
export interface Side { name: string | null; definition: unknown }
type Part = Record<string, unknown>;

/** What of a campaign a change is about. */
export type Place =
  | { kind: 'entry' | 'who' | 'reentry' | 'sending' | 'pace' }
  | { kind: 'goal'; part: Part }
  | { kind: 'exit_rule'; part: Part }
  | { kind: 'step'; part: Part }
  | { kind: 'variant'; part: Part; variant: Part; language: string | null };

export type Change =
  | { kind: 'name'; from: string; to: string }
  | { kind: 'added'; place: Place }
  | { kind: 'removed'; place: Place }
  /** The way goes on at another step; null is the end. `by`: the name of the way, where there are several. */
  | { kind: 'way'; place: Place; by: string | null; from: Part | null; to: Part | null }
  | { kind: 'wait'; place: Place; from: Part; to: Part }
  | { kind: 'field'; place: Place; field: string; from: unknown; to: unknown };

/** Parts that are said as a whole, never taken to pieces. */
const WHOLE = new Set(['for', 'until', 'date', 'action', 'timeout', 'condition', 'window', 'interval', 'event', 'value', 'where', 'test', 'lookBack', 'survey', 'theme', 'image', 'fallback', 'audience', 'display', 'sendWindow', 'expiresAfter', 'ladder', 'sendRate', 'ramp']);
/** What says where the way goes on, and what is told apart by its key. */
const NOT_FIELDS = new Set(['id', 'type', 'key', 'next', 'onTimeout', 'onMissed', 'otherwise', 'branches', 'arms', 'variants', 'content', 'translations']);

/** What changed between two states of a campaign, in the order of the campaign: name, who, steps, goals. Empty: they say the same. */
export function diffCampaigns(before: Side, after: Side): Change[] {
  const a = recordOf(before.definition);
  const b = recordOf(after.definition);
  return [
    ...(before.name !== null && after.name !== null && before.name !== after.name ? [{ kind: 'name', from: before.name, to: after.name } as const] : []),
    ...fields({ kind: 'entry' }, recordOf(a.entry), recordOf(b.entry), new Set()),
    ...one({ kind: 'who' }, 'segmentId', a, b), ...one({ kind: 'who' }, 'audience', a, b),
    ...one({ kind: 'sending' }, 'launchAt', a, b), ...one({ kind: 'sending' }, 'localTime', a, b), ...one({ kind: 'sending' }, 'ramp', a, b), ...one({ kind: 'sending' }, 'recheckAudience', a, b), ...fields({ kind: 'pace' }, recordOf(a.pacing), recordOf(b.pacing), new Set()), ...one({ kind: 'sending' }, 'display', a, b), ...one({ kind: 'sending' }, 'arms', a, b),
    ...one({ kind: 'reentry' }, 'reentry', a, b),
    ...steps(a, b),
    ...keyed('goal', partsOf(a.goals), partsOf(b.goals)),
    ...keyed('exit_rule', partsOf(a.exitRules), partsOf(b.exitRules)),
  ];
}

const recordOf = (value: unknown): Part => (isRecord(value) ? value : {});
const partsOf = (value: unknown): Part[] => (Array.isArray(value) ? value.filter(isRecord) : []);
/** Nothing is said: absent, empty, an empty list. */
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.values(value).every(isNothing));
const isSame = (from: unknown, to: unknown): boolean => sameJson(from, to) || (isNothing(from) && isNothing(to));

const one = (place: Place, field: string, a: Part, b: Part): Change[] => (isSame(a[field], b[field]) ? [] : [{ kind: 'field', place, field, from: a[field], to: b[field] }]);

/** Every field that differs; a part without a meaning of its own is taken to pieces. */
function fields(place: Place, a: Part, b: Part, skip: ReadonlySet<string>, above = ''): Change[] {
  return union(Object.keys(a), Object.keys(b)).filter((key) => !skip.has(key)).flatMap((key) => {
    const [from, to] = [a[key], b[key]];
    if (isSame(from, to)) return [];
    if (!WHOLE.has(key) && isRecord(from) && isRecord(to)) return fields(place, from, to, skip, `${above}${key}.`);
    return [{ kind: 'field' as const, place, field: `${above}${key}`, from, to }];
  });
}

const gone = (isGone: boolean, place: Place): Change => (isGone ? { kind: 'removed', place } : { kind: 'added', place });

function keyed(kind: 'goal' | 'exit_rule', a: Part[], b: Part[]): Change[] {
  return matched('key', a, b).flatMap(([from, to]) => {
    if (!from || !to) return [gone(!to, { kind, part: (from ?? to)! })];
    return fields({ kind, part: to }, from, to, new Set(['key']));
  });
}

/** Steps of a series; the message of a broadcast or auto message is its only one. */
function steps(a: Part, b: Part): Change[] {
  const [before, after] = [stepsOf(a), stepsOf(b)];
  const named = { from: new Map(before.map((step) => [step.id, step])), to: new Map(after.map((step) => [step.id, step])) };
  return [
    ...matched('id', before, after).flatMap(([from, to]) => {
      if (!from || !to || from.type !== to.type || from.channel !== to.channel) {
        return [...(from ? [{ kind: 'removed' as const, place: { kind: 'step' as const, part: from } }] : []), ...(to ? [{ kind: 'added' as const, place: { kind: 'step' as const, part: to } }] : [])];
      }
      return [...stepFields(from, to), ...ways(from, to, named)];
    }),
    ...(isSame(a.start, b.start) || !moved(named, a.start, b.start) ? [] : [{ kind: 'way' as const, place: { kind: 'entry' as const }, by: null, from: named.from.get(a.start) ?? null, to: named.to.get(b.start) ?? null }]),
  ];
}

const stepsOf = (definition: Part): Part[] => (isRecord(definition.message) ? [definition.message] : partsOf(definition.steps));

function stepFields(from: Part, to: Part): Change[] {
  const place: Place = { kind: 'step', part: to };
  if (to.type === 'wait') return isSame({ ...from, next: null, onMissed: null }, { ...to, next: null, onMissed: null }) ? [] : [{ kind: 'wait', place, from, to }];
  const shares = [...matched('key', partsOf(from.arms), partsOf(to.arms)), ...matchedBranches(from, to)].flatMap(([a, b]) => {
    if (!a || !b) return [{ kind: 'field' as const, place, field: 'path', from: a && nameOf(a), to: b && nameOf(b) }];
    return fields(place, a, b, new Set(['key', 'next']));
  });
  return [...fields(place, from, to, NOT_FIELDS), ...shares, ...matched('key', partsOf(from.variants), partsOf(to.variants)).flatMap(([a, b]) => variant(to, a, b))];
}

const nameOf = (part: Part) => part.name || part.key || '';
const matchedBranches = (from: Part, to: Part): [Part | undefined, Part | undefined][] => {
  const [a, b] = [partsOf(from.branches), partsOf(to.branches)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => [a[index], b[index]]);
};

function variant(step: Part, from: Part | undefined, to: Part | undefined): Change[] {
  const place = (language: string | null): Place => ({ kind: 'variant', part: step, variant: (to ?? from)!, language });
  if (!from || !to) return [gone(!to, place(null))];
  const [a, b] = [recordOf(from.content), recordOf(to.content)];
  const [was, is] = [recordOf(a.translations), recordOf(b.translations)];
  return [
    ...fields(place(null), from, to, NOT_FIELDS),
    ...fields(place(null), a, b, new Set(['translations'])),
    ...union(Object.keys(was), Object.keys(is)).flatMap((language): Change[] => {
      if (!isRecord(was[language]) || !isRecord(is[language])) return [gone(!isRecord(is[language]), place(language))];
      return fields(place(language), was[language], is[language], new Set());
    }),
  ];
}

interface Named { from: Map<unknown, Part>; to: Map<unknown, Part> }
/** A way that leads elsewhere only because a step was put in or taken out there is said by that step. */
const moved = ({ from, to }: Named, a: unknown, b: unknown) => (isNothing(a) || to.has(a)) && (isNothing(b) || from.has(b));

function ways(from: Part, to: Part, named: Named): Change[] {
  const pairs: [string | null, unknown, unknown][] = [
    [null, from.next, to.next], ['onTimeout', from.onTimeout, to.onTimeout], ['onMissed', from.onMissed, to.onMissed], ['otherwise', from.otherwise, to.otherwise],
    ...[...matched('key', partsOf(from.arms), partsOf(to.arms)), ...matchedBranches(from, to)].flatMap(([a, b]): [string, unknown, unknown][] => (a && b ? [[String(nameOf(b)), a.next, b.next]] : [])),
  ];
  return pairs.flatMap(([by, a, b]) => (isSame(a, b) || !moved(named, a, b) ? [] : [{ kind: 'way' as const, place: { kind: 'step' as const, part: to }, by, from: named.from.get(a) ?? null, to: named.to.get(b) ?? null }]));
}

/** Parts with the same key side by side, in the order of the later list, what is gone at its old place. */
function matched(key: string, a: Part[], b: Part[]): [Part | undefined, Part | undefined][] {
  const of = (list: Part[], wanted: unknown) => list.find((part) => part[key] === wanted);
  return union(a.map((part) => part[key]), b.map((part) => part[key])).map((wanted) => [of(a, wanted), of(b, wanted)]);
}

/** All of `b` in its order, and before each what only `a` had there. */
function union<T>(a: readonly T[], b: readonly T[]): T[] {
  const result = [...b];
  a.forEach((item, index) => {
    if (result.includes(item)) return;
    const after = a.slice(0, index).findLast((earlier) => result.includes(earlier));
    result.splice(after === undefined ? 0 : result.indexOf(after) + 1, 0, item);
  });
  return result;
}

/** Whether two JSON values say the same; the order of keys, and keys without a value, do not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => sameJson(a[key], b[key]));
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
