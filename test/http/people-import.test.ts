import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { parse } from 'csv-parse/sync';
import type { ImportView } from '../../src/contract/people-import.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { PeopleUpkeep } from '../../src/people/jobs/upkeep.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => { app = await startTestApp({ env: { IMPORT_MAX_BYTES: '20000000' } }); });
afterAll(() => app.close());
beforeEach(async () => { await app.db.query('truncate person, person_identity, attribute_history, person_date, person_tag, person_change, event, event_receipt, import_run, import_key, import_rejection'); });

interface Answer<T> { status: number; body: T }
type Failure = { code: string; message: string; problems?: { path: string; message: string }[] };

async function send<T = ImportView>(file: string | Buffer, query = '', kind = 'people', headers: Record<string, string> = {}): Promise<Answer<T>> {
  const answer = await fetch(`${app.url}/v1/imports/${kind}?${query}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv', ...headers }, body: file });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** Uploads a file, lets the worker finish, and answers the import. */
async function runImport(file: string | Buffer, query = '', kind = 'people'): Promise<ImportView> {
  const taken = await send(file, query, kind);
  if (taken.status !== 202) throw new Error(JSON.stringify(taken.body));
  await app.runner.runUntilIdle();
  return (await app.api<ImportView>('GET', `/v1/imports/${taken.body.id}`)).body;
}

const rejections = async (id: string) => parse((await app.api<string>('GET', `/v1/imports/${id}/rejections.csv`)).body, { columns: true }) as Record<string, string>[];
const people = (): Promise<Record<string, any>[]> => app.db.query('select external_id, kind, email, attributes, signed_up_at from person order by external_id'); // eslint-disable-line typescript/no-explicit-any
const addsUp = ({ rows }: ImportView) => expect(rows.total).toBe(rows.created + rows.updated + rows.unchanged + rows.rejected);

test('people, their attributes, tags and dates come in; the same file again changes nothing', async () => {
  const file = '\ufeffid,이름,email,plan,seats,active,zip,tags,created_at\r\nu1,김민수,min@example.com,프로,12.50,true,007,vip|신규,2026-01-05T09:00:00+09:00\r\nu2,"이, 영희",,basic,,false,12345,,2026-01-06\r\n';
  const first = await runImport(file, 'tags=import&fileName=people.csv');
  expect(first).toMatchObject({ state: 'done', encoding: 'utf-8', fileName: 'people.csv', rows: { total: 2, created: 2, updated: 0, unchanged: 0, rejected: 0 }, problem: null });
  expect(first.bytes.done).toBe(first.bytes.total);
  expect(await people()).toMatchObject([
    { external_id: 'u1', kind: 'user', email: 'min@example.com', attributes: { 이름: '김민수', plan: '프로', seats: 12.5, active: true, zip: '007', created_at: '2026-01-05T00:00:00.000Z' }, signed_up_at: new Date('2026-01-05T00:00:00Z') },
    { external_id: 'u2', attributes: { 이름: '이, 영희', plan: 'basic', active: false, zip: '12345', created_at: '2026-01-06' } },
  ]);
  expect((await app.db.query('select tag from person_tag order by tag collate "C"')).map((row: { tag: string }) => row.tag)).toEqual(['import', 'import', 'vip', '신규']);
  const second = await runImport(file, 'tags=import');
  expect(second.rows).toEqual({ total: 2, created: 0, updated: 0, unchanged: 2, rejected: 0 });
  const third = await runImport('id,plan\nu1,팀\nu2,basic\n');
  expect(third.rows).toEqual({ total: 2, created: 0, updated: 1, unchanged: 1, rejected: 0 });
});

const HEADER = 'id,email,plan\n';
const cp949 = (text: string) => iconv.encode(text, 'cp949');
const refusedFiles: { name: string; file: string | Buffer; query?: string; code: string; says: RegExp }[] = [
  { name: 'an empty file', file: '', code: 'import.empty', says: /empty/ },
  { name: 'only line ends', file: '\n\r\n', code: 'import.empty', says: /no header/ },
  { name: 'a header without rows', file: HEADER, code: 'import.no-rows', says: /line 1/ },
  { name: 'two columns of one name', file: 'id,plan,plan\nu1,a,b\n', code: 'import.header', says: /Line 1: Columns 2 and 3 are both named "plan"/ },
  { name: 'a column without a name', file: 'id,,plan\nu1,a,b\n', code: 'import.header', says: /Column 2/ },
  { name: '501 columns', file: `${Array.from({ length: 501 }, (_, i) => `c${i}`).join(',')}\n1\n`, code: 'import.header', says: /501/ },
  { name: 'no id column', file: 'name,plan\na,b\n', code: 'import.columns', says: /external_id.*The columns are: name, plan/ },
  { name: 'a key column that is not there', file: `${HEADER}u1,,b\n`, query: 'key=Kundennummer', code: 'import.columns', says: /no column "Kundennummer"/ },
  { name: 'a mapping of a column that is not there', file: `${HEADER}u1,,b\n`, query: `mapping=${encodeURIComponent('{"Plan":"plan"}')}`, code: 'import.columns', says: /"Plan"/ },
  { name: 'a broken header', file: 'id,"plan\nu1,b\n', code: 'import.header', says: /Line 1, column 2/ },
  { name: 'an Excel workbook', file: Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(100)]), code: 'import.not-text', says: /Excel/ },
  { name: 'a binary file', file: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)), code: 'import.not-text', says: /binary/ },
  { name: 'CP949 sent as UTF-8', file: Buffer.concat([Buffer.from('id,name\n'.concat('u,x\n'.repeat(10))), cp949('u9,김철수\n')]), query: 'encoding=utf-8', code: 'import.encoding', says: /^Line 12 is not valid UTF-8; the file looks like CP949: repeat with encoding=cp949/ },
  { name: 'Western European bytes', file: Buffer.from('id,name\nu1,Jos\xe9,\n', 'latin1'), code: 'import.encoding', says: /^Line 2 .*windows-1252/ },
  { name: 'UTF-8 and CP949 in one file', file: Buffer.concat([Buffer.from('id,name\nu1,김철수!\n'), cp949('u2,똠방각하\n')]), code: 'import.encoding', says: /^Line 3/ },
  { name: 'UTF-16 cut in half', file: Buffer.concat([Buffer.from('\ufeffid,name\nu1,a\n', 'utf16le'), Buffer.from([0x41])]), code: 'import.encoding', says: /UTF-16LE/ },
  { name: 'a byte order mark against the given encoding', file: Buffer.from('\ufeffid,name\nu1,a\n', 'utf16le'), query: 'encoding=utf-8', code: 'import.encoding', says: /utf-16le/ },
  { name: 'damaged gzip', file: gzipSync(HEADER.repeat(1000)).subarray(0, 40), code: 'import.bad-gzip', says: /gzip/ },
  { name: 'an option that does not exist', file: `${HEADER}u1,,b\n`, query: 'delimeter=tab', code: 'request.invalid', says: /delimeter/ },
  { name: 'a mapping that is no JSON', file: `${HEADER}u1,,b\n`, query: 'mapping=%7Bplan', code: 'request.invalid', says: /mapping: must be JSON/ },
];

test.each(refusedFiles)('refused as a whole, nothing kept: $name', async ({ file, query, code, says }) => {
  const { status, body } = await send<Failure>(file, query);
  expect({ status, code: body.code }).toEqual({ status: 400, code });
  expect(body.message).toMatch(says);
  expect(await readdir(`${app.dataDir}/imports`).catch(() => [])).toEqual([]);
  expect((await app.api<{ items: unknown[] }>('GET', '/v1/imports')).body.items).toEqual([]);
});

test('a file over the limit is refused, packed or not', async () => {
  const big = `${HEADER}${'u,,x\n'.repeat(4_200_000)}`;
  for (const file of [big, gzipSync(big)]) {
    const { status, body } = await send<Failure>(file);
    expect([status, body.code]).toEqual([413, 'import.too-large']);
  }
});

const badRows: { name: string; row: string; code: string; field?: string; says: RegExp }[] = [
  { name: 'too few cells', row: 'u2,a@example.com', code: 'too-few-cells', says: /2 cells, the header 3/ },
  { name: 'too many cells', row: 'u2,a@example.com,b,c', code: 'too-many-cells', says: /4 cells/ },
  { name: 'broken quoting', row: 'u2,,5" tv', code: 'broken-quoting', says: /Line 3, column 3/ },
  { name: 'text after a quote', row: 'u2,"x"y,b', code: 'broken-quoting', says: /Line 3, column 2/ },
  { name: 'an address that is none', row: 'u2,nobody,b', code: 'invalid-email', field: 'email', says: /@/ },
  { name: 'no id', row: ',a@example.com,b', code: 'missing-id', field: 'id', says: /no id/ },
  { name: 'an id of broken client code', row: 'undefined,a@example.com,b', code: 'invalid-id', field: 'id', says: /undefined/ },
  { name: 'the id of an earlier row', row: 'u1,b@example.com,b', code: 'duplicate-id', says: /Row 1 \(line 2\)/ },
  { name: 'a cell over 32 KiB', row: `u2,,${'가'.repeat(12_000)}`, code: 'cell-too-large', field: 'plan', says: /36000 bytes/ },
  { name: 'a cell of 1 MB', row: `u2,,"${'x'.repeat(1_000_000)}"`, code: 'cell-too-large', field: 'plan', says: /1000000 bytes/ },
  { name: 'a cell of 5 MB', row: `u2,,"${'x'.repeat(5_000_000)}"`, code: 'row-too-large', says: /line 3/ },
  { name: 'a NUL', row: 'u2,,a\0b', code: 'invalid-character', field: 'plan', says: /NUL/ },
];

test.each(badRows)('one row is refused and named, the others come in: $name', async ({ row, code, field, says }) => {
  // A header longer than the head that is examined keeps the NUL from making this a binary file.
  const pad = code === 'invalid-character' ? `${'u0,,x'.padEnd(5000, 'x')}\n` : '';
  const done = await runImport(`${HEADER}${pad}u1,,a\n${row}\nu3,,"c\nd"\n`);
  const shift = pad === '' ? 0 : 1;
  expect(done).toMatchObject({ state: 'done', rows: { total: 3 + shift, created: 2 + shift, rejected: 1 } });
  const [refused] = await rejections(done.id);
  expect(refused).toMatchObject({ row: String(2 + shift), line: String(3 + shift), code, field: field ?? '' });
  expect(refused!.message).toMatch(says);
  expect(refused!.raw!.length).toBeLessThanOrEqual(2_001);
  addsUp(done);
});

test('declared types refuse what does not fit; inferred ones keep it as text', async () => {
  const file = 'id,seats,since,on\nu1,3,05/01/2026,true\nu2,many,31/02/2026,yes\nu3,many,06/01/2026 10:30,1\n';
  const inferred = await runImport(file);
  expect(inferred.rows).toMatchObject({ created: 3 });
  const mapping = encodeURIComponent(JSON.stringify({ seats: { type: 'number' }, since: { to: 'since', type: 'date' }, on: null }));
  const declared = await runImport(file.replaceAll('u', 'v').replace('v3,many', 'v3,007'), `dateFormat=d-m-y&defaultTimeZone=Asia/Seoul&mapping=${mapping}`);
  expect(declared.rows).toMatchObject({ created: 2, rejected: 1 });
  expect((await rejections(declared.id)).map(({ code, field }) => [code, field])).toEqual([['invalid-number', 'seats']]);
  expect((await people()).filter((person) => person.external_id.startsWith('v')).map((person) => person.attributes)).toEqual([{ seats: 3, since: '2026-01-04T15:00:00.000Z' }, { seats: 7, since: '2026-01-06T01:30:00.000Z' }]);
});

test('a quote that is never closed ends the import at its line; the rows before are stored and nothing after', async () => {
  const done = await runImport(`${HEADER}u1,,a\nu2,,b\nu3,,"c\nu4,,d\n`);
  expect(done).toMatchObject({ state: 'failed', rows: { total: 2, created: 2, rejected: 0 }, problem: { path: 'line 4, column 3', code: 'unclosed-quote' } });
  expect(done.problem!.message).toMatch(/^Line 4, column 3: .* 2 rows before it are stored, nothing after it is\./);
  expect((await people()).map((person) => person.external_id)).toEqual(['u1', 'u2']);
});

