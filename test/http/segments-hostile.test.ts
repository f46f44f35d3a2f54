import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newPerson, storePeople } from '../support/segment-world.js';

let app: TestApp;
const now = new Date();
const someone = newPerson({ lastSeenAt: now, attributes: { plan: 'pro' } });
beforeAll(async () => {
  app = await startTestApp();
  await storePeople(app.db, [someone]);
});
afterAll(() => app.close());

const isPro: SegmentNode = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
const within = (node: unknown) => ({ definition: { type: 'all', of: [isPro, node] } });
const PLACE = 'definition.of.1';

test.each<{ name: string; node: unknown; path: string; says: string }>([
  { name: 'a type nobody knows', node: { type: 'evnt' }, path: '.type', says: "Expected 'all' | 'any' | 'not' | 'segment' | 'attribute' | 'event'" },
  { name: 'no type', node: {}, path: '.type', says: "Expected 'all'" },
  { name: 'no object', node: 5, path: '', says: 'expected object, received number' },
  { name: 'no operator', node: { type: 'attribute', key: 'plan' }, path: '.op', says: 'is missing: expected string' },
  { name: 'an unknown key', node: { ...isPro, values: ['x'] }, path: '', says: 'has no "values". Known: type, key, op, value, zone.' },
  { name: 'a value of no kind', node: { ...isPro, value: null }, path: '.value', says: 'must be a text, a number, true or false, a list of texts and numbers, or a duration' },
  { name: 'a value that is too long', node: { ...isPro, value: 'x'.repeat(1_000_000) }, path: '.value', says: '1000 characters' },
  { name: 'a name that is too long', node: { ...isPro, key: 'x'.repeat(1_000_000) }, path: '.key', says: '200 characters' },
  { name: 'nothing to choose from', node: { type: 'any', of: [] }, path: '.of', says: 'Too small' },
  { name: 'a duration that is none', node: { type: 'attribute', key: 'd', op: 'within_last', value: { fortnights: 1 } }, path: '.value', says: 'has no "fortnights". Known: weeks, days, hours, minutes, seconds.' },
  { name: 'a part of a day', node: { type: 'attribute', key: 'd', op: 'within_last', value: { days: 1.5 } }, path: '.value', says: 'must be a duration of whole numbers, for example {"days": 1, "hours": 12}' },
  { name: 'too many values', node: { type: 'attribute', key: 'plan', op: 'in_list', value: Array.from({ length: 1001 }, (_, index) => `v${index}`) }, path: '.value', says: 'has 1001 items; 1000 are allowed' },
  { name: 'a list of something else', node: { type: 'attribute', key: 'plan', op: 'in_list', value: ['pro', true] }, path: '.value', says: 'must be a list of texts (of up to 1000 characters) and numbers' },
  { name: 'an id that is none', node: { type: 'segment', op: 'in', segmentId: 'paying' }, path: '.segmentId', says: 'must be an id such as' },
  { name: 'a count as text', node: { type: 'event', event: 'login', count: { op: 'at_least', value: '3' } }, path: '.count.value', says: 'expected number, received string' },
  { name: 'a count of no kind', node: { type: 'event', event: 'login', count: { op: 'around', value: 3 } }, path: '.count.op', says: 'expected one of "at_least"' },
])('$name is refused at its place, with what would be right', async ({ node, path, says }) => {
  for (const route of ['preview', 'estimate']) {
    const { status, body } = await app.api('POST', `/v1/segments/${route}`, within(node));
    expect([status, body.code, body.problems[0].path]).toEqual([400, 'request.invalid', `${PLACE}${path}`]);
    expect(body.message).toContain(says);
  }
});

test.each<{ name: string; node: unknown; path: string; says: string }>([
  { name: 'an operator nobody knows', node: { ...isPro, op: 'equals' }, path: '.op', says: 'There is no operator "equals". Known: exists' },
  { name: 'a number as text', node: { type: 'attribute', key: 'age', op: 'gt', value: '18' }, path: '.value', says: '"gt" needs a number, for example 10.' },
  { name: 'a text where none belongs', node: { type: 'attribute', key: 'age', op: 'exists', value: 'x' }, path: '.value', says: 'takes no value' },
  { name: 'a built-in attribute nobody knows', node: { type: 'attribute', key: '$emial', op: 'exists' }, path: '.key', says: 'There is no built-in attribute "$emial". Known: $email' },
  { name: 'a day that does not exist', node: { type: 'attribute', key: 'd', op: 'on', value: '2026-02-31' }, path: '.value', says: 'needs a day' },
])('$name is a problem of the definition, in a preview and on saving', async ({ node, path, says }) => {
  const preview = await app.api('POST', '/v1/segments/preview', within(node));
  expect([preview.status, preview.body.valid, preview.body.problems[0].path]).toEqual([200, false, `of.1${path}`]);
  expect(preview.body.problems[0].message).toContain(says);
  const saved = await app.api('POST', '/v1/segments', { name: 'x', ...within(node) });
  expect([saved.status, saved.body.problems[0].path]).toEqual([400, `${PLACE}${path}`]);
});

