import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp } from '../src/app.js';
import { keyOf, newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import type { Load, Outcome } from './ingest-client.js';
import { message } from './ingest-messages.js';
import { startTraceCollector } from './trace-collector.js';

const BUDGET = 0.5;
const BATCH = 100;
const CLIENTS = 24;
const EVENTS_PER_PERSON = 3;
/** Rounds with and without traces, one after the other; the middle one of each counts. */
const TRACED_ROUNDS = 5;

/**
 * The floor: the same event and receipt rows alone, their values ready before the clock runs, `batch` to a transaction on one
 * connection, durable like the real thing.
 */
async function rawInsert(db: DataSource, count: number, batch: number): Promise<number> {
  const at = new Date();
  const all = Array.from({ length: count }, (_, index) => message(index % 5_000, 1));
  const parts = Array.from({ length: Math.ceil(count / batch) }, (_, index) => all.slice(index * batch, (index + 1) * batch)).map((part) => ({
    receipts: [part.map((one) => keyOf(one.messageId)), at],
    events: [part.map(() => newId()), part.map((one) => keyOf(one.userId)), part.map((one) => one.event), part.map((one) => JSON.stringify(one.properties)), part.map((one) => JSON.stringify(one.context)), at, part.map((one) => one.messageId)],
  }));
  const started = performance.now();
  for (const part of parts) {
    await db.transaction(async (tx) => {
      await rows(tx, 'insert into event_receipt (message_key, received_at) select k.key, $2::timestamptz from unnest($1::uuid[]) as k (key)', part.receipts);
      await rows(tx, `
        insert into event (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)
        select e.id, e.person_id, 'track', e.name, e.properties::jsonb, e.context::jsonb, $6::timestamptz, $6::timestamptz, e.message_id
          from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $7::text[]) as e (id, person_id, name, properties, context, message_id)`, part.events);
    });
  }
  return count / ((performance.now() - started) / 1_000);
}

/** The client that sends the load, in a process of its own. */
class Client {
  private readonly child = fork(fileURLToPath(new URL('./ingest-client.js', import.meta.url)), { execArgv: [] });

  constructor(private readonly url: string, private readonly key: string) {}

  async send(what: Pick<Load, 'kind' | 'from' | 'count' | 'people'>): Promise<{ rate: number; p95: number }> {
    this.child.send({ ...what, url: this.url, key: this.key, batch: BATCH, clients: CLIENTS } satisfies Load);
    const [answer] = (await once(this.child, 'message')) as [{ sent: Outcome } | { error: string }];
    if ('error' in answer) throw new Error(answer.error);
    return { rate: what.count / answer.sent.seconds, p95: answer.sent.p95 };
  }

  stop(): void {
    this.child.kill();
  }
}

/** Batches stored so far: each leaves one row of news, and nobody takes them away here. */
const batches = async (db: DataSource): Promise<number> => Number((await rows<{ n: string }>(db, 'select count(*) as n from person_change'))[0]!.n);

/**
 * What traces cost: the same events through a process that sends a span of each request and each event to a collector on this machine, and through one that
 * does not, in turns.
 */
async function tracing(url: string, key: string, plain: Client, people: number): Promise<BenchRow[]> {
  const collector = await startTraceCollector();
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api', INGEST_REQUESTS_PER_MINUTE: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }), databaseUrl: url });
  const traced = new Client(app.url, key);
  const found: Record<'off' | 'on', { rate: number; cpu: number }[]> = { off: [], on: [] };
  /** Rate, and what it cost this process: on a busy machine the second says more. */
  const measured = async (client: Client) => {
    const before = process.cpuUsage();
    const { rate } = await client.send({ kind: 'track', from: 0, count: people, people });
    const { user, system } = process.cpuUsage(before);
    return { rate, cpu: (user + system) / people };
  };
  try {
    for (const client of [plain, traced]) await client.send({ kind: 'track', from: 0, count: people, people });
    for (let round = 0; round < TRACED_ROUNDS; round += 1) {
      for (const [kind, client] of round % 2 === 0 ? ([['off', plain], ['on', traced]] as const) : ([['on', traced], ['off', plain]] as const)) found[kind].push(await measured(client));
    }
  } finally {
    traced.stop();
    await app.close();
  }
  const bytes = await collector.bytes();
  collector.stop();
  const middle = (of: 'off' | 'on', what: 'rate' | 'cpu') => median(found[of].map((one) => one[what]));
  const [off, on, cpuOff, cpuOn] = [middle('off', 'rate'), middle('on', 'rate'), middle('off', 'cpu'), middle('on', 'cpu')];
  return [
    { name: 'track events with every request and event traced; floor: the same without traces', value: on, unit: 'events/s', floor: off, ratio: on / off, budget: 'none set', ok: true },
    { name: 'CPU of the service for one of them; floor: the same without traces', value: cpuOn, unit: 'µs/event', floor: cpuOff, ratio: cpuOff / cpuOn, budget: 'none set', ok: true },
    { name: 'traces sent for an event', value: bytes / (people * (TRACED_ROUNDS + 1)), unit: 'bytes', floor: null, ratio: null, budget: 'none set', ok: true },
  ];
}

/** Durable ingestion over HTTP, client and server on the same cores, beside a raw batched insert of the same event rows. */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const db = await createDataSource(url, 2).initialize();
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api', INGEST_REQUESTS_PER_MINUTE: '0' }), databaseUrl: url });
  const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
  const client = new Client(app.url, key);
  try {
    const count = people * EVENTS_PER_PERSON;
    await client.send({ kind: 'identify', from: people, count: 2_000, people });
    const identified = await client.send({ kind: 'identify', from: 0, count: people, people });
    const before = await batches(db);
    const tracked = await client.send({ kind: 'track', from: 0, count, people });
    const batch = Math.round(count / ((await batches(db)) - before));
    const resident = process.memoryUsage().rss / 1_048_576;
    const floor = median([await rawInsert(db, count / 4, batch), await rawInsert(db, count / 4, batch), await rawInsert(db, count / 4, batch)]);
    const traced = await tracing(url, key, client, people);
    return [
      { name: `track events of known people, durable, over HTTP; floor: ${batch} raw rows a commit`, value: tracked.rate, unit: 'events/s', floor, ratio: tracked.rate / floor, budget: `>= ${BUDGET}`, ok: tracked.rate / floor >= BUDGET },
      { name: 'identify of new people with 4 attributes', value: identified.rate, unit: 'events/s', floor, ratio: identified.rate / floor, budget: 'none set', ok: true },
      { name: `request of ${BATCH} events, 95th percentile, ${CLIENTS} clients`, value: tracked.p95, unit: 'ms', floor: null, ratio: null, budget: 'none set', ok: true },
      { name: 'resident memory of the service after it', value: Math.round(resident), unit: 'MB', floor: null, ratio: null, budget: '<= 400 MB', ok: resident <= 400 },
      ...traced,
    ];
  } finally {
    client.stop();
    await app.close();
    await db.destroy();
  }
}
