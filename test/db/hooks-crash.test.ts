import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { GuardedPost } from '../../src/delivery/hooks/guarded-post.js';
import { Resolver } from '../../src/platform/network/resolver.js';
import { HookSurroundings } from '../../src/delivery/hooks/hook-batch.js';
import { HooksWorker } from '../../src/delivery/hooks/jobs/hooks.worker.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { readConfig } from '../../src/platform/config.js';
import { createLog } from '../../src/platform/logging.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { oneFile } from '../support/one-file.js';
import { spawnDanbi } from '../support/process.js';
import { Receiver } from '../support/receiver.js';

const ALLOWED = '127.0.0.0/8';
let app: TestApp;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await new Receiver().start();
  app = await startTestApp({ env: { WEBHOOK_ALLOWED_NETWORKS: ALLOWED } });
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});
beforeEach(() => receiver.reset());

async function campaign(channel: 'webhook' | 'chat', event: string): Promise<{ endpointId: string; campaignId: string }> {
  const { body } = await app.api('POST', '/v1/webhook-endpoints', { kind: channel === 'chat' ? 'slack' : 'standard', name: event, url: `${receiver.url}/${channel}` });
  const content = channel === 'chat' ? { endpointId: body.endpoint.id, text: 'Hi' } : { endpointId: body.endpoint.id, data: {} };
  const made = await app.api('POST', '/v1/campaigns', { name: event, definition: { type: 'series', entry: { type: 'event', event }, start: 'a', steps: [{ id: 'a', type: 'message', channel, variants: [{ key: 'A', content }] }] } });
  expect((await app.api('POST', `/v1/campaigns/${made.body.id}/publish`, {})).status).toBe(200);
  return { endpointId: body.endpoint.id, campaignId: made.body.id };
}
const track = (events: { userId: string; event: string }[]) => fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: events.map((each) => ({ type: 'track', ...each })) }) });
const statesOf = async (campaignId: string) => (await app.db.query('select d.id, d.state from delivery as d where d.campaign_id = $1', [campaignId])) as { id: string; state: string }[];
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((again) => { setTimeout(again, 50); });
}

