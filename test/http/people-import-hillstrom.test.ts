import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ImportView } from '../../src/contract/people-import.js';
import { startTestApp, type TestApp } from '../support/app.js';

/** The real e-mail test of 64,000 customers; outside the repository, so its test runs only where it is at hand. */
const FILE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'data', 'hillstrom.csv.gz');
const whereTheFileIs = existsSync(FILE) ? test : test.skip;

let app: TestApp;
beforeAll(async () => { app = await startTestApp({ workers: 'running' }); });
afterAll(() => app.close());

async function runImport(kind: string, query: string, body: Buffer): Promise<ImportView> {
  const answer = await fetch(`${app.url}/v1/imports/${kind}?${query}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/gzip' }, body });
  let run = (await answer.json()) as ImportView;
  expect(answer.status).toBe(202);
  while (run.state === 'queued' || run.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    run = (await app.api<ImportView>('GET', `/v1/imports/${run.id}`)).body;
    expect(run.rows.total).toBe(run.rows.created + run.rows.updated + run.rows.unchanged + run.rows.rejected);
  }
  return run;
}

whereTheFileIs('64,000 customers of a real e-mail test come in by HTTP, and so do their visits', async () => {
  const lines = gunzipSync(await readFile(FILE)).toString('utf8').trim().split(/\r?\n/);
  // The file has no id: the row number is the customer.
  const numbered = gzipSync([`id,${lines[0]}`, ...lines.slice(1).map((line, index) => `h${index + 1},${line}`)].join('\n'));
  const began = performance.now();
  const done = await runImport('people', 'tags=hillstrom', numbered);
  const seconds = (performance.now() - began) / 1000;
  expect(done).toMatchObject({ state: 'done', rows: { total: 64_000, created: 64_000, updated: 0, unchanged: 0, rejected: 0 } });
  const arms = await app.db.query(`select p.attributes ->> 'segment' as arm, count(*)::int as people, count(*) filter (where p.attributes -> 'visit' = '1')::int as visits, round(sum((p.attributes -> 'spend')::numeric), 2)::float8 as spend from person as p group by 1 order by 1`);
  expect(arms).toMatchObject([{ arm: 'Mens E-Mail', people: 21_307, visits: 3_894 }, { arm: 'No E-Mail', people: 21_306, visits: 2_262 }, { arm: 'Womens E-Mail', people: 21_387, visits: 3_238 }]);
  const visits = lines.slice(1).flatMap((line, index) => (line.split(',').at(-3) === '1' ? [`h${index + 1},2026-01-02T00:00:00Z`] : []));
  const events = await runImport('events', 'eventName=visit', gzipSync(`id,timestamp\n${visits.join('\n')}\n`));
  expect(events).toMatchObject({ state: 'done', rows: { total: 9_394, created: 9_394, rejected: 0 } });
  process.stderr.write(`hillstrom: ${seconds.toFixed(1)} s, ${Math.round(64_000 / seconds)} rows/s, ${Math.round(process.memoryUsage().rss / 1024 ** 2)} MB resident in the test process\n`);
}, 120_000);
