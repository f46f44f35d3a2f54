import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { BuildWorker } from '../../src/segments/jobs/build.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
let other: TestApp;
const LIST = newId();
const isPro = { type: 'attribute', key: 'plan', op: 'is', value: 'pro' };
beforeAll(async () => {
  [app, other] = [await startTestApp(), await startTestApp()];
  for (const one of [app, other]) {
    one.runner.wake = () => undefined;
    await rows(one.db, `insert into list (id, name, created_by, created_at, updated_at) values ($1, '봄 행사', 'test', now(), now())`, [one === app ? LIST : newId()]);
  }
});
afterAll(async () => { await app.close(); await other.close(); });

const settle = async (one: TestApp) => { while ((await one.nest.get(BuildWorker, { strict: false }).runOnce()).done > 0); };
async function fileOf(one: TestApp, path = 'file'): Promise<string> {
  const answer = await fetch(`${one.url}/v1/segments/${path}`, { headers: { authorization: `Bearer ${one.key}` } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  return answer.text();
}
const send = (one: TestApp, body: unknown, dryRun = false) => one.api('POST', `/v1/segments/file?dryRun=${dryRun}`, body);
const file = (...segments: unknown[]) => ({ format: 'danbi.segments/1', segments });

test('a file goes round byte for byte, here and in another installation', async () => {
  expect(await fileOf(app)).toBe('{\n  "format": "danbi.segments/1",\n  "segments": []\n}\n');
  const inner = (await app.api('POST', '/v1/segments', { name: '유료', definition: isPro })).body;
  await app.api('POST', '/v1/segments', { name: 'Engaged', description: 'Who still comes', definition: { of: [{ segmentId: inner.id, type: 'segment', op: 'in' }, { op: 'not_in', listId: LIST, type: 'list' }, { count: { value: 2, op: 'at_least' }, type: 'event', event: 'login', within: { days: 30 } }], type: 'all' } });
  await settle(app);
  const text = await fileOf(app);
  expect(JSON.parse(text).segments[0]).toEqual({
    name: 'Engaged', description: 'Who still comes',
    definition: { type: 'all', of: [{ type: 'segment', op: 'in', segment: '유료' }, { type: 'list', list: '봄 행사', op: 'not_in' }, { type: 'event', count: { op: 'at_least', value: 2 }, event: 'login', within: { days: 30 } }] },
  });
  const again = await send(app, JSON.parse(text));
  expect([again.status, again.body.segments.map(({ action }: { action: string }) => action)]).toEqual([200, ['unchanged', 'unchanged']]);
  expect(await fileOf(app)).toBe(text);
  const there = await send(other, JSON.parse(text));
  expect(there.body).toMatchObject({ applied: true, valid: true, problems: [], segments: [{ name: 'Engaged', action: 'create', note: null }, { name: '유료', action: 'create' }] });
  expect(await fileOf(other)).toBe(text);
  await settle(other);
  expect((await other.api('GET', '/v1/segments')).body.items.map(({ state }: { state: string }) => state)).toEqual(['live', 'live']);
  expect(JSON.parse(await fileOf(app, `${inner.id}/file`))).toEqual(file({ name: '유료', description: '', definition: isPro }));
});

test('a dry run says what would happen and changes nothing; then it happens', async () => {
  const before = await fileOf(app);
  const team = { ...isPro, value: 'team' };
  const change = file({ name: 'New', definition: { type: 'segment', op: 'in', segment: 'ENGAGED' } }, { name: '유료', description: '', definition: team }, { name: 'Engaged', description: 'Other words', definition: JSON.parse(before).segments[0].definition });
  const plan = await send(app, change, true);
  expect(plan.body).toMatchObject({
    applied: false, valid: true, segments: [
      { name: 'New', action: 'create', sentenceBefore: null, sentence: { en: 'People where they are in the segment “Engaged”.' } },
      { name: '유료', action: 'update', note: 'The definition changes: members are collected anew, and the present ones stay until that is done.', sentence: { en: 'People where “plan” is “team”.' }, sentenceBefore: { en: 'People where “plan” is “pro”.' } },
      { name: 'Engaged', action: 'update', note: 'Only the name or the description changes: members stay as they are.' }],
  });
  expect(await fileOf(app)).toBe(before);
  expect((await send(app, change)).body.segments).toEqual(plan.body.segments);
  const { items } = (await app.api('GET', '/v1/segments')).body;
  expect(Object.fromEntries(items.map((one: { name: string; state: string; revision: number }) => [one.name, `${one.state} ${one.revision}`]))).toEqual({ New: 'building 1', 유료: 'building 2', Engaged: 'live 2' });
  await settle(app);
});

test.each([
  { name: 'a cycle inside the file', segments: [{ name: 'A', definition: { type: 'segment', op: 'in', segment: 'B' } }, { name: 'B', definition: { type: 'any', of: [isPro, { type: 'segment', op: 'in', segment: 'A' }] } }], path: 'segments.0.definition.segment', says: 'The segment would contain itself: A → B → A.' },
  { name: 'a cycle through what is here', segments: [{ name: '유료', definition: { type: 'segment', op: 'in', segment: 'Engaged' } }], path: 'segments.0.definition.segment', says: 'The segment would contain itself' },
  { name: 'a name nobody has', segments: [{ name: 'C', definition: isPro }, { name: 'A', definition: { type: 'not', of: { type: 'list', op: 'in', list: 'nowhere' } } }], path: 'segments.1.definition.of.list', says: 'There is no list named “nowhere”' },
  { name: 'a fault deep in a condition', segments: [{ name: 'C', definition: isPro }, { name: 'D', definition: isPro }, { name: 'A', definition: { type: 'all', of: [isPro, { ...isPro, op: 'equals' }] } }], path: 'segments.2.definition.of.1.op', says: 'There is no operator "equals"' },
  { name: 'a condition that is none', segments: [{ name: 'A', definition: { type: 'all', of: [isPro, { type: 'evnt' }] } }], path: 'segments.0.definition.of.1.type', says: 'Expected' },
  { name: 'no definition', segments: [{ name: 'A' }], path: 'segments.0.definition', says: 'is missing' },
  { name: 'one name twice', segments: [{ name: 'A', definition: isPro }, { name: 'a', definition: isPro }], path: 'segments.1.name', says: 'The file has another segment named “a”.' },
  { name: 'too many conditions', segments: [{ name: 'A', definition: { type: 'any', of: Array.from({ length: 11 }, () => ({ type: 'any', of: Array.from({ length: 100 }, () => isPro) })) } }], path: 'segments.0.definition', says: 'has more than 1000 conditions' },
])('$name: named with its place, and nothing of the file is kept', async ({ segments, path, says }) => {
  const before = await fileOf(app);
  const dry = await send(app, file(...segments), true);
  const { status, body } = await send(app, file(...segments));
  const problem = (dry.body.problems as { path: string; message: string }[])[0]!;
  expect([problem.path, problem.message, status, body.problems[0].path]).toEqual([path, expect.stringContaining(says), 400, path]);
  expect(await fileOf(app)).toBe(before);
});

test('another form of file, and one that is too large, are refused', async () => {
  const newer = await send(app, { format: 'danbi.segments/2', segments: [] });
  expect([newer.status, newer.body.message]).toEqual([400, 'format: must be "danbi.segments/1": another form of file is not understood here']);
  const many = await send(app, file(...Array.from({ length: 501 }, (_, index) => ({ name: `n${index}`, definition: isPro }))));
  expect([many.status, many.body.problems[0].path]).toEqual([400, 'segments']);
  const deep = `{"format":"danbi.segments/1","segments":[{"name":"A","definition":${'{"type":"not","of":'.repeat(50_000)}1${'}'.repeat(50_000)}}]}`;
  const answer = await fetch(`${app.url}/v1/segments/file`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' }, body: deep });
  expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([400, 'segments.0.definition: The definition is nested more than 40 deep. Nothing was changed.']);
});

test('the same new file from several people at once is carried out once; the others are told', async () => {
  const fresh = file({ name: 'At once', definition: isPro }, { name: 'At once too', definition: isPro });
  const answers = await Promise.all(Array.from({ length: 4 }, () => send(app, fresh)));
  for (const { status, body } of answers) expect([[200, undefined], [409, 'segment.name-taken']]).toContainEqual([status, body.code]);
  expect((await app.api('GET', '/v1/segments?limit=200')).body.items.filter(({ name }: { name: string }) => name.startsWith('At once'))).toHaveLength(2);
  expect([(await app.api('GET', '/v1/segments?q=AT%20once')).body.items.length, (await app.api('GET', '/v1/segments?q=nobody%25')).body.items]).toEqual([2, []]);
});

test('a misspelt dryRun carries nothing out, and a name nobody knows is one fault', async () => {
  const misspelt = await app.api('POST', '/v1/segments/file?dryrun=true', file({ name: 'Misspelt', definition: isPro }));
  expect([misspelt.status, misspelt.body.message]).toEqual([400, 'has no "dryrun". Known: dryRun.']);
  const unknown = await send(app, file({ name: 'Unknown', definition: { type: 'list', op: 'in', list: 'nobody made it' } }), true);
  expect(unknown.body.problems).toEqual([{ path: 'segments.0.definition.list', code: 'segment.unknown-list', message: 'There is no list named “nobody made it”, here or in the file.', messageKo: '여기에도 파일에도 이름이 “nobody made it”인 것이 없어요.' }]);
});