test('killed between the POST and its settlement: the webhook goes again under its id, the chat notice is in doubt', async () => {
  const hook = await campaign('webhook', 'Hooked');
  const chat = await campaign('chat', 'Chatted');
  const env = { PORT: '0', DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, DATABASE_POOL: '6', WEBHOOK_ALLOWED_NETWORKS: ALLOWED };
  await track([{ userId: 'a', event: 'Hooked' }, { userId: 'a', event: 'Chatted' }]);
  receiver.answer = () => 'hang';
  const first = spawnDanbi(env, await oneFile());
  await receiver.until(2);
  first.child.kill('SIGKILL');
  await first.ended;
  expect([...(await statesOf(hook.campaignId)), ...(await statesOf(chat.campaignId))].map(({ state }) => state)).toEqual(['sending', 'sending']);
  // A minute passes: the claims of the dead process run out.
  await app.db.query(`update delivery set lease_until = now() - interval '1 second' where state = 'sending'`);
  receiver.answer = () => ({ status: 200 });
  const second = spawnDanbi(env, await oneFile());
  await until(async () => (await statesOf(hook.campaignId))[0]!.state === 'sent' && (await statesOf(chat.campaignId))[0]!.state === 'uncertain');
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
  const { id } = (await statesOf(hook.campaignId))[0]!;
  expect(receiver.got.filter(({ path }) => path.endsWith('/webhook')).map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  expect(receiver.got.filter(({ path }) => path.endsWith('/chat'))).toHaveLength(1);
}, 600_000);

test('two workers send each webhook once', async () => {
  const { campaignId } = await campaign('webhook', 'Raced');
  const outside = app.nest.get(HookSurroundings, { strict: false });
  const { db, clock, queue, contents, post, audit } = outside;
  await track(Array.from({ length: 60 }, (_, index) => ({ userId: `race-${index}`, event: 'Raced' })));
  await app.db.query(`update webhook_endpoint set enabled = false, disabled_because = 'operator'`);
  await app.runner.runUntilIdle();
  await app.db.query(`update webhook_endpoint set enabled = true, disabled_because = null where name = 'Raced'`);
  const workers = [1, 2].map(() => new HooksWorker(new HookSurroundings(db, clock, queue, contents, post, audit), createLog('error')));
  await until(async () => {
    await Promise.all(workers.map((worker) => worker.runOnce()));
    return (await statesOf(campaignId)).every(({ state }) => state === 'sent');
  });
  await Promise.all(workers.map((worker) => worker.drain()));
  expect(receiver.got.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual((await statesOf(campaignId)).map(({ id }) => id).toSorted());
  expect(receiver.got).toHaveLength(60);
});

test('a slow endpoint keeps no other waiting', async () => {
  const slow = await campaign('webhook', 'Slow');
  const quick = await campaign('webhook', 'Quick');
  await track([{ userId: 'slow', event: 'Slow' }]);
  const release: (() => void)[] = [];
  const hanging = createServer((request, response) => { request.resume(); release.push(() => response.writeHead(200).end()); });
  await new Promise<void>((done) => { hanging.listen(0, '127.0.0.1', done); });
  await app.db.query('update webhook_endpoint set url = $2 where id = $1', [slow.endpointId, `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`]);
  const idle = app.runner.runUntilIdle();
  await until(async () => release.length === 1);
  await track([{ userId: 'quick', event: 'Quick' }]);
  await receiver.until(1);
  expect((await statesOf(slow.campaignId))[0]!.state).toBe('sending');
  release[0]!();
  await idle;
  expect([...(await statesOf(slow.campaignId)), ...(await statesOf(quick.campaignId))].map(({ state }) => state)).toEqual(['sent', 'sent']);
  await new Promise((done) => { hanging.close(done); });
});

describe('a POST', () => {
  class Names extends Resolver {
    asked = 0;
    constructor(private readonly answers: string[][]) { super(); }
    override async resolve(): Promise<LookupAddress[]> {
      const addresses = this.answers[Math.min(this.asked, this.answers.length - 1)]!;
      this.asked += 1;
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    }
  }
  const posting = (names: Names, allowed = ALLOWED) => new GuardedPost(readConfig({ WEBHOOK_ALLOWED_NETWORKS: allowed }), names, new SystemClock());
  const request = (url: string) => ({ url, headers: {}, body: '{"a":1}' });

  test('goes to the address that was judged, with the name in its Host, after one look-up', async () => {
    const names = new Names([['127.0.0.1'], ['10.0.0.1']]);
    const outcome = await posting(names).post(request(`http://hooks.example.com:${receiver.port}/x?y=1`));
    expect([outcome, names.asked, receiver.got[0]!.headers.host, receiver.got[0]!.path]).toEqual([expect.objectContaining({ kind: 'answer', status: 200 }), 1, `hooks.example.com:${receiver.port}`, '/x?y=1']);
  });

  test.each([
    ['a name that leads inside', [['127.0.0.1']], 'http://hooks.example.com', ''],
    ['a name with one address inside', [['93.184.216.34', '10.0.0.1']], 'https://hooks.example.com', ''],
    ['a name with a mapped address', [['::ffff:127.0.0.1']], 'https://hooks.example.com', ''],
    ['a decimal address', [[]], 'http://2130706433', ''],
    ['an octal address', [[]], 'http://0177.0.0.1', ''],
    ['a short address', [[]], 'http://127.1', ''],
    ['a mapped address', [[]], 'http://[::ffff:7f00:1]', ''],
    ['the metadata address', [[]], 'http://169.254.169.254', ALLOWED],
    ['another scheme', [['127.0.0.1']], 'file:///etc/passwd', ALLOWED],
    ['no encryption across the internet', [['93.184.216.34']], 'http://hooks.example.com', ALLOWED],
  ])('refuses %s without a connection', async (_what, answers, url, allowed) => {
    const port = url.startsWith('file') ? '' : `:${receiver.port}/`;
    expect(await posting(new Names(answers), allowed).post(request(`${url}${port}`))).toMatchObject({ kind: 'refused' });
    expect(receiver.got).toHaveLength(0);
  });

  test('tells what may have arrived from what has not', async () => {
    const post = posting(new Names([['127.0.0.1']]));
    expect(await post.post(request('http://127.0.0.1:1/'))).toMatchObject({ kind: 'network', sent: false });
    receiver.answer = () => 'drop';
    expect(await post.post(request(receiver.url))).toMatchObject({ kind: 'network', sent: true });
    receiver.answer = () => 'hang';
    expect(await post.post(request(receiver.url), 300)).toEqual({ kind: 'network', sent: true, error: 'no answer within 0.3 seconds' });
    expect(await new GuardedPost(readConfig({}), new (class extends Resolver { override resolve = () => new Promise<never>(() => {}); })(), new SystemClock()).post(request('https://slow.example'), 100)).toMatchObject({ kind: 'network', sent: false });
  });

  test('reads no more of an answer than it keeps, and outlives one that never ends', async () => {
    const endless = createServer((incoming, response) => {
      incoming.resume();
      response.writeHead(200);
      const more = setInterval(() => response.write('가'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(more));
    });
    await new Promise<void>((done) => { endless.listen(0, '127.0.0.1', done); });
    const outcome = await posting(new Names([[]])).post(request(`http://127.0.0.1:${(endless.address() as AddressInfo).port}/`));
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, body: expect.stringMatching(/^가{341}/) });
    endless.closeAllConnections();
    await new Promise((done) => { endless.close(done); });
  });
});