const wide = (count: number, leaf: (index: number) => SegmentNode): SegmentNode => ({
  type: 'any', of: Array.from({ length: Math.ceil(count / 100) }, (_, group) => ({ type: 'all', of: Array.from({ length: Math.min(100, count - group * 100) }, (__, index) => leaf(group * 100 + index)) })),
});
const nots = (depth: number): string => `${'{"type":"not","of":'.repeat(depth)}${JSON.stringify(isPro)}${'}'.repeat(depth)}`;
const SQL = `'); drop table person; --`;

test.each<{ name: string; definition: unknown; status: number }>([
  { name: '10,000 nodes', definition: { type: 'any', of: Array.from({ length: 100 }, () => ({ type: 'all', of: Array.from({ length: 100 }, () => isPro) })) }, status: 400 },
  { name: 'as many nodes as are allowed', definition: wide(980, (index) => ({ type: 'attribute', key: `k${index}`, op: 'contains', value: `v${index}` })), status: 200 },
  { name: 'hundreds of different events', definition: wide(300, (index) => ({ type: 'event', event: `e${index}`, count: { op: 'at_least', value: 2 }, within: { days: 1 + (index % 300) } })), status: 503 },
  { name: 'more values than a statement holds', definition: wide(900, (index) => ({ type: 'event', event: `e${index}`, count: { op: 'at_least', value: 1 }, where: Array.from({ length: 20 }, (_, at) => ({ property: `p${index} ${at}`, op: 'is', value: `${index} ${at}` })) })), status: 200 },
  { name: '39 levels', definition: JSON.parse(nots(39)), status: 200 },
  { name: 'SQL in every text', definition: { type: 'all', of: [{ type: 'attribute', key: SQL, op: 'is', value: SQL }, { type: 'attribute', key: `a.${SQL}.b`, op: 'in_list', value: [SQL] }, { type: 'tag', op: 'has', tag: SQL }, { type: 'event', event: SQL, count: { op: 'at_least', value: 1 }, where: [{ property: SQL, op: 'starts_with', value: SQL }] }] }, status: 200 },
  { name: 'a zero byte', definition: { ...isPro, value: 'a\0b' }, status: 400 },
  { name: 'half a character', definition: { type: 'tag', op: 'has', tag: '\ud800' }, status: 400 },
  { name: 'a number beyond numbers', definition: { type: 'attribute', key: 'n', op: 'gt', value: 1e308 }, status: 200 },
  { name: 'a path of dots', definition: { type: 'attribute', key: '.'.repeat(200), op: 'exists' }, status: 200 },
])('$name: answered or refused, never a failure of ours', async ({ definition, status }) => {
  for (const route of ['preview', 'estimate']) {
    const answer = await app.api('POST', `/v1/segments/${route}`, { definition });
    // A busy machine may not plan the largest ones in time; then it says so.
    if (status === 503 && answer.status === 503) expect(answer.body.code).toBe('segment.too-slow');
    else expect([route, answer.status]).toEqual([route, status === 503 ? 200 : status]);
  }
  const made = await app.api('POST', '/v1/segments', { name: `hostile ${Math.random()}`, definition });
  expect(made.status).toBeLessThan(500);
  if (made.status !== 201) return;
  await app.runner.runUntilIdle();
  const { body } = await app.api('GET', `/v1/segments/${made.body.id}`);
  expect([body.state, body.problem]).toEqual(['live', null]);
  expect((await app.api('GET', `/v1/segments/${made.body.id}/explain?personId=${someone.id}`)).status).toBe(200);
}, 600_000);

test.each([
  { name: '5,000 levels', definition: nots(5_000), says: 'The definition is nested more than 40 deep.' },
  { name: 'the prototype as a key', definition: '{"type":"tag","op":"has","tag":"x","__proto__":{"of":[]}}', says: 'Body is not valid JSON' },
  { name: 'the constructor as a key', definition: '{"type":"tag","op":"has","tag":"x","constructor":{"prototype":{}}}', says: 'Body is not valid JSON' },
])('$name: refused before anything reads it', async ({ definition, says }) => {
  const answer = await fetch(`${app.url}/v1/segments/preview`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' }, body: `{"definition":${definition}}` });
  expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([400, expect.stringContaining(says)]);
});
