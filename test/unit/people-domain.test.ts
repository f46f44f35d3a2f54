import { expect, test } from '@jest/globals';
import { foldAttributes, type AttributeWrite, type Head } from '../../src/people/domain/attribute-fold.js';
import type { JsonValue } from '../../src/people/domain/json.js';
import { deriveColumns, isoInstant, personDates } from '../../src/people/domain/derived.js';
import { emailProblem } from '../../src/people/domain/email-address.js';
import { planIdentities, type IdentityStep, type KnownPeople } from '../../src/people/domain/identity-plan.js';
import { personIdProblem } from '../../src/people/domain/person-ids.js';
import fc from '../support/fast-check.js';

/** Folds batches one after the other, keeping of each what the database would give back as heads. */
function foldInBatches(batches: AttributeWrite[][]): Map<string, unknown> {
  const history = new Map<string, Head>();
  for (const batch of batches) {
    const best = new Map<string, Head>();
    for (const row of history.values()) {
      const head = best.get(row.key);
      if (!head || row.lastAt > head.lastAt || (row.lastAt.getTime() === head.lastAt.getTime() && row.id > head.id)) best.set(row.key, row);
    }
    const fold = foldAttributes([...best.values()].map((head) => ({ ...head })), batch);
    for (const row of [...fold.inserted, ...fold.confirmed]) history.set(row.id, { ...row, own: true });
  }
  const current = new Map<string, Head>();
  for (const row of history.values()) {
    const head = current.get(row.key);
    if (!head || row.lastAt > head.lastAt) current.set(row.key, row);
  }
  return new Map([...current].filter(([, head]) => head.value !== null).map(([key, head]) => [key, head.value]));
}

const writes = fc.uniqueArray(fc.record({ minute: fc.integer({ min: 0, max: 500 }), key: fc.constantFrom('plan', '이름'), value: fc.constantFrom('a', 'b', 3, null) }), { selector: (one) => `${one.key} ${one.minute}`, minLength: 1, maxLength: 12 });

test('the order of arrival, and how writes are cut into batches, do not change the final attributes', () => {
  fc.assert(fc.property(writes, fc.infiniteStream(fc.integer({ min: 0, max: 1_000 })), fc.integer({ min: 1, max: 5 }), (list, random, size) => {
    const all: AttributeWrite[] = list.map((one, index) => ({ personId: 'p', key: one.key, value: one.value, at: new Date(one.minute * 60_000), id: String(index).padStart(4, '0'), write: index }));
    const arrival = all.map((one) => ({ one, order: random.next().value as number })).toSorted((a, b) => a.order - b.order).map(({ one }) => one);
    const batches: AttributeWrite[][] = [];
    for (let from = 0; from < arrival.length; from += size) batches.push(arrival.slice(from, from + size));
    const latest = new Map(all.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((one) => [one.key, one.value]));
    const expected = new Map([...latest].filter(([, value]) => value !== null));
    expect(Object.fromEntries(foldInBatches(batches))).toEqual(Object.fromEntries(expected));
  }), { numRuns: 500 });
});

test('a value said again extends its row; a different one in between at an earlier time does not win', () => {
  const head: Head = { personId: 'p', key: 'plan', value: 'a', at: new Date(1_000), lastAt: new Date(1_000), id: '1', own: true };
  const again = foldAttributes([head], [{ personId: 'p', key: 'plan', value: 'a', at: new Date(9_000), id: '2', write: 0 }, { personId: 'p', key: 'plan', value: 'b', at: new Date(5_000), id: '3', write: 1 }]);
  expect(again.confirmed).toEqual([expect.objectContaining({ id: '1', at: new Date(1_000), lastAt: new Date(9_000) })]);
  expect(again.inserted).toEqual([expect.objectContaining({ id: '3', value: 'b' })]);
  expect([again.current.size, again.effective.size]).toEqual([0, 0]);
});

