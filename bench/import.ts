import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createDataSource } from '../ormconfig.js';
import { SystemClock } from '../src/kernel/clock.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { rows, type Db } from '../src/platform/database/db.js';
import type { Column } from '../src/people/import/domain/columns.js';
import { ImportFiles } from '../src/people/import/import-files.js';
import { ImportWorker } from '../src/people/import/jobs/import.worker.js';
import { insertImport, loadImport } from '../src/people/import/store/imports.store.js';

export interface BenchRow { name: string; value: number; unit: string; floor: number | null; ratio: number | null; budget: string; ok: boolean }

const BATCH = 2_000;
const KEYS = ['email', 'name', 'plan', 'seats', 'recency', 'history', 'mens', 'womens', 'zip', 'newbie', 'channel', 'segment'];
const NUMBERS = new Set(['seats', 'recency', 'history', 'mens', 'womens', 'newbie']);
const cellsOf = (n: number) => [`bench${n}`, `p${n}@example.com`, `김민수 ${n}`, n % 3 === 0 ? '프로' : 'basic', String(n % 50), String(n % 12), String((n % 90_000) / 100), String(n % 2), String(1 - (n % 2)), 'Surburban', '1', 'Phone', 'Womens E-Mail'];

/**
 * Importing people of twelve attributes from a file, in rows a second; the floor inserts the same people into `person` alone,
 * in batches of the same size. An import also keeps identities, twelve rows of history a person, and the news for segments.
 *
 * @param ctx `url` of an empty, migrated database; `people` to import
 */
export async function bench(ctx: { url: string; people: number }): Promise<BenchRow[]> {
  const db = await createDataSource(ctx.url, 4).initialize();
  const folder = await mkdtemp(join(tmpdir(), 'danbi-bench-'));
  try {
    const floor = await rawInsert(db, ctx.people);
    await db.query('truncate person');
    const files = new ImportFiles(readConfig({ DATA_DIR: folder }));
    const id = await queueFile(db, files, join(folder, 'imports'), ctx.people);
    const worker = new ImportWorker(db, new SystemClock(), files, pino({ level: 'warn' }) as never);
    const began = performance.now();
    let resident = 0;
    while ((await worker.runOnce()).done > 0) resident = Math.max(resident, process.memoryUsage().rss / 1024 ** 2);
    const rate = ctx.people / ((performance.now() - began) / 1000);
    const run = await loadImport(db, id);
    if (run?.rowsCreated !== ctx.people) throw new Error(`the import created ${run?.rowsCreated} of ${ctx.people} people: ${JSON.stringify(run?.problem)}`);
    return [
      { name: 'import people from CSV', value: Math.round(rate), unit: 'rows/s', floor: Math.round(floor), ratio: rate / floor, budget: 'none set', ok: true },
      { name: 'import people, resident memory', value: Math.round(resident), unit: 'MB', floor: null, ratio: null, budget: '<= 400 MB', ok: resident <= 400 },
    ];
  } finally {
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

async function rawInsert(db: Db, people: number): Promise<number> {
  const began = performance.now();
  const now = new Date();
  for (let from = 0; from < people; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, people - from) }, (_, index) => cellsOf(from + index));
    await rows(db, `
      insert into person (id, external_id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
      select p.id, p.external_id, 'user', p.email, p.attributes::jsonb, $5::timestamptz, $5::timestamptz, $5::timestamptz, $5::timestamptz
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as p (id, external_id, email, attributes)`,
      [batch.map(() => newId()), batch.map((cells) => cells[0]), batch.map((cells) => cells[1]), batch.map((cells) => JSON.stringify(Object.fromEntries(KEYS.map((key, index) => [key, cells[index + 1]])))), now]);
  }
  return people / ((performance.now() - began) / 1000);
}

async function queueFile(db: Db, files: ImportFiles, folder: string, people: number): Promise<string> {
  const id = newId();
  const header = `id,${KEYS.join(',')}\n`;
  await mkdir(folder, { recursive: true });
  const file = await open(files.pathOf(id), 'w');
  let bytes = (await file.write(header)).bytesWritten;
  for (let from = 0; from < people; from += BATCH) {
    const text = Array.from({ length: Math.min(BATCH, people - from) }, (_, index) => `${cellsOf(from + index).join(',')}\n`).join('');
    bytes += (await file.write(text)).bytesWritten;
  }
  await file.close();
  const columns = ['id', ...KEYS].map((header_, index): Column => ({ header: header_, role: index === 0 ? 'user_id' : 'attribute', key: index === 0 ? '' : header_, type: NUMBERS.has(header_) ? 'number' : 'text', declared: false }));
  await insertImport(db, {
    id, kind: 'people', createdBy: 'bench', createdAt: new Date(), fileHash: 'bench', bytesTotal: bytes, bytesDone: header.length, lineDone: 1,
    options: { fileName: null, encoding: 'utf-8', delimiter: ',', columns, tags: [], listId: null, emptyAs: 'keep', dateFormat: 'iso', timeZone: 'UTC', zoneGiven: false, eventName: null, dryRun: false },
  });
  return id;
}
