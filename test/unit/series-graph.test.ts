import { describe, expect, test } from '@jest/globals';
import { CampaignDefinition } from '../../src/contract/campaign.js';
import { readDraft } from '../../src/contract/campaign-draft.js';
import { findFaults } from '../../src/campaigns/domain/check.js';
import { DraftStore, type Port } from '../../web/src/features/campaigns/draft/draft-store.js';
import { addArm, canExitOn, duplicate, editStep, insert, lostBy, move, remove, removeArm } from '../../web/src/features/campaigns/series/edits.js';
import { joins, startOf, unreachable, walk, waysOf, waysTo } from '../../web/src/features/campaigns/series/graph.js';
import { KINDS, seriesOf, type Kind, type MessageStep, type Series, type Step } from '../../web/src/features/campaigns/series/model.js';
import { addVariant, freeId, newStep, removeVariant } from '../../web/src/features/campaigns/series/new-step.js';
import { findItem, itemsIn, outlineOf } from '../../web/src/features/campaigns/series/outline.js';
import { layoutOf } from '../../web/src/features/campaigns/series/layout.js';
import { EVERYBODY } from '../support/campaign-definitions.js';
import fc from '../support/fast-check.js';

const EMPTY: Series & { steps: Step[] } = { type: 'series', entry: { type: 'event', event: 'Signed Up' }, goals: [{ key: 'done', name: 'Done', event: { name: 'Paid' } }], start: null, steps: [] };

type Edit = { op: 'insert' | 'insertAfter'; at: number; kind: Kind } | { op: 'remove'; at: number; keep: number | null } | { op: 'up' | 'down' | 'duplicate' | 'addArm' | 'addVariant' | 'removeVariant'; at: number } | { op: 'removeArm'; at: number; arm: number };
const at = fc.nat(1_000);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constantFrom('insert' as const, 'insertAfter' as const), at, kind: fc.constantFrom(...KINDS) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), at, keep: fc.option(fc.nat(3)) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('up' as const, 'down' as const, 'duplicate' as const, 'addArm' as const, 'addVariant' as const, 'removeVariant' as const), at }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('removeArm' as const), at, arm: fc.nat(3) }) },
);

/** Applies an edit as the editor does: only where it is offered. */
function apply(series: Series, made: Edit): Series {
  const steps = series.steps ?? [];
  if (made.op === 'insert' || made.op === 'insertAfter') {
    const { line } = outlineOf(series);
    const places = made.op === 'insert' ? [startOf(series), ...steps.flatMap((step) => waysOf(step))].map((way) => [way]) : [line.tail, ...itemsIn(line).map(({ before }) => before)].filter((ways) => ways.length > 0);
    const ways = places[made.at % Math.max(1, places.length)];
    if (!ways || (made.kind === 'exit' && !canExitOn(series, ways))) return series;
    return insert(series, ways, newStep(made.kind, freeId(series, made.kind)));
  }
  const step = steps[made.at % Math.max(1, steps.length)];
  if (!step) return series;
  switch (made.op) {
    case 'remove': return remove(series, step.id, made.keep === null ? null : made.keep % Math.max(1, waysOf(step).length));
    case 'up': case 'down': return move(series, step.id, made.op);
    case 'duplicate': return duplicate(series, step.id)?.series ?? series;
    case 'addArm': return addArm(series, step.id);
    case 'removeArm': return removeArm(series, step.id, made.arm % Math.max(1, waysOf(step).length - 1));
    case 'addVariant': return step.type === 'message' ? editStep<MessageStep>(series, step.id, addVariant) : series;
    case 'removeVariant': return step.type === 'message' ? editStep<MessageStep>(series, step.id, (message) => removeVariant(message, 'A')) : series;
  }
}