const nobody: KnownPeople = { identities: [], people: [] };
const visitor: KnownPeople = { identities: [{ kind: 'anonymous_id', value: 'a1', personId: 'V' }], people: [{ id: 'V', externalId: null, kind: 'visitor' }] };
const user: KnownPeople = { identities: [{ kind: 'user_id', value: 'u1', personId: 'U' }], people: [{ id: 'U', externalId: 'u1', kind: 'user' }] };
const other: KnownPeople = { identities: [{ kind: 'user_id', value: 'u2', personId: 'W' }], people: [{ id: 'W', externalId: 'u2', kind: 'user' }] };
const both: KnownPeople = { identities: [...visitor.identities, ...user.identities], people: [...visitor.people, ...user.people] };
const twoUsers: KnownPeople = { identities: [...user.identities, ...other.identities, { kind: 'anonymous_id', value: 'a1', personId: 'W' }], people: [...user.people, ...other.people] };
const identify: IdentityStep = { ref: { userId: 'u1', anonymousId: 'a1' } };

test.each<[string, IdentityStep[], KnownPeople, { persons: string[]; created?: number; promoted?: number; merges?: object[]; conflicts?: string[] }]>([
  ['a new visitor', [{ ref: { anonymousId: 'a1' } }], nobody, { persons: ['n1'], created: 1 }],
  ['a visitor who signs up becomes the user', [identify], visitor, { persons: ['V'], promoted: 1 }],
  ['a visitor who signs in is joined to the user', [identify], both, { persons: ['U'], merges: [{ from: 'V', into: 'U' }] }],
  ['a visitor seen and identified in one batch is one person from the start', [{ ref: { anonymousId: 'a1' } }, identify, { ref: { anonymousId: 'a1' } }], user, { persons: ['U', 'U', 'U'] }],
  ['a second user on a shared device is a conflict', [identify], twoUsers, { persons: ['U'], conflicts: ['anonymous_id'] }],
  ['alias of an anonymous id joins', [{ ref: { userId: 'u1' }, previousId: 'a1' }], both, { persons: ['U'], merges: [{ from: 'V', into: 'U' }] }],
  ['alias to the same id does nothing', [{ ref: { userId: 'u1' }, previousId: 'u1' }], user, { persons: ['U'] }],
  ['alias of two identified users is refused', [{ ref: { userId: 'u1' }, previousId: 'u2' }], twoUsers, { persons: ['U'], conflicts: ['alias'] }],
  ['alias of an id nobody knows links it', [{ ref: { userId: 'u1' }, previousId: 'never' }, { ref: { anonymousId: 'never' } }], user, { persons: ['U', 'U'] }],
])('%s', (_, steps, known, expected) => {
  let count = 0;
  const plan = planIdentities(steps, known, () => `n${(count += 1)}`);
  expect(plan.persons).toEqual(expected.persons);
  expect([plan.created.length, plan.promoted.length, plan.merges, plan.conflicts.map(({ kind }) => kind)]).toEqual([expected.created ?? 0, expected.promoted ?? 0, expected.merges ?? [], expected.conflicts ?? []]);
});

test('any mix of messages leaves every anonymous id with one person and every user with one person', () => {
  const step = fc.record({ user: fc.option(fc.constantFrom('u1', 'u2', 'u3')), anonymous: fc.constantFrom('a1', 'a2', 'a3') }).map(({ user: userId, anonymous: anonymousId }): IdentityStep => ({ ref: userId === null ? { anonymousId } : { userId, anonymousId } }));
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    let count = 0;
    const plan = planIdentities(steps, nobody, () => `n${(count += 1)}`);
    const ofUser = new Map<string, string>();
    steps.forEach(({ ref }, index) => {
      const id = 'userId' in ref ? ref.userId : undefined;
      if (id === undefined) return;
      expect(ofUser.get(id) ?? plan.persons[index]).toBe(plan.persons[index]);
      ofUser.set(id, plan.persons[index]!);
    });
    expect(new Set(ofUser.values()).size).toBe(ofUser.size);
    expect(new Set(plan.links.map(({ personId }) => personId))).toEqual(new Set(plan.created.map(({ id }) => id)));
    expect(plan.merges).toEqual([]);
  }));
});

