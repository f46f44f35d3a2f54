import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { DataSource } from 'typeorm';
import { startApp } from '../src/app.js';
import { LinkKeys } from '../src/delivery/tracking/link-keys.service.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import type { Load } from './tracking-client.js';

const REQUESTS = 10_000;
const READERS = 200;
const ROUNDS = 3;
const BUDGET = 0.5;

/** Opens and clicks of messages that were sent, each stored before it is answered, beside a Fastify route that answers at once. */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const app = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', ROLE: 'api' }), databaseUrl: url });
  const db = app.nest.get(DataSource, { strict: false });
  const bare = Fastify({ logger: false });
  bare.get('/bare/*', (_request, reply) => reply.status(302).header('location', 'https://example.org/').send());
  const client = fork(fileURLToPath(new URL('./tracking-client.js', import.meta.url)), { execArgv: [] });
  try {
    const floorUrl = await bare.listen({ port: 0, host: '127.0.0.1' });
    const { opens, clicks } = await addresses(app, db, Math.min(people, REQUESTS));
    const found: Record<'floor' | 'open' | 'click', number[]> = { floor: [], open: [], click: [] };
    // The first round only warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const rates = {
        floor: await load(client, { urls: opens.map((open) => floorUrl + new URL(open).pathname.replace('/o/', '/bare/')), readers: READERS, status: 302 }),
        open: await load(client, { urls: opens, readers: READERS, status: 200 }),
        click: await load(client, { urls: clicks, readers: READERS, status: 302 }),
      };
      if (round > 0) for (const kind of ['floor', 'open', 'click'] as const) found[kind].push(rates[kind]);
    }
    const { stored } = (await row<{ stored: number }>(db, 'select count(*)::int as stored from delivery_event'))!;
    const asked = (opens.length + clicks.length) * (ROUNDS + 1);
    if (stored !== asked) throw new Error(`${stored} of ${asked} opens and clicks are stored`);
    const line = (name: string, kind: 'open' | 'click'): BenchRow => {
      const ratio = median(found[kind]) / median(found.floor);
      return { name, value: median(found[kind]), unit: 'requests/s', floor: median(found.floor), ratio, budget: `>= ${BUDGET}`, ok: ratio >= BUDGET };
    };
    return [line(`GET /o, durable / bare Fastify route; ${READERS} readers`, 'open'), line(`GET /c, durable / bare Fastify route; ${READERS} readers`, 'click')];
  } finally {
    client.kill();
    await bare.close();
    await app.close();
  }
}

async function load(client: ChildProcess, what: Load): Promise<number> {
  client.send(what);
  const [answer] = (await once(client, 'message')) as [{ rate: number } | { error: string }];
  if ('error' in answer) throw new Error(answer.error);
  return answer.rate;
}

/** One open and one click of each of so many messages, sent a day ago. */
async function addresses(app: Awaited<ReturnType<typeof startApp>>, db: DataSource, count: number): Promise<{ opens: string[]; clicks: string[] }> {
  const sent = Array.from({ length: count }, () => ({ id: newId(), personId: newId() }));
  await rows(db, `insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, is_control, topic, state, due_at, queued_at, sent_at, settled_at)
    select s."id", s."personId", $2, $2, 'news', s."id", 'email', 'a', false, 'bench', 'sent', t.at, t.at, t.at, t.at
      from jsonb_to_recordset($1::jsonb) as s("id" uuid, "personId" uuid) cross join (select now() - interval '1 day' as at) as t`, [JSON.stringify(sent), newId()]);
  await rows(db, 'analyze delivery');
  const signer = await app.nest.get(LinkKeys, { strict: false }).signer();
  const here = (address: string) => app.url + new URL(address).pathname;
  const links = sent.map(({ id, personId }) => signer.forMessage(id, personId));
  return { opens: links.map((link) => here(link.open())), clicks: links.map((link, index) => here(link.click(index % 20, 'https://example.org/articles/1?from=mail'))) };
}
