import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDataSource } from '../ormconfig.js';
import { startEmbedded } from '../src/platform/database/embedded.js';
import { prepareDatabase } from '../src/platform/database/prepare-db.js';
import { boundHeapGrowth } from '../src/platform/heap-growth.js';
import type { Bench, BenchRow } from './bench.js';

export type { BenchContext, BenchRow } from './bench.js';

/** `npm run bench -- AREA [--people N] [--broadcast N] [--campaigns N]`: runs `bench/AREA.ts` on a server of its own, prints a table and one JSON line. */
async function main(): Promise<void> {
  boundHeapGrowth();
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { people: { type: 'string', default: '20000' }, broadcast: { type: 'string', default: '0' }, campaigns: { type: 'string', default: '200' } } });
  const [area] = positionals;
  if (area === undefined || !/^[a-z-]+$/.test(area)) throw new Error('Say what to measure: npm run bench -- ingest [--people 20000]');
  const { bench } = (await import(`./${area}.js`)) as { bench: Bench };
  const directory = await mkdtemp(join(tmpdir(), 'danbi-bench-'));
  await chmod(directory, 0o755); // as root, the server runs as another user and must get in
  const server = await startEmbedded({ directory });
  try {
    const db = await createDataSource(server.url, 2).initialize();
    await prepareDatabase(db, new Date());
    await db.destroy();
    const found = await bench({ url: server.url, people: Number(values.people), broadcast: Number(values.broadcast), campaigns: Number(values.campaigns) });
    found.push({ name: 'resident memory of this process', value: Math.round(process.memoryUsage().rss / 1_048_576), unit: 'MB', floor: null, ratio: null, budget: '<= 400 MB', ok: process.memoryUsage().rss <= 400 * 1_048_576 });
    print(area, found);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

const figure = (value: number | null): string => (value === null ? '-' : value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));

function print(area: string, found: BenchRow[]): void {
  const lines = [['what', 'value', 'floor', 'ratio', 'budget', ''], ...found.map((one) => [one.name, `${figure(one.value)} ${one.unit}`, figure(one.floor), figure(one.ratio), one.budget, one.ok ? 'ok' : 'MISSED'])];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) process.stdout.write(`${line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()}\n`);
  process.stdout.write(`${JSON.stringify({ bench: area, rows: found })}\n`);
}

await main();