test.each(['', 'undefined', 'NULL', ' nil ', 'none', 'NaN', 'true', 'false', '0', '-1', '[object Object]', 'anonymous', 'Guest', 'distinct_id', 'userId', 'user_id', 'id', 'not_authenticated', 'x'.repeat(257)])('"%s" is no id', (id) => expect(personIdProblem(id)).not.toBeNull());
test.each(['1', 'kim@example.kr', '사용자-1', '00', 'x'.repeat(256)])('"%s" is an id', (id) => expect(personIdProblem(id)).toBeNull());

test.each([['kim@example.kr', true], ['김@예시.한국', true], ["o'neil+tag@sub.example.com", true], ['a@b@c', false], ['a@x.kr\r\nBcc: b', false], ['a@x.kr, b@x.kr', false], ['Kim <a@x.kr>', false], ['a\u2028@x.kr', false], ['@x.kr', false], ['a@', false]])('e-mail %j is fine: %s', (text, fine) => expect(emailProblem(text) === null).toBe(fine));

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'], ['2026-03-01T10:00:00+09:00', '2026-03-01T01:00:00.000Z'], ['2026-03-01 10:00', '2026-03-01T10:00:00.000Z'], ['2026-03-01T10:00:00.123456Z', '2026-03-01T10:00:00.123Z'], ['2026-03-01T10:00:00+09', '2026-03-01T01:00:00.000Z'],
  ['2026-02-31', null], ['2026-13-01', null], ['20260301', null], ['tomorrow', null], [20260301, null],
])('%j names the instant %s', (value, expected) => expect(isoInstant(value)?.toISOString() ?? null).toBe(expected));

test('columns take the first usable attribute', () => {
  expect(deriveColumns({ timezone: 'Mars/Base', timeZone: 'Asia/Seoul', locale: 'ko_kr', createdAt: 1_767_225_600, created_at: '2020-01-01' })).toEqual({ email: null, timeZone: 'Asia/Seoul', language: 'ko-KR', signedUpAt: new Date('2026-01-01T00:00:00Z') });
});

const at = '2026-03-01T10:00:00Z';
test.each<[string, Record<string, JsonValue>, string[]]>([
  ['dates in objects by their path', { plan: { renews_at: at, name: 'pro', trial: { ends: at } }, born: at }, ['plan.renews_at', 'plan.trial.ends', 'born']],
  ['five names deep and no deeper', { a: { b: { c: { d: { e: at, f: { g: at } } } } } }, ['a.b.c.d.e']],
  ['nothing in lists', { plans: [{ until: at }, at] }, []],
  ['an attribute called like a path hides the path', { 'plan.until': 'never', plan: { until: at } }, []],
  ['an attribute called like a path may be a date', { 'plan.until': at, plan: { until: 'never' } }, ['plan.until']],
  ['names with dots are no steps', { 'a.b': { c: at }, a: { 'b.c': at } }, []],
  ['built-in names are not taken', { $plan: { until: at }, $day: at }, []],
  ['paths too long to name are left out', { a: { ['b'.repeat(198)]: at, ['c'.repeat(199)]: at } }, [`a.${'b'.repeat(198)}`]],
  ['fifty in order of path, besides those that are attributes', { a: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [String(99 - n), at])), z: at }, ['z', ...Array.from({ length: 50 }, (_, n) => `a.${40 + n}`)]],
])('dates of a person: %s', (_, attributes, keys) => {
  expect([...personDates(attributes, null).keys()].toSorted()).toEqual(keys.toSorted());
});
