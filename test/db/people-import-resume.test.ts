import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { createDataSource } from '../../ormconfig.js';
import { newId } from '../../src/kernel/ids.js';
import { readConfig } from '../../src/platform/config.js';
import { rows } from '../../src/platform/database/db.js';
import { ImportFiles } from '../../src/people/import/import-files.js';
import { ImportWorker } from '../../src/people/import/jobs/import.worker.js';
import { readBatch, type Place } from '../../src/people/import/read-batch.js';
import { endImport, insertImport, loadImport } from '../../src/people/import/store/imports.store.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { VirtualClock } from '../support/virtual-clock.js';

let database: TestDatabase;
let folder: string;
const now = new Date('2026-03-01T00:00:00Z');
const clock = new VirtualClock(now);
const log = pino({ level: 'silent' });

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'danbi-import-'));
  await mkdir(join(folder, 'imports'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => database.db.query('truncate person, person_identity, attribute_history, person_tag, person_date, person_change, import_run, import_key, import_rejection'));

const files = () => new ImportFiles(readConfig({ DATA_DIR: folder }));
const workerOn = (db: DataSource) => new ImportWorker(db, clock, files(), log as never);

/** A queued import of `count` rows; every 100th has no id and every 250th repeats the id of the first row. */
async function queue(count: number): Promise<string> {
  const id = newId();
  const header = 'id,n,note\r\n';
  const lines = Array.from({ length: count }, (_, i) => `${i % 100 === 99 ? '' : i % 250 === 249 ? 'u0' : `u${i}`},${i},"행 ${i}\r\n둘째 줄"\r\n`).join('');
  await writeFile(files().pathOf(id), header + lines);
  const column = (name: string, role: 'user_id' | 'attribute', type: 'text' | 'number') => ({ header: name, role, key: role === 'attribute' ? name : '', type, declared: true });
  await insertImport(database.db, {
    id, kind: 'people', createdBy: 'test', createdAt: now, fileHash: 'x', bytesTotal: Buffer.byteLength(header + lines), bytesDone: header.length, lineDone: 1,
    options: { fileName: null, encoding: 'utf-8', delimiter: ',', columns: [column('id', 'user_id', 'text'), column('n', 'attribute', 'number'), column('note', 'attribute', 'text')], tags: [], listId: null, emptyAs: 'keep', dateFormat: 'iso', timeZone: 'UTC', zoneGiven: false, eventName: null, dryRun: false },
  });
  return id;
}

const ROWS = 9_000;
/** 90 rows without an id, and of the 36 repeats the half whose place is not also one of those. */
const REJECTED = 90 + 18;

async function expectComplete(id: string): Promise<void> {
  expect(await loadImport(database.db, id)).toMatchObject({ state: 'done', rowsTotal: ROWS, rowsCreated: ROWS - REJECTED, rowsUpdated: 0, rowsUnchanged: 0, rowsRejected: REJECTED, lineDone: 1 + 2 * ROWS });
  const [counts] = await rows(database.db, `
    select (select count(*)::int from person) as people, (select count(*)::int from person_identity) as identities, (select count(*)::int from attribute_history) as history,
           (select count(*)::int from import_rejection) as rejections, (select sum(cardinality(c.person_ids))::int from person_change as c) as announced, (select count(*)::int from import_key) as keys`);
  expect(counts).toEqual({ people: ROWS - REJECTED, identities: ROWS - REJECTED, history: 2 * (ROWS - REJECTED), rejections: REJECTED, announced: ROWS - REJECTED, keys: 0 });
  expect(await readdir(join(folder, 'imports'))).toEqual([]);
}

test('a process killed at any statement of any batch leaves an import that the next one completes, nothing twice', async () => {
  const id = await queue(ROWS);
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  let kills = 0;
  for (let attempt = 0; ; attempt += 1) {
    // Each process lives for a random number of statements; then its connections die as with kill -9.
    const db = await createDataSource(database.url, 2).initialize();
    const name = `victim_${attempt}`;
    await db.query(`set application_name = '${name}'`);
    let left = 3 + ((attempt * 7) % 31);
    const dying = new Proxy(db, {
      get: (target, property) => property !== 'transaction' ? Reflect.get(target, property) : (work: (tx: unknown) => Promise<unknown>) => target.transaction((tx) => work({
        query: async (sql: string, values: unknown[]) => {
          if ((left -= 1) < 0) await tx.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
          return tx.query(sql, values);
        },
      })),
    });
    let done = 1;
    try {
      while (done > 0) ({ done } = await workerOn(dying).runOnce());
    } catch {
      kills += 1;
    }
    await db.destroy().catch(() => undefined);
    if (done === 0) break;
  }
  await admin.end();
  expect(kills).toBeGreaterThan(3);
  await expectComplete(id);
}, 600_000);

test('two workers at once take the batches of one import by turns', async () => {
  const id = await queue(ROWS);
  const drain = async (worker: ImportWorker) => {
    while ((await loadImport(database.db, id))!.state !== 'done') await worker.runOnce();
  };
  await Promise.all([drain(workerOn(database.db)), drain(workerOn(database.db))]);
  await expectComplete(id);
}, 600_000);

test('cancelling waits for the batch in progress; what is in stays and is counted', async () => {
  const id = await queue(ROWS);
  const worker = workerOn(database.db);
  await worker.runOnce();
  const running = worker.runOnce();
  expect(await endImport(database.db, id, 'cancelled', now)).toBe(true);
  await running;
  expect((await worker.runOnce()).done).toBe(0);
  const run = (await loadImport(database.db, id))!;
  expect(run.state).toBe('cancelled');
  expect([2_000, 4_000]).toContain(run.rowsTotal);
  expect(run.rowsCreated + run.rowsRejected).toBe(run.rowsTotal);
  expect((await rows<{ n: number }>(database.db, 'select count(*)::int as n from person'))[0]!.n).toBe(run.rowsCreated);
  expect(await endImport(database.db, id, 'cancelled', now)).toBe(false);
  await files().remove(id);
});

test('an import whose file is gone fails with a sentence', async () => {
  const id = await queue(10);
  await files().remove(id);
  await workerOn(database.db).runOnce();
  expect(await loadImport(database.db, id)).toMatchObject({ state: 'failed', problem: { code: 'file-missing' } });
});

test('a batch holds 4 MiB of text at most, whatever the file holds, and cuts no character in two', async () => {
  const path = join(folder, 'large.csv');
  const row = (index: number) => `u${index},"${'가나다라마 '.repeat(900)}\n둘째 줄"`;
  await writeFile(path, Array.from({ length: 1_700 }, (_, index) => `${row(index)}\n`).join(''));
  const sizes: number[] = [];
  let place: Place = { bytes: 0, lines: 0 };
  for (let ended = false, index = 0; !ended; ) {
    const batch = await readBatch(path, place, ',', 2_000);
    for (const record of batch.records) if (record.text !== row(index++)) throw new Error(`row ${index} came out as ${record.text.slice(0, 40)}`);
    sizes.push(batch.records.reduce((sum, record) => sum + record.text.length, 0));
    ({ next: place, ended } = batch);
  }
  expect(place.lines).toBe(3_400);
  expect(sizes).toHaveLength(3);
  for (const size of sizes) expect(size).toBeLessThan(4 * 1024 * 1024 + 6_000);
});