test.each([
  { name: 'UTF-16LE with a byte order mark', encode: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'), encoding: 'utf-16le' },
  { name: 'UTF-16LE without', encode: (text: string) => Buffer.from(text, 'utf16le'), encoding: 'utf-16le' },
  { name: 'UTF-16BE with', encode: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), encoding: 'utf-16be' },
  { name: 'UTF-16BE without', encode: (text: string) => Buffer.from(text, 'utf16le').swap16(), encoding: 'utf-16be' },
  { name: 'CP949', encode: cp949, encoding: 'cp949' },
  { name: 'UTF-8 with a byte order mark', encode: (text: string) => Buffer.from(`\ufeff${text}`), encoding: 'utf-8' },
  { name: 'gzip', encode: (text: string) => gzipSync(text), encoding: 'utf-8' },
])('found out by itself: $name', async ({ encode, encoding }) => {
  const names = ['김민수', '똠방각하 펲시콜라', '이영희'];
  const done = await runImport(encode(`id;이름\n${names.map((name, index) => `u${index};"${name}; 님"`).join('\r\n')}\n`));
  expect(done).toMatchObject({ state: 'done', encoding, delimiter: ';', rows: { created: 3 } });
  expect((await people()).map((person) => person.attributes)).toEqual(names.map((name) => ({ 이름: `${name}; 님` })));
});

