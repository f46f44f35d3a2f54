import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../ormconfig.js';
import { ApiKeys } from '../src/access/api-keys.service.js';
import { startApp } from '../src/app.js';
import { keyOf, newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { rows } from '../src/platform/database/db.js';
import type { BenchContext, BenchRow } from './bench.js';

const BUDGET = 0.5;
const BATCH = 100;
const CLIENTS = 24;
const EVENTS_PER_PERSON = 3;

interface Sent { type: string; userId: string; event?: string; messageId: string; timestamp: string; properties?: object; traits?: object; context: object }

const message = (person: number, round: number): Sent => {
  const shared = { userId: `bench-${person}`, messageId: newId(), timestamp: new Date().toISOString(), context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'ko-KR' } };
  if (round === 0) return { ...shared, type: 'identify', traits: { email: `bench-${person}@example.com`, name: `사람 ${person}`, plan: person % 3 === 0 ? 'pro' : 'free', timezone: 'Asia/Seoul' } };
  return { ...shared, type: 'track', event: round % 2 === 0 ? 'Item Added' : '결제 완료', properties: { sku: `sku-${person % 500}`, price: person % 97, currency: 'KRW', note: 'x'.repeat(60) } };
};

/** The floor: the event and receipt rows alone, already made, 2,000 to a statement on one connection, durable like the real thing. */
async function rawInsert(db: DataSource, count: number): Promise<number> {
  const all = Array.from({ length: count }, (_, index) => message(index % 5_000, 1));
  const started = performance.now();
  for (let from = 0; from < all.length; from += 2_000) {
    const part = all.slice(from, from + 2_000);
    const at = new Date();
    await db.transaction(async (tx) => {
      await rows(tx, 'insert into event_receipt (message_key, received_at) select k.key, $2::timestamptz from unnest($1::uuid[]) as k (key)', [part.map((one) => keyOf(one.messageId)), at]);
      await rows(tx, `
        insert into event (id, person_id, type, name, properties, context, occurred_at, received_at, message_id)
        select e.id, e.person_id, 'track', e.name, e.properties::jsonb, e.context::jsonb, $6::timestamptz, $6::timestamptz, e.message_id
          from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $7::text[]) as e (id, person_id, name, properties, context, message_id)`,
        [part.map(() => newId()), part.map((one) => keyOf(one.userId)), part.map((one) => one.event), part.map((one) => JSON.stringify(one.properties)), part.map((one) => JSON.stringify(one.context)), at, part.map((one) => one.messageId)]);
    });
  }
  return count / ((performance.now() - started) / 1_000);
}

function post(url: string, agent: Agent, key: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/batch`, { method: 'POST', agent, headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends messages from several clients at once; answers events per second and the 95th percentile of a request in ms. */
async function send(url: string, key: string, messages: Sent[]): Promise<{ rate: number; p95: number }> {
  const bodies: string[] = [];
  for (let from = 0; from < messages.length; from += BATCH) bodies.push(JSON.stringify({ batch: messages.slice(from, from + BATCH), sentAt: new Date().toISOString() }));
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const took: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (next < bodies.length) {
      const body = bodies[next++]!;
      const at = performance.now();
      await post(url, agent, key, body);
      took.push(performance.now() - at);
    }
  }));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return { rate: messages.length / seconds, p95: took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]! };
}

/** Durable ingestion over HTTP, client and server on the same cores, beside a raw batched insert of the same event rows. */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const db = await createDataSource(url, 2).initialize();
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api' }), databaseUrl: url });
  try {
    const { secret: key } = await app.nest.get(ApiKeys, { strict: false }).create({ kind: 'write', name: 'bench' }, 'setup');
    await rawInsert(db, 4_000);
    const floor = await rawInsert(db, people * EVENTS_PER_PERSON);
    await send(app.url, key, Array.from({ length: 2_000 }, (_, index) => message(people + index, 0)));
    const identified = await send(app.url, key, Array.from({ length: people }, (_, person) => message(person, 0)));
    const tracked = await send(app.url, key, Array.from({ length: people * EVENTS_PER_PERSON }, (_, index) => message((index * 7_919) % people, 1 + (index % 2))));
    return [
      { name: 'track events of known people, durable, over HTTP', value: tracked.rate, unit: 'events/s', floor, ratio: tracked.rate / floor, budget: `>= ${BUDGET}`, ok: tracked.rate / floor >= BUDGET },
      { name: 'identify of new people with 4 attributes', value: identified.rate, unit: 'events/s', floor, ratio: identified.rate / floor, budget: 'none set', ok: true },
      { name: `request of ${BATCH} events, 95th percentile, ${CLIENTS} clients`, value: tracked.p95, unit: 'ms', floor: null, ratio: null, budget: 'none set', ok: true },
    ];
  } finally {
    await app.close();
    await db.destroy();
  }
}
