import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { chromium, type CDPSession, type Page } from 'playwright-core';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/platform/config.js';
import { ROOT } from '../src/platform/version.js';
import { median, type BenchContext, type BenchRow } from './bench.js';

const LOADS = 21;
const THROTTLE = 4;
/** ms of script at a quarter of this machine's speed. */
const BUDGET_MS = 25;
const KIB = 1_024;

/** What a page loads of others: the file they publish for a script tag, made smaller where they publish it large. */
const OTHERS: [name: string, file: string][] = [
  ['posthog-js, array.js', 'posthog-js/dist/array.js'],
  ['@segment/analytics-next, standalone', '@segment/analytics-next/dist/umd/standalone.js'],
  ['customerio-gist-web', 'customerio-gist-web/dist/gist.min.js'],
  ['@rudderstack/analytics-js, modern', '@rudderstack/analytics-js/dist/npm/modern/umd/index.js'],
];

/** How large the SDK is beside others, and how long it keeps the main thread of a page that loads it. */
export async function bench({ url }: BenchContext): Promise<BenchRow[]> {
  return [...(await sizes()), ...(await mainThread(url))];
}

interface Size { raw: number; gzip: number; brotli: number }

async function sizes(): Promise<BenchRow[]> {
  const own = JSON.parse(await readFile(join(ROOT, 'dist/sdk/sizes.json'), 'utf8')) as Record<'core' | 'ui' | 'total', Size>;
  const budgets = { core: 6.5, ui: 6, total: 12 };
  const ours = Object.entries(budgets).map(([part, most]) => {
    const { raw, gzip, brotli } = own[part as keyof typeof own];
    return row(`danbi ${part}, gzip -9 (raw ${raw} B, brotli ${brotli} B)`, gzip / KIB, 'KB', `<= ${most} KB`, gzip <= most * KIB);
  });
  const theirs = await Promise.all(OTHERS.map(async ([name, file]) => {
    const { code } = await transform(await readFile(join(ROOT, 'node_modules', file), 'utf8'), { minify: true, legalComments: 'none' });
    const data = Buffer.from(code);
    const brotli = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
    const gzip = gzipSync(data, { level: 9 }).length;
    return { ...row(`${name}, gzip -9 (raw ${data.length} B, brotli ${brotli} B)`, gzip / KIB, 'KB', '-', true), floor: own.total.gzip / KIB };
  }));
  return [...ours, ...theirs];
}

const row = (name: string, value: number, unit: string, budget: string, ok: boolean): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget, ok });

/** Script time of loads of an empty page with the tag, less that of the page without. */
async function mainThread(databaseUrl: string): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api' }), databaseUrl });
  const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
  const tag = `<script async src="${app.url}/sdk/danbi.js" data-key="${key}"></script>`;
  const site = createServer((from, to) => void to.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Bench</title><link rel="icon" href="data:,"><p>Hello</p>${from.url === '/with' ? tag : ''}`));
  const profile = await mkdtemp(join(tmpdir(), 'danbi-bench-browser-'));
  await new Promise<void>((resolve) => { site.listen(0, '127.0.0.1', resolve); });
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    const spent: Record<'with' | 'without', number[]> = { with: [], without: [] };
    // The first two only warm up the caches.
    for (let load = -2; load < LOADS; load += 1) {
      for (const kind of ['without', 'with'] as const) {
        const ms = await scriptTime(page, session, `http://localhost:${(site.address() as AddressInfo).port}/${kind}`);
        if (load >= 0) spent[kind].push(ms);
      }
    }
    const own = median(spent.with) - median(spent.without);
    return [row(`main thread, load + boot, CPU at 1/${THROTTLE}`, own, 'ms', `<= ${BUDGET_MS} ms`, own <= BUDGET_MS)];
  } finally {
    await context.close();
    await close(site);
    await rm(profile, { recursive: true, force: true });
    await app.close();
  }
}

async function scriptTime(page: Page, session: CDPSession, address: string): Promise<number> {
  await page.goto('about:blank');
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  const before = await scripts(session);
  await page.goto(address, { waitUntil: 'networkidle' });
  const after = await scripts(session);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  return after - before;
}

async function scripts(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * metrics.find(({ name }) => name === 'ScriptDuration')!.value;
}

const close = (server: Server) => new Promise<void>((resolve) => {
  server.close(() => resolve());
  server.closeAllConnections();
});