test('a dry run counts what would happen and writes nobody', async () => {
  await runImport('id,plan\nu1,a\nu2,b\n');
  const dry = await runImport('id,plan\nu1,a\nu2,c\nu3,d\nnull,e\nu3,f\n', 'dryRun=true');
  expect(dry).toMatchObject({ state: 'done', dryRun: true, rows: { total: 5, created: 1, updated: 1, unchanged: 1, rejected: 2 } });
  expect((await people()).map((person) => person.attributes.plan)).toEqual(['a', 'b']);
});

test('empty cells leave values as they are, or remove them when asked to', async () => {
  await runImport('id,email,plan\nu1,a@example.com,b\n');
  expect((await runImport('id,email,plan\nu1,,\n')).rows).toMatchObject({ unchanged: 1 });
  expect((await runImport('id,email,plan\nu1,,\n', 'emptyAs=null')).rows).toMatchObject({ updated: 1 });
  expect(await people()).toMatchObject([{ email: null, attributes: {} }]);
});

test('an address as the key stays the address', async () => {
  expect((await runImport('email,name\na@example.com,가\n', 'key=email')).rows).toMatchObject({ created: 1 });
  expect(await people()).toMatchObject([{ external_id: 'a@example.com', email: 'a@example.com', attributes: { name: '가' } }]);
});

