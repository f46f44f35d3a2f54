import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placesOf } from '../../src/segments/domain/explain.js';
import { proposalsFor, timesMore } from '../../src/segments/domain/flips/proposals.js';
import { searchFlips } from '../../src/segments/domain/flips/search.js';
import type { Change } from '../../src/segments/domain/flips/change.js';
import type { Leaf, Resolved } from '../../src/segments/domain/resolved.js';

const when = { now: new Date('2026-03-02T09:00:00Z'), zone: 'Asia/Seoul' };

/** Trees over tags t0 … t5: each is a fact of its own, so that what a tree says follows from the set of tags alone. */
const tree: fc.Arbitrary<Resolved> = fc.letrec<{ node: Resolved }>((tie) => ({
  node: fc.oneof({ maxDepth: 3, depthSize: 'medium' },
    fc.record({ type: fc.constant('tag' as const), op: fc.constantFrom('has' as const, 'has_not' as const), tag: fc.nat({ max: 5 }).map((n) => `t${n}`) }) as fc.Arbitrary<Resolved>,
    fc.record({ type: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: fc.constant('not' as const), of: tie('node') })),
})).node;

function holds(node: Resolved, tags: ReadonlySet<string>): boolean {
  switch (node.type) {
    case 'all': return node.of.every((child) => holds(child, tags));
    case 'any': return node.of.some((child) => holds(child, tags));
    case 'not': return !holds(node.of, tags);
    case 'tag': return tags.has(node.tag) === (node.op === 'has');
    default: throw new Error(node.type);
  }
}

const TAGS = ['t0', 't1', 't2', 't3', 't4', 't5'];
const turned = (tags: ReadonlySet<string>, mask: number): Set<string> => new Set(TAGS.filter((tag, index) => tags.has(tag) !== ((mask & (1 << index)) !== 0)));
const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

test('what is found is the least there is: as few tags as trying every set of them finds', async () => {
  const seen = new Map<number, number>();
  await fc.assert(fc.asyncProperty(tree, fc.uniqueArray(fc.constantFrom(...TAGS)), fc.boolean(), async (root, given, wanted) => {
    const tags = new Set(given);
    const places = placesOf(root);
    if (holds(root, tags) === wanted) return;
    const least = Math.min(...Array.from({ length: 64 }, (_, mask) => mask).filter((mask) => holds(root, turned(tags, mask)) === wanted).map(bits));
    const evaluate = async (changes: readonly Change[]) => {
      const after = new Set(tags);
      for (const change of changes) if (change.kind === 'tag') after[change.set ? 'add' : 'delete'](change.tag);
      return { truths: places.map(({ node }) => holds(node, after)), compared: null };
    };
    const found = await searchFlips(places, evaluate, { wanted, when, tries: 300 });
    seen.set(least, (seen.get(least) ?? 0) + 1);
    expect({ root, tags: given, wanted, found: found?.changes.length ?? Infinity }).toEqual({ root, tags: given, wanted, found: least });
  }), { seed: 8, numRuns: Number(process.env.EXPLAIN_RUNS ?? 2_000) });
  expect((seen.get(2) ?? 0) > 20 && (seen.get(Infinity) ?? 0) > 20).toBe(true);
});

test.each<[string, Leaf, boolean, unknown, unknown]>([
  ['how often more', { type: 'event', event: 'e', count: { op: 'between', value: 3, to: 5 } }, true, 1, [[{ kind: 'event', name: 'e', properties: {}, times: 2 }]]],
  ['more is no way to less', { type: 'event', event: 'e', count: { op: 'at_most', value: 1 } }, true, 3, []],
  ['more ends what was at most', { type: 'event', event: 'e', count: { op: 'at_most', value: 4 } }, false, 3, [[{ kind: 'event', name: 'e', properties: {}, times: 2 }]]],
  ['properties that pass the filters', { type: 'event', event: 'e', where: [{ property: 'plan', op: 'in_list', value: ['pro', 'team'] }, { property: 'price', op: 'gt', value: 9 }, { property: 'x', op: 'not_exists' }], count: { op: 'at_least', value: 1 } }, true, 0, [[{ kind: 'event', name: 'e', properties: { plan: 'pro', price: 10 }, times: 1 }]]],
  ['a pattern cannot be made up', { type: 'event', event: 'e', where: [{ property: 'p', op: 'matches', value: '^a' }], count: { op: 'at_least', value: 1 } }, true, 0, []],
  ['what a sum lacks', { type: 'event_value', event: 'e', measure: 'sum', property: 'p', op: 'at_least', value: 30 }, true, { value: 12, counted: 2 }, [[{ kind: 'event', name: 'e', properties: { p: 18 }, times: 1 }], [{ kind: 'event', name: 'e', properties: { p: 19 }, times: 1 }], [{ kind: 'event', name: 'e', properties: { p: 18 }, times: 1 }], [{ kind: 'event', name: 'e', properties: { p: 19 }, times: 1 }]]],
  ['the last steps of an order', { type: 'sequence', steps: [{ event: 'a' }, { event: 'b' }] }, true, null, [[{ kind: 'event', name: 'b', properties: {}, times: 1 }], [{ kind: 'event', name: 'a', properties: {}, times: 1 }, { kind: 'event', name: 'b', properties: {}, times: 1 }]]],
  ['a page that a glob names', { type: 'page', measure: 'views', op: 'at_least', value: 1, url: [{ match: 'glob', pattern: '/pricing/**' }] }, true, 0, [[{ kind: 'event', name: '$page', properties: { url: 'https://example.com/pricing' }, times: 1 }]]],
  ['nobody sets when they were first seen', { type: 'attribute', key: '$first_seen_at', op: 'older_than', value: { days: 3 } }, true, null, []],
  ['the e-mail address by its attribute', { type: 'attribute', key: '$email', op: 'exists' }, true, null, [[{ kind: 'attribute', key: 'email', value: 'name@example.com' }]]],
  ['a day whose anniversary is today', { type: 'attribute', key: 'born', op: 'anniversary', value: 0 }, true, null, [[{ kind: 'attribute', key: 'born', value: '2025-03-02' }]]],
  ['an hour of the person', { type: 'attribute', key: 'at', op: 'hour_between', value: [22, 6] }, true, null, [[{ kind: 'attribute', key: 'at', value: '2026-03-02T13:00:00.000Z' }]]],
  ['what campaigns did cannot be done by hand', { type: 'engagement', kind: 'clicked' }, true, 0, []],
])('%s', (_, leaf, wanted, compared, expected) => {
  expect(proposalsFor(leaf, wanted, compared, when)).toEqual(expected);
});

test('more of it never helps beyond what anybody would do', () => {
  expect(timesMore({ op: 'at_least', value: 5_000 }, true, 0)).toBeNull();
});