/** What only an author can know, filled in. */
function filled(series: Series): unknown {
  const say = { email: { subject: 's', body: 'b' }, in_app: { body: 'b' }, webhook: { endpointId: '0198c0de-0000-7000-8000-000000000001' }, chat: { endpointId: '0198c0de-0000-7000-8000-000000000001', text: 't' } };
  return { ...series, steps: (series.steps ?? []).map((step) => {
    if (step.type === 'message') return { ...step, variants: step.variants.map((variant) => ({ ...variant, content: say[step.channel] })) };
    if (step.type === 'action') return { ...step, action: { kind: 'add_tag', tag: 't' } };
    if (step.type === 'wait_until') return { ...step, condition: EVERYBODY };
    return step.type === 'branch' ? { ...step, branches: step.branches.map((branch) => ({ ...branch, condition: EVERYBODY })) } : step;
  }) };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe('editing a series', () => {
  test('after any edits it is a draft that the contract takes, without loops, loose ends or steps that no way leads to; nothing is changed in place', () => {
    fc.assert(fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      const series = edits.reduce((now, next) => frozen(apply(frozen(now), next)), EMPTY as Series);
      expect(readDraft(series).faults).toEqual([]);
      if ((series.steps ?? []).length === 0) return;
      const definition = CampaignDefinition.parse(filled(series));
      expect(findFaults(definition, new Date()).filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(unreachable(series)).toEqual([]);
      expect(JSON.stringify(series)).not.toMatch(/"(x|y|position)"/);
    }), { seed: 7, numRuns: 200 });
  });

  test('undo gives back each state exactly, redo goes forward through the same ones', () => {
    fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 25 }), (edits) => {
      const port: Port<Series, never> = { save: () => new Promise(() => {}), keep: () => {}, later: () => () => {} };
      const store = new DraftStore<Series, never>(port, { revision: 1, document: EMPTY });
      const states = [JSON.stringify(EMPTY)];
      for (const next of edits) {
        store.change((now) => apply(now, next));
        const now = JSON.stringify(store.read().document);
        if (now !== states.at(-1)) states.push(now);
      }
      for (const state of states.toReversed()) {
        while (JSON.stringify(store.read().document) !== state && store.read().canUndo) store.undo();
        expect(JSON.stringify(store.read().document)).toBe(state);
      }
      while (store.read().canUndo) store.undo();
      expect(JSON.stringify(store.read().document)).toBe(states[0]);
      while (store.read().canRedo) store.redo();
      expect(JSON.stringify(store.read().document)).toBe(states.at(-1));
    }), { seed: 7, numRuns: 60 });
  });

  test('the outline has every step once, and each "+" of it stands on ways that lead to one place', () => {
    fc.assert(fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      const series = edits.reduce(apply, EMPTY as Series);
      const { line, loose } = outlineOf(series);
      const items = itemsIn(line);
      expect(items.map(({ step }) => step.id).toSorted()).toEqual((series.steps ?? []).map(({ id }) => id).toSorted());
      expect(loose).toEqual([]);
      for (const { before, step } of items) expect(new Set(before.map(({ to }) => to))).toEqual(new Set([step.id]));
      for (const { after } of items) expect(new Set(after.map(({ to }) => to)).size).toBeLessThanOrEqual(1);
    }), { seed: 7, numRuns: 100 });
  });

  test('the picture puts nothing on top of another, later steps below earlier ones, and arms from left to right as written', () => {
    fc.assert(fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      const series = edits.reduce(apply, EMPTY as Series);
      const { boxes } = layoutOf(outlineOf(series));
      const placed = [...boxes.values()];
      for (const [index, a] of placed.entries()) for (const b of placed.slice(index + 1)) expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
      for (const { from, to } of (series.steps ?? []).flatMap((step) => waysOf(step))) if (to !== null && from !== null) expect(boxes.get(from)!.y).toBeLessThan(boxes.get(to)!.y);
      for (const item of itemsIn(outlineOf(series).line)) {
        const lefts = item.arms.flatMap(({ line }) => (line.items[0] ? [boxes.get(line.items[0].step.id)!.x] : []));
        expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
      }
    }), { seed: 7, numRuns: 100 });
  });
});

const wait = (id: string, next: string | null): Step => ({ id, type: 'wait', for: { days: 1 }, next });
const shape = (series: Series) => Object.fromEntries([['start', startOf(series).to], ...(series.steps ?? []).map((step) => [step.id, waysOf(step).map(({ to }) => to).join(' ')])]);
/** a → ? (b → c | d) → e */
const DIAMOND: Series = { type: 'series', start: 'a', steps: [wait('a', '?'), { id: '?', type: 'split', arms: [{ key: 'A', weight: 1, next: 'b' }, { key: 'B', weight: 1, next: 'd' }] }, wait('b', 'c'), wait('c', 'e'), wait('d', 'e'), wait('e', null)] };

