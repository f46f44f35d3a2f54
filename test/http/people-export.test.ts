import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { ApiKeys } from '../../src/access/api-keys.service.js';
import type { ImportView } from '../../src/contract/people-import.js';
import { inPeopleTransaction, writePeople, type PersonWrite } from '../../src/people/people-writer.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
const keys: Record<string, string> = {};
beforeAll(async () => {
  app = await startTestApp();
  for (const role of ['marketer', 'analyst'] as const) keys[role] = (await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'server', name: role, role }, 'setup')).secret;
});
afterAll(() => app.close());
beforeEach(clear);

function clear(): Promise<unknown> {
  return app.db.query('truncate person, person_identity, attribute_history, person_date, person_tag, person_change, event, event_receipt, import_run, import_key, import_rejection');
}

const now = new Date('2026-03-01T00:00:00Z');
const write = (writes: PersonWrite[]) => inPeopleTransaction(app.db, (tx) => writePeople(tx, writes, { now, source: 'test' }));

async function download(path: string, key = app.key): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${app.url}/v1/exports/${path}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, text: Buffer.from(await answer.arrayBuffer()).toString('utf8'), headers: answer.headers };
}

async function upload(file: string, kind = 'people', query = ''): Promise<ImportView> {
  const answer = await fetch(`${app.url}/v1/imports/${kind}?${query}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv' }, body: file });
  const { id } = (await answer.json()) as ImportView;
  await app.runner.runUntilIdle();
  return (await app.api<ImportView>('GET', `/v1/imports/${id}`)).body;
}

const whoIsThere = () => app.db.query(`
  select p.external_id, p.kind, p.email, p.time_zone, p.language, p.attributes, p.signed_up_at,
         array(select t.tag from person_tag as t where t.person_id = p.id order by t.tag) as tags,
         array(select i.kind || ':' || i.value from person_identity as i where i.person_id = p.id order by 1) as identities
    from person as p order by p.external_id, p.attributes::text`) as Promise<unknown[]>;

/** Values that a careless export or import would change. */
const difficult: PersonWrite[] = [
  { ref: { userId: 'u1' }, at: now, attributes: { email: 'min@example.com', 이름: '김민수', zip: '00700', code: '42', seats: 12.5, mixed: 1, active: true, truth: 'true', timezone: 'Asia/Seoul', language: 'ko-KR', created_at: '2026-01-05T00:00:00+09:00' }, addTags: ['vip', '신규 고객'] },
  { ref: { userId: 'u2', anonymousId: 'a2' }, at: now, attributes: { code: 'A-1', mixed: 'one', empty: '', note: '줄\r\n바꿈, "따옴표"', list: [1, 'b', { c: null }], nested: { plan: { name: 'pro' } }, big: 1e21, small: -0.5 }, addTags: ['a|b', 'c'] },
  { ref: { userId: '=1+1' }, at: now, attributes: { formula: '=HYPERLINK("http://x")', plus: '+82-10', quoted: "'=x", minus: '-5', at: '@sum', tags: 'an attribute', id: 'inner', 'seats:number': 'x', '$own': 1, email: 'x@example.com', empty: 'full', created_at: '2026-02-01' } },
  { ref: { anonymousId: 'visitor-1' }, at: now, attributes: { seen: '007', late: 5 } },
];

test('people exported as CSV and imported into an empty workspace are the same people', async () => {
  await write(difficult);
  const before = await whoIsThere();
  const { text, headers } = await download('people.csv');
  expect(headers.get('content-disposition')).toBe('attachment; filename="people.csv"');
  await clear();
  const imported = await upload(text);
  expect(imported).toMatchObject({ state: 'done', rows: { total: 4, created: 4, rejected: 0 } });
  expect(await whoIsThere()).toEqual(before);
  expect((await upload(text)).rows).toMatchObject({ unchanged: 4 });
});

test('no cell begins like a formula unless raw is asked for; bom marks the file as UTF-8', async () => {
  await write(difficult);
  const cells = (text: string) => (parse(text, { bom: true }) as string[][]).flat();
  const guarded = await download('people.csv?bom=true');
  expect(guarded.text.startsWith('\ufeff')).toBe(true);
  expect(cells(guarded.text).filter((cell) => /^[=+@\t\r]|^-(?!0\.5$)/.test(cell))).toEqual([]);
  expect(cells(guarded.text)).toContain("'=1+1");
  const raw = await download('people.csv?raw=true');
  expect(raw.text.startsWith('\ufeff')).toBe(false);
  expect(cells(raw.text)).toContain('=1+1');
});

test('people as NDJSON, filtered by tag and by text', async () => {
  await write(difficult);
  const lines = async (query: string) => (await download(`people.ndjson${query}`)).text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { externalId: string | null; anonymousIds: string[]; tags: string[] });
  expect((await lines('')).map((person) => person.externalId)).toEqual(['u1', 'u2', '=1+1', null]);
  expect((await lines(`?tag=${encodeURIComponent('신규 고객')}`)).map((person) => person.externalId)).toEqual(['u1']);
  expect((await lines('?q=MIN@'))[0]).toMatchObject({ externalId: 'u1', tags: ['vip', '신규 고객'] });
  expect(await lines('?q=%25')).toEqual([]);
  expect((await lines('?tag=c'))[0]).toMatchObject({ anonymousIds: ['a2'] });
});

test('events as NDJSON, from inclusive to exclusive, by name, over several pages', async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const file = `user_id,event,timestamp,n\n${Array.from({ length: 2_500 }, (_, i) => `u${i % 7},${i % 2 ? '구매' : 'visit'},${at(i)},${i}`).join('\n')}\n`;
  expect((await upload(file, 'events')).rows).toMatchObject({ created: 2_500 });
  const events = async (query: string) => (await download(`events.ndjson${query}`)).text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { externalId: string; name: string; occurredAt: string; properties: { n: number } });
  const all = await events('');
  expect(all.map((event) => event.properties.n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2_500 }, (_, i) => i));
  const some = await events(`?from=${at(10)}&to=${at(20)}&name=${encodeURIComponent('구매')}`);
  expect(some.map((event) => event.properties.n).toSorted((a, b) => a - b)).toEqual([11, 13, 15, 17, 19]);
  expect(some.find((event) => event.properties.n === 11)).toMatchObject({ externalId: 'u4', name: '구매', occurredAt: at(11) });
});

test('an empty workspace exports a header, or nothing', async () => {
  expect((await download('people.csv')).text).toBe('external_id,anonymous_id,tags,$person_id,$kind,$first_seen_at,$last_seen_at,$lists\n');
  expect((await download('people.ndjson')).text).toBe('');
  expect((await download('events.ndjson')).text).toBe('');
});

test('marketers import and export people; analysts read events and the state of imports; nobody else anything', async () => {
  const id = (await upload('id\nu1\n')).id;
  const ask = async (method: string, path: string, key: string | null) => (await fetch(`${app.url}/v1/${path}`, { method, headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), 'content-type': 'text/csv' }, body: method === 'POST' ? 'id\nu1\n' : undefined })).status;
  const table: [string, string, number, number][] = [
    ['POST', 'imports/people', 202, 403], ['POST', `imports/${id}/cancel`, 409, 403], ['GET', `imports/${id}/rejections.csv`, 200, 403], ['GET', 'imports', 200, 200], ['GET', `imports/${id}`, 200, 200],
    ['GET', 'exports/people.csv', 200, 403], ['GET', 'exports/people.ndjson', 200, 403], ['GET', 'exports/events.ndjson', 200, 200],
  ];
  for (const [method, path, marketer, analyst] of table) {
    expect([path, await ask(method, path, keys.marketer!), await ask(method, path, keys.analyst!), await ask(method, path, null), await ask(method, path, app.writeKey)]).toEqual([path, marketer, analyst, 401, 403]);
  }
});