test('events come in once, whether the file or the message id is repeated', async () => {
  const file = 'user_id,event,timestamp,amount,message_id\nu1,purchase,2026-01-05T09:00:00Z,12.5,m1\nu2,purchase,2026-01-05 10:00,3,\nu1,purchase,never,1,\nu1,purchase,2026-01-05T09:00:00Z,12.5,m1\n,purchase,2026-01-05T09:00:00Z,1,\n';
  const done = await runImport(file, 'defaultTimeZone=Asia/Seoul', 'events');
  expect(done).toMatchObject({ kind: 'events', state: 'done', rows: { total: 5, created: 2, unchanged: 1, rejected: 2 } });
  expect((await rejections(done.id)).map(({ line, code }) => [line, code])).toEqual([['4', 'invalid-date'], ['6', 'missing-id']]);
  const again = await runImport(file, 'defaultTimeZone=Asia/Seoul', 'events');
  expect(again.rows).toMatchObject({ total: 5, created: 0, unchanged: 3, rejected: 2 });
  const stored = await app.db.query(`select p.external_id, e.name, e.properties, e.occurred_at from event as e join person as p on p.id = e.person_id order by p.external_id`);
  expect(stored).toEqual([
    { external_id: 'u1', name: 'purchase', properties: { amount: 12.5 }, occurred_at: new Date('2026-01-05T09:00:00Z') },
    { external_id: 'u2', name: 'purchase', properties: { amount: 3 }, occurred_at: new Date('2026-01-05T01:00:00Z') },
  ]);
});

test('events without a column for the name or the time say what is missing', async () => {
  const { body } = await send<Failure>('user_id,amount\nu1,2\n', '', 'events');
  expect(body.problems!.map(({ path }) => path)).toEqual(['event', 'timestamp']);
});

test('rejected rows are kept for 30 days after their import ended, and the file not at all', async () => {
  const run = await runImport('id,email\nu1,min@example.com\nu2,no address\n');
  expect(await rejections(run.id)).toHaveLength(1);
  expect((await readdir(`${app.dataDir}/imports`)).filter((name) => name.startsWith(run.id))).toEqual([]);
  const kept = async (days: number) => {
    await app.db.query('update import_run as i set finished_at = $2 where i.id = $1', [run.id, new Date(new SystemClock().now().getTime() - days * 86_400_000)]);
    await new PeopleUpkeep(app.db, new SystemClock()).runOnce();
    return (await rejections(run.id)).length;
  };
  expect([await kept(29), await kept(31)]).toEqual([1, 0]);
});