describe('one edit', () => {
  test('a step joins its neighbours when it goes; a split keeps one way or none', () => {
    expect(shape(remove(DIAMOND, 'c'))).toEqual({ start: 'a', a: '?', '?': 'b d', b: 'e', d: 'e', e: '' });
    expect(shape(remove(DIAMOND, '?', 0))).toEqual({ start: 'a', a: 'b', b: 'c', c: 'e', e: '' });
    expect(shape(remove(DIAMOND, '?', 1))).toEqual({ start: 'a', a: 'd', d: 'e', e: '' });
    expect(shape(remove(DIAMOND, '?', null))).toEqual({ start: 'a', a: 'e', e: '' });
    expect([lostBy(DIAMOND, '?', 0), lostBy(DIAMOND, '?', 1), lostBy(DIAMOND, '?', null), lostBy(DIAMOND, 'c', null)]).toEqual([1, 2, 3, 0]);
    expect(shape(remove(DIAMOND, 'a'))).toMatchObject({ start: '?' });
  });

  test('a new branch meets again by itself, also where the run ends', () => {
    const one: Series = { type: 'series', start: 'a', steps: [wait('a', 'b'), wait('b', null)] };
    const branched = insert(one, waysTo(one, 'b'), newStep('branch', 'x'));
    expect(shape(branched)).toEqual({ start: 'a', a: 'x', x: 'b b', b: '' });
    const ended = insert(one, outlineOf(one).line.tail, newStep('branch', 'x'));
    const { line } = outlineOf(ended);
    expect(line.tail.map(({ path }) => path)).toEqual(['branches.0.next', 'otherwise']);
    expect(shape(insert(ended, line.tail, wait('z', null)))).toEqual({ start: 'a', a: 'b', b: 'x', x: 'z z', z: '' });
  });

  test('moves within a line, out of an arm, past a whole split, and not where there is nothing', () => {
    expect(shape(move(DIAMOND, 'c', 'up'))).toMatchObject({ '?': 'c d', c: 'b', b: 'e' });
    expect(shape(move(DIAMOND, 'b', 'down'))).toMatchObject({ '?': 'c d', c: 'b', b: 'e' });
    expect(shape(move(DIAMOND, 'b', 'up'))).toMatchObject({ a: 'b', b: '?', '?': 'c d' });
    expect(shape(move(DIAMOND, 'c', 'down'))).toMatchObject({ b: 'c', d: 'c', c: 'e' });
    expect(shape(move(DIAMOND, 'd', 'down'))).toMatchObject({ '?': 'b d', c: 'd', d: 'e' });
    expect(shape(move(DIAMOND, 'a', 'down'))).toMatchObject({ start: '?', c: 'a', d: 'a', a: 'e' });
    expect(shape(move(DIAMOND, '?', 'down'))).toMatchObject({ a: 'e', e: '?', b: 'c', c: '', d: '' });
    expect(shape(move(DIAMOND, 'e', 'up'))).toMatchObject({ a: 'e', e: '?', c: '', d: '' });
    expect(move(DIAMOND, 'a', 'up')).toBe(DIAMOND);
    expect(move(DIAMOND, 'e', 'down')).toBe(DIAMOND);
  });

  test('an exit goes only where it cuts nothing off', () => {
    expect(canExitOn(DIAMOND, waysTo(DIAMOND, 'c'))).toBe(false);
    expect(canExitOn(DIAMOND, [waysOf(DIAMOND.steps![4]!)[0]!])).toBe(true);
    expect(canExitOn(DIAMOND, outlineOf(DIAMOND).line.tail)).toBe(true);
  });

  test('what programs write in other ways is shown whole: ways into another arm, ends that are not there, loops, loose steps', () => {
    const cross: Series = { ...DIAMOND, steps: DIAMOND.steps!.map((step) => (step.id === 'd' ? wait('d', 'c') : step)) };
    const { line } = outlineOf(cross);
    expect(itemsIn(line).map(({ step }) => step.id)).toEqual(['a', '?', 'b', 'd', 'c', 'e']);
    const skip: Series = { ...DIAMOND, steps: [{ id: '!', type: 'wait_until', condition: null, timeout: { days: 1 }, next: 'c', onTimeout: 'a' }, ...DIAMOND.steps!], start: '!' };
    const jump = findItem(outlineOf(skip).line, 'b')!.line;
    expect({ jump: jump.jump, tail: jump.tail.map(({ from }) => from) }).toEqual({ jump: 'c', tail: ['b'] });
    expect(move(skip, 'b', 'down')).toBe(skip);
    expect(outlineOf({ ...DIAMOND, start: 'nowhere' }).loose).toHaveLength(6);
    const loop: Series = { type: 'series', start: 'a', steps: [wait('a', 'b'), wait('b', 'a')] };
    expect({ loops: walk(loop).loops, items: itemsIn(outlineOf(loop).line).length, joins: joins(loop).size }).toEqual({ loops: true, items: 2, joins: 2 });
    expect(outlineOf({ type: 'series', start: 'a', steps: [wait('a', 'gone')] }).line.tail).toEqual([{ from: 'a', path: 'next', to: null }]);
    expect(seriesOf({ type: 'series', steps: [null, { id: 'm', type: 'message' }] } as never).steps).toEqual([{ id: 'm', type: 'message', variants: [] }]);
  });

  test('ids are never given twice, not even those of steps that are gone', () => {
    const series = insert(EMPTY, [startOf(EMPTY)], newStep('email', 'email-1'));
    expect([freeId(series, 'email'), freeId(series, 'email', ['email-2', 'email-3']), freeId(series, 'in_app')]).toEqual(['email-2', 'email-4', 'in-app-1']);
  });

  test('500 steps in a row are read without running out of stack', () => {
    const steps = Array.from({ length: 500 }, (_, index) => wait(`w${index}`, index < 499 ? `w${index + 1}` : null));
    expect(outlineOf({ type: 'series', start: 'w0', steps }).line.items).toHaveLength(500);
  });
});
