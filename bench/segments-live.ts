import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp, type RunningApp } from '../src/app.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { insertSegment } from '../src/segments/store/segments.store.js';
import type { BenchContext, BenchRow } from './bench.js';
import { personOf, type Flow, type Flowed } from './segments-client.js';
import { addLive, progress } from './segments-steps.js';
import { idOf } from './segments-world.js';

const SECONDS = 60;
const PER_SECOND = 1_000;
const BURST = 10_000;
const AT_ONCE = 1_000_000_000;
/** Nobody has done it before, so everybody who does it enters the segment that watches it. */
const WATCHED = 'checkout';
const NAMES = ['login', 'view', WATCHED, 'login', 'purchase'];

const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const plain = (name: string, value: number, unit: string, most: number | null): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget: most === null ? 'report' : `<= ${most} ${unit}`, ok: most === null || value <= most });

interface Live { app: RunningApp; db: DataSource; key: string; child: ChildProcess; people: number; watcher: string }

/** The real service with its workers, fed over HTTP by another process: a burst, a minute's flow, a build while changes flow. */
export async function liveRows(db: DataSource, { url, people }: BenchContext): Promise<BenchRow[]> {
  const watcher = await addLive(db, [{ type: 'event', event: WATCHED, count: { op: 'at_least', value: 1 } }], new Date());
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', INGEST_REQUESTS_PER_MINUTE: '0' }), databaseUrl: url });
  const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
  const child = fork(fileURLToPath(new URL('./segments-client.js', import.meta.url)), { execArgv: [] });
  const live: Live = { app, db, key, child, people, watcher: watcher[0]! };
  try {
    await caughtUp(live);
    progress('a minute of 1,000 events/s');
    const flowRow = await flowing(live);
    progress('a burst of 10,000 events');
    const burstRow = await burst(live);
    progress('a build while changes flow');
    return [...flowRow, burstRow, ...(await building(live)), plain('memory of the service after it', Math.round(process.memoryUsage().rss / 1_048_576), 'MB', 400)];
  } finally {
    child.kill();
    await app.close();
  }
}

/** Events of as many people, so that there are others left for the burst. */
const flowOf = ({ people }: Live): number => Math.min(SECONDS * PER_SECOND, Math.floor(people / 2));

const settled = async ({ db }: Live): Promise<void> => {
  while ((await row(db, 'select c.id from person_change as c limit 1')) !== null) await pause(20);
};

/** The clock of the benches before was hours behind. */
async function caughtUp(live: Live): Promise<void> {
  await settled(live);
  while ((await row(live.db, `select s.id from segment as s where s.state = 'live' and s.evaluated_to < $1 limit 1`, [new Date(Date.now() - 3_000)])) !== null) await pause(100);
}

async function send({ app, key, child, people }: Live, what: Pick<Flow, 'names' | 'from' | 'count' | 'perSecond' | 'batch'>): Promise<Flowed> {
  child.send({ ...what, url: app.url, key, people } satisfies Flow);
  const [answer] = (await once(child, 'message')) as [{ flowed: Flowed } | { error: string }];
  if ('error' in answer) throw new Error(answer.error);
  return answer.flowed;
}

/** From the moment a request is sent to the moment another connection sees the membership it causes. */
async function flowing(live: Live): Promise<BenchRow[]> {
  const seen = new Map<string, number>();
  const over = new AbortController();
  const watch = (async () => {
    for (let after = new Date(0); !over.signal.aborted; await pause(10)) {
      const found = await rows<{ id: string; at: Date }>(live.db, 'select c.person_id as id, c.at from membership_change as c where c.segment_id = $1 and c.at > $2 order by c.at', [live.watcher, after]);
      for (const { id } of found) seen.set(id, Date.now());
      after = found.at(-1)?.at ?? after;
    }
  })();
  const flow = { names: NAMES, from: 0, count: flowOf(live), perSecond: PER_SECOND, batch: 10 };
  const { sentAt, took } = await send(live, flow);
  await settled(live);
  await pause(50);
  over.abort();
  await watch;
  const waits: number[] = [];
  const numbers = await idsOf(live, sentAt.flatMap((_, index) => (NAMES[index % NAMES.length] === WATCHED ? [personOf(index, { from: 0, people: live.people })] : [])));
  sentAt.filter((_, index) => NAMES[index % NAMES.length] === WATCHED).forEach((at, index) => waits.push((seen.get(numbers[index]!) ?? Infinity) - at));
  return [
    plain(`event to membership, 99th percentile, ${PER_SECOND} events/s for ${flow.count / PER_SECOND} s over HTTP (${waits.length} flips)`, percentile(waits, 0.99), 'ms', 1_000),
    plain('the same, middle', percentile(waits, 0.5), 'ms', null),
    plain('the same, longest', percentile(waits, 1), 'ms', null),
    plain('request of 10 events meanwhile, 99th percentile', percentile(took, 0.99), 'ms', null),
  ];
}

const idsOf = async ({ db }: Live, numbers: readonly number[]): Promise<string[]> => (await rows<{ id: string }>(db, `select ${idOf('n.i')} as id from unnest($1::bigint[]) with ordinality as n (i, place) order by n.place`, [numbers])).map(({ id }) => id);

async function burst(live: Live): Promise<BenchRow> {
  const count = Math.min(BURST, Math.floor(live.people / 4));
  const started = Date.now();
  await send(live, { names: [WATCHED], from: flowOf(live), count, perSecond: AT_ONCE, batch: 100 });
  await settled(live);
  return plain(`a burst of ${count} events of ${count} people: sent, stored and settled`, (Date.now() - started) / 1_000, 's', 5);
}

/** A new segment about everybody, built while half of the flow goes on. */
async function building(live: Live): Promise<BenchRow[]> {
  const started = Date.now();
  const id = await insertSegment(live.db, { name: 'bench build', description: '', purpose: 'shared', ownerId: null, definition: { type: 'event', event: 'login', count: { op: 'at_least', value: 2 }, within: { days: 30 } }, createdBy: 'bench' }, new Date());
  live.app.runner.wake('segments.build');
  const took: number[] = [];
  let state = 'building';
  const next = { from: flowOf(live) + BURST };
  while (state === 'building') {
    took.push(...(await send(live, { names: ['login', 'view'], from: next.from, count: 2_500, perSecond: PER_SECOND / 2, batch: 10 })).took);
    next.from += 2_500;
    state = (await row<{ state: string }>(live.db, 'select s.state from segment as s where s.id = $1', [id]))!.state;
  }
  return [
    plain(`building a segment (${state}) for ${live.people} people while 500 events/s flow`, (Date.now() - started) / 1_000, 's', null),
    plain('request of 10 events meanwhile, 99th percentile', percentile(took, 0.99), 'ms', null),
  ];
}
