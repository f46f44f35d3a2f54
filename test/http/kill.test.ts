import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, type TestApp } from '../support/app.js';
import { spawnDanbi } from '../support/process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { random } from '../story/world.js';

const PEOPLE = Number(process.env.DANBI_KILL_PEOPLE ?? 5_000);
const KILLS = Number(process.env.DANBI_KILLS ?? 50);
const SEED = Number(process.env.DANBI_KILL_SEED ?? Date.now() % 1_000_000);
const CONNECTIONS = 5;

let app: TestApp;
let sink: SmtpSink;
let campaignId: string;
let lives = { killed: 0, whileSending: 0 };

beforeAll(async () => {
  sink = await new SmtpSink({ delay: 25 }).start();
  app = await startTestApp();
  for (let from = 0; from < PEOPLE; from += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, PEOPLE - from) }, (_, index) => ({ type: 'identify', userId: `p-${from + index}`, traits: { email: `p-${from + index}@example.org`, plan: 'pro' } }));
    const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch }) });
    expect(await answer.json()).toEqual({ success: true });
  }
  const segment = await app.api('POST', '/v1/segments', { name: 'Pro', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } });
  await app.runner.runUntilIdle();
  const content = { subject: '새 기능', body: '<mj-section><mj-column><mj-text>Hello {{person.externalId}}</mj-text></mj-column></mj-section>' };
  const created = await app.api('POST', '/v1/campaigns', { name: 'Launch', definition: { type: 'broadcast', segmentId: segment.body.id, message: { id: 'message', type: 'message', channel: 'email', variants: [{ key: 'A', content }, { key: 'B', content }] } } });
  campaignId = created.body.id;
  const published = await app.api('POST', `/v1/campaigns/${campaignId}/publish`, {});
  expect({ status: published.status, problems: published.body.problems }).toEqual({ status: published.status < 300 ? published.status : 0, problems: undefined });
  lives = await liveAndDie();
}, Number(process.env.DANBI_KILL_MINUTES ?? 15) * 60_000);
afterAll(async () => {
  await app.close();
  await sink.stop();
});

/** The launch, in a process that is killed again and again at moments drawn from the seed; the last life runs to the end. */
async function liveAndDie(): Promise<typeof lives> {
  const next = random(SEED);
  const env = { PORT: '0', DATABASE_URL: app.databaseUrl, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), DATA_DIR: app.dataDir, DATABASE_POOL: '6' };
  let killed = 0;
  let whileSending = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const danbi = spawnDanbi(env);
    const before = sink.read.length;
    if (next() > 0.15) {
      await danbi.until(/ready at/);
      await sleep(next() * 1_200);
    } else {
      await sleep(next() * 1_000);
    }
    danbi.child.kill('SIGKILL');
    const { code } = await danbi.ended;
    if (code === null) killed += 1;
    if (sink.read.length > before) whileSending += 1;
  }
  const last = spawnDanbi(env);
  await last.until(/ready at/);
  for (let open = 1; open > 0; ) {
    await sleep(500);
    open = await openWork();
  }
  last.child.kill('SIGTERM');
  expect((await last.ended).code).toBe(0);
  return { killed, whileSending };
}

async function openWork(): Promise<number> {
  const [{ open }] = await app.db.query(`
    select (select count(*) from delivery as d where d.state in ('queued', 'sending'))::int
         + (select count(*) from launch as l where l.state in ('waiting', 'running'))::int
         + (select count(*) from enrollment as e where e.state = 'active')::int as open`);
  return open;
}

const states = async (): Promise<Map<string, string>> => {
  const found: { id: string; state: string }[] = await app.db.query('select d.id, d.state from delivery as d where d.campaign_id = $1', [campaignId]);
  return new Map(found.map(({ id, state }) => [id, state]));
};
const idOf = (messageId: string) => /<([0-9a-f-]{36})@/.exec(messageId)![1]!;

describe(`a launch to ${PEOPLE} people, killed ${KILLS} times (seed ${SEED})`, () => {
  test('the process really was killed, mostly while it was sending', () => {
    expect(lives.killed).toBe(KILLS);
    expect(lives.whileSending).toBeGreaterThan(KILLS / 4);
  });

  test('nobody was lost: each person has one delivery, sent or listed as uncertain', async () => {
    const all = await states();
    expect(all.size).toBe(PEOPLE);
    expect([...new Set(all.values())].toSorted()).toEqual(expect.arrayContaining(['sent']));
    expect([...all.values()].filter((state) => state !== 'sent' && state !== 'uncertain')).toEqual([]);
  });

  test('nothing was sent twice: the mail server read each body at most once', () => {
    const seen = new Map<string, number>();
    for (const { messageId } of sink.read) seen.set(messageId, (seen.get(messageId) ?? 0) + 1);
    expect([...seen].filter(([, times]) => times > 1)).toEqual([]);
    expect(new Set(sink.read.map(({ to }) => to)).size).toBe(sink.read.length);
  });

  test('what is called sent was accepted, and what was accepted is sent or uncertain', async () => {
    const all = await states();
    const accepted = new Set(sink.accepted.map(({ messageId }) => idOf(messageId)));
    expect([...all].filter(([id, state]) => state === 'sent' && !accepted.has(id))).toEqual([]);
    expect([...accepted].filter((id) => !['sent', 'uncertain'].includes(all.get(id) ?? 'missing'))).toEqual([]);
  });

  test('uncertain is at most one message a connection and kill, is listed, and the results add up', async () => {
    const uncertain = [...(await states()).values()].filter((state) => state === 'uncertain').length;
    process.stdout.write(`${KILLS} kills, ${lives.whileSending} of them while sending, ${PEOPLE} people: ${PEOPLE - uncertain} sent, ${uncertain} uncertain, ${sink.read.length} bodies read by the server\n`);
    expect(uncertain).toBeLessThanOrEqual(KILLS * CONNECTIONS);
    const listed = await app.api('GET', `/v1/deliveries?campaignId=${campaignId}&state=uncertain&limit=200`);
    expect(listed.body.items.length).toBe(Math.min(uncertain, 200));
    const { body } = await app.api('GET', `/v1/campaigns/${campaignId}/results`);
    expect(body.steps[0].reconciliation).toMatchObject({ eligible: PEOPLE, uncertain, delivered: PEOPLE - uncertain, difference: 0 });
  });
});
