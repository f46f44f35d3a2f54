import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DataSource } from 'typeorm';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp, type RunningApp } from '../src/app.js';
import { newId } from '../src/kernel/ids.js';
import { NEWS, recordNews } from '../src/people/store/news.store.js';
import { readConfig } from '../src/platform/config.js';
import { row } from '../src/platform/database/db.js';
import { WorkerRunner } from '../src/platform/jobs/runner.js';
import { StreamTickets } from '../src/visitors/stream/tickets.service.js';
import type { BenchContext, BenchRow } from './bench.js';
import type { StreamAsk, StreamTold } from './stream-client.js';

const CONNECTIONS = 8_000;
const BROADCASTS = 5;
/** One event at a time, a little apart, from this many people in turn. */
const VISITORS = 50;
const APART_MS = 200;
const SECONDS = 60;

/**
 * One process with its workers running: how long from an accepted event to the frame of the in-app message it leads to, what
 * an idle connection costs, how long it takes to tell everybody. The browsers live in a process of their own.
 */
export async function bench({ url }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error' }), databaseUrl: url });
  try {
    // Memory first: what was used and is free again would take in the connections for nothing.
    const idle = await withBrowsers(async (browsers) => {
      const people = Array.from({ length: CONNECTIONS }, newId);
      return [await idleMemory(app, browsers, people), await tellAll(app, browsers, people)];
    });
    return [...(await withBrowsers((browsers) => eventToFrame(app, browsers))), ...idle];
  } finally {
    await app.close();
  }
}

/** A process of browsers, which all go away afterwards. */
async function withBrowsers<T>(work: (browsers: ChildProcess) => Promise<T>): Promise<T> {
  const browsers = fork(fileURLToPath(new URL('./stream-client.js', import.meta.url)), { execArgv: [] });
  try {
    return await work(browsers);
  } finally {
    browsers.send({ close: true } satisfies StreamAsk);
    await once(browsers, 'exit');
  }
}

const now = (): number => performance.timeOrigin + performance.now();
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
const line = (name: string, value: number, unit: string, budget: string, ok: boolean): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget, ok });

async function open(app: RunningApp, browsers: ChildProcess, people: readonly string[]): Promise<void> {
  const tickets = app.nest.get(StreamTickets, { strict: false });
  const issued: string[] = [];
  for (const personId of people) issued.push(await tickets.issue({ personId, keyId: newId(), origin: null, verified: true }, new Date()));
  browsers.send({ open: { port: Number(new URL(app.url).port), tickets: issued } } satisfies StreamAsk);
  for (;;) {
    const [told] = (await once(browsers, 'message')) as [StreamTold];
    if ('opened' in told) return;
  }
}

/** An event lets its person into a campaign that begins with an in-app message; the page of that person hears of it. */
async function eventToFrame(app: RunningApp, browsers: ChildProcess): Promise<BenchRow[]> {
  const { nest, url } = app;
  const keys = nest.get(ApiKeys, { strict: false });
  const { secret: writeKey } = await keys.create({ kind: 'write', name: 'bench' }, 'setup');
  const { secret: key } = await keys.create({ kind: 'server', name: 'bench', role: 'owner' }, 'setup');
  const api = async (path: string, body: object) => (await fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<{ id: string }>;
  const track = (userId: string, event: string) => fetch(`${url}/v1/track`, { method: 'POST', body: JSON.stringify({ writeKey, userId, event }) });
  const made = await api('/v1/campaigns', { name: 'Live', definition: { type: 'series', entry: { type: 'event', event: 'Clicked' }, reentry: { policy: 'after_exit' }, start: 'a', steps: [{ id: 'a', type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: 'Now' } }], next: null }] } });
  await api(`/v1/campaigns/${made.id}/publish`, {});
  const people: string[] = [];
  const db = nest.get(DataSource, { strict: false });
  for (let each = 0; each < VISITORS; each += 1) {
    await track(`v${each}`, 'Came');
    people.push((await row<{ id: string }>(db, 'select p.id from person as p where p.external_id = $1', [`v${each}`]))!.id);
  }
  await open(app, browsers, people);
  const arrived: number[] = [];
  const heard = ({ frame }: Extract<StreamTold, { frame: unknown }>) => { arrived.push(frame.at); };
  browsers.on('message', (told: StreamTold) => { if ('frame' in told) heard(told); });
  const accepted: number[] = [];
  for (let count = 0; count < (SECONDS * 1_000) / APART_MS; count += 1) {
    await track(`v${count % VISITORS}`, 'Clicked');
    accepted.push(now());
    await new Promise((done) => { setTimeout(done, APART_MS); });
  }
  for (let waited = 0; arrived.length < accepted.length && waited < 100; waited += 1) await new Promise((done) => { setTimeout(done, 100); });
  if (arrived.length !== accepted.length) throw new Error(`${arrived.length} frames of ${accepted.length} events came`);
  // One at a time and apart: the n-th frame is that of the n-th event unless one took longer than the pause, which sorting does not flatter.
  const took = arrived.toSorted((a, b) => a - b).map((at, index) => at - accepted[index]!).toSorted((a, b) => a - b);
  const [p50, p95] = [quantile(took, 0.5), quantile(took, 0.95)];
  return [
    line(`event accepted to frame on the wire, p50 of ${took.length}`, p50, 'ms', '< 100 ms', p50 < 100),
    line('  p95', p95, 'ms', '< 300 ms', p95 < 300),
  ];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function resident(): Promise<number> {
  collect();
  await new Promise((done) => { setTimeout(done, 1_000); });
  collect();
  return process.memoryUsage().rss;
}

async function idleMemory(app: RunningApp, browsers: ChildProcess, people: readonly string[]): Promise<BenchRow> {
  const before = await resident();
  await open(app, browsers, people);
  const each = (await resident() - before) / people.length / 1_024;
  return line(`memory of an idle connection, of ${people.length.toLocaleString('en')}`, each, 'KB', '<= 15 KB', each <= 15);
}

async function tellAll(app: RunningApp, browsers: ChildProcess, connected: readonly string[]): Promise<BenchRow> {
  const db = app.nest.get(DataSource, { strict: false });
  const took: number[] = [];
  for (let time = 0; time < BROADCASTS; time += 1) {
    browsers.send({ expect: connected.length } satisfies StreamAsk);
    await new Promise((done) => { setTimeout(done, 500); });
    const from = now();
    await recordNews(db, connected.map((personId) => ({ personId, kind: 'rules' })), new Date());
    app.nest.get(WorkerRunner, { strict: false }).wake(NEWS);
    for (;;) {
      const [told] = (await once(browsers, 'message')) as [StreamTold];
      if (!('reached' in told)) continue;
      took.push((told.reached - from) / 1_000);
      break;
    }
  }
  const worst = Math.max(...took);
  return line(`telling ${connected.length.toLocaleString('en')} people, each their own frame, from the insert to the last, worst of ${BROADCASTS}`, worst, 's', '< 1.5 s', worst < 1.5);
}
