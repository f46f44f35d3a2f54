import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SafetySettings } from '../../src/contract/safety.js';
import { GatedQueue } from '../../src/delivery/sending/gated-claims.js';
import { inTransaction, row, rows } from '../../src/platform/database/db.js';
import type { TestApp } from '../support/app.js';
import { broadcast, email, HOUR, LaunchWorld, note, sorted } from '../support/launches.js';

let world: LaunchWorld;
let app: TestApp;
beforeAll(async () => {
  world = await LaunchWorld.start();
  app = world.app;
});
afterAll(() => world.close());

describe('a send rate', () => {
  const RATE = { messages: 10, per: 'minute' };
  const ended = async (id: string) => (await rows<{ at: Date }>(app.db, `select d.sent_at as at from delivery as d where d.campaign_id = $1 and d.sent_at is not null order by 1`, [id])).map(({ at }) => at.getTime());
  /** So many messages at most in any minute, wherever it begins. */
  const most = (at: readonly number[]) => Math.max(...at.map((from) => at.filter((other) => other >= from && other < from + 60_000).length));

  test('of a campaign is kept over all processes and uses what it may; what waits says so, and nothing is lost when somebody pauses or a process dies', async () => {
    const { people, segmentId } = await world.audience('rate', 35);
    const id = await world.publish(broadcast({ segmentId, pacing: { sendRate: RATE } }));
    const queue = app.nest.get(GatedQueue, { strict: false });
    for (let second = 0; second < 130; second += 3) {
      // Another sender looks, which has nothing of this campaign to send.
      const claim = () => inTransaction(app.db, (tx) => queue.claimIn(tx, { channel: 'webhook', worker: 'other', leaseUntil: world.clock.now(), limit: 50, now: world.clock.now() }));
      await claim();
      await world.run();
      if (second === 39) {
        const [next] = await rows<{ id: string }>(app.db, `select d.person_id as id from delivery as d where d.campaign_id = $1 and d.state = 'queued' order by d.due_at limit 1`, [id]);
        expect((await world.explained(id, next!.id)).gates.at(-1)).toMatchObject({ gate: 'transport', passed: false, code: 'RATE_DEFERRED', facts: { scope: 'campaign', messages: 10, per: 'minute' } });
        expect((await world.launchOf(id)).sendRate).toMatchObject({ ...RATE, waiting: 35 - (await ended(id)).length });
        await world.reconciles(id, 35);
      }
      if (second === 60) await expect(inTransaction(app.db, async (tx) => { await queue.claimIn(tx, { channel: 'in_app', worker: 'dies', leaseUntil: world.clock.now(), limit: 50, now: world.clock.now() }); throw new Error('killed'); })).rejects.toThrow('killed');
      world.clock.advance(3_000);
    }
    const before = await ended(id);
    expect([most(before), before.length]).toEqual([10, 22]);
    await app.api('POST', `/v1/campaigns/${id}/pause`);
    await world.pass(HOUR);
    expect((await ended(id)).length).toBe(before.length);
    await app.api('POST', `/v1/campaigns/${id}/resume`);
    for (let minute = 0; minute < 20; minute += 1) await world.pass(6_000);
    expect([await world.reached(id), await world.states(id), most(await ended(id))]).toEqual([sorted(people), { sent: 35 }, 10]);
  });

  test('two senders that claim at the same moment share one rate', async () => {
    const { segmentId } = await world.audience('share', 60);
    const id = await world.publish(broadcast({ segmentId, pacing: { sendRate: { messages: 600, per: 'minute' } }, message: email() }));
    const launch = await world.launchId(id);
    while ((await world.page(launch, 100)) > 0);
    const queue = app.nest.get(GatedQueue, { strict: false });
    const claims = await Promise.all(['one', 'two', 'three'].map((worker) => queue.claim({ channel: 'email', worker, leaseUntil: new Date(world.clock.now().getTime() + 60_000), limit: 50, now: world.clock.now() })));
    expect(claims.reduce((sum, { allowed }) => sum + allowed.length, 0)).toBe(20);
    await rows(app.db, `update delivery set state = 'queued', locked_by = null, lease_until = null where campaign_id = $1`, [id]);
    for (let second = 0; second < 10; second += 1) await world.pass(1_000);
    expect(await world.states(id)).toEqual({ sent: 60 });
  });

  test('of the workspace is shared by its campaigns and leaves transactional ones alone', async () => {
    await world.settings({ sendRate: { messages: 6, per: 'minute' } });
    const { segmentId } = await world.audience('all', 12);
    const [one, two] = [await world.publish(broadcast({ segmentId, message: note({ topic: 'news' }) })), await world.publish(broadcast({ segmentId, message: note({ topic: 'news' }) }))];
    const receipt = await world.publish(broadcast({ segmentId }));
    for (let second = 0; second < 60; second += 10) await world.pass(10_000);
    expect(await world.states(receipt)).toEqual({ sent: 12 });
    const sent = [(await world.states(one)).sent, (await world.states(two)).sent];
    expect([sent[0]! + sent[1]!, Math.abs(sent[0]! - sent[1]!) <= 2]).toEqual([6, true]);
    await world.settings();
    await world.run();
    expect([await world.states(one), await world.states(two)]).toEqual([{ sent: 12 }, { sent: 12 }]);
  });
});

describe('the breaker of the workspace', () => {
  const breaker = async () => (await app.api('GET', '/v1/breaker')).body;

  test('holds everything but transactional campaigns until a hand closes it, and everybody is told', async () => {
    const { people, segmentId } = await world.audience('breaker', 6);
    expect((await app.api('POST', '/v1/breaker/open', { note: '잘못된 링크' })).body).toMatchObject({ state: 'open', closesAt: null, reason: { code: 'BY_HAND', note: '잘못된 링크' } });
    const [id, receipt] = [await world.publish(broadcast({ segmentId, message: note({ topic: 'news' }) })), await world.publish(broadcast({ segmentId }))];
    await world.run();
    await world.pass(48 * HOUR);
    expect([await world.states(id), await world.states(receipt)]).toEqual([{ queued: 6 }, { sent: 6 }]);
    expect((await world.explained(id, people[0]!)).gates[0]).toMatchObject({ gate: 'campaign', code: 'BREAKER_OPEN', facts: { scope: 'workspace' } });
    expect((await world.launchOf(id)).breaker).toMatchObject({ scope: 'workspace', text: { ko: expect.stringContaining('잘못된 링크') } });
    expect((await app.api('GET', '/v1/home')).body.attention).toContainEqual(expect.objectContaining({ kind: 'breaker', text: { en: 'Sending was halted by hand: 잘못된 링크', ko: '직접 모든 발송을 멈췄습니다: 잘못된 링크' } }));
    await world.reconciles(id, 6);
    expect((await app.api('POST', '/v1/breaker/close')).body.state).toBe('closed');
    await world.run();
    expect(await world.states(id)).toEqual({ sent: 6 });
    await world.reconciles(id, 6);
    expect((await rows(app.db, `select e.action from audit_entry as e where e.action like 'breaker.%' order by e.id`))).toEqual([{ action: 'breaker.open' }, { action: 'breaker.close' }]);
  });

  test('opens by itself when several campaigns together go wrong, looks again by itself, and stays open longer the next time', async () => {
    await world.settings({ breaker: { window: 100, recheckMinutes: 30 } });
    const { segmentId } = await world.audience('together', 70);
    world.sink.script = { rcpt: (address) => (Number(/\d+/.exec(address)![0]) % 5 === 0 ? { code: 550, text: '5.1.1 No such user' } : undefined) };
    const mail = () => world.publish(broadcast({ segmentId, message: email({ topic: 'news' }) }));
    await mail();
    await mail();
    await world.pass(11_000);
    expect(await breaker()).toMatchObject({ state: 'open', reason: { code: 'ERROR_BUDGET', measure: 'hard', of: 100, limit: 10 }, closesAt: new Date(world.clock.now().getTime() + 30 * 60_000).toISOString() });
    world.sink.script = {};
    const held = await mail();
    await world.pass(29 * 60_000);
    expect(await world.states(held)).toEqual({ queued: 70 - (await suppressed()) });
    await world.pass(60_000);
    expect((await breaker()).state).toBe('closed');
    expect((await world.states(held)).sent).toBe(70 - (await suppressed()));
    await world.pass(11_000);
    expect((await breaker()).state).toBe('closed');
    await world.settings();
  });
  /** Those whose address bounced before are refused at the step. */
  const suppressed = async () => (await row<{ n: number }>(app.db, `select count(*)::int as n from suppression as s where s.reason = 'bounce'`))!.n - (await earlier());
  const earlier = async () => (await row<{ n: number }>(app.db, `select count(distinct d.person_id)::int as n from delivery as d join person as p on p.id = d.person_id where d.state = 'bounced' and p.external_id not like 'together-%'`))!.n;
});

test('the ledger adds up at every moment while caps, a rate, a window and the breaker put messages off', async () => {
  await app.api('PUT', '/v1/pacing', { caps: [{ key: 'daily', limit: 1, window: { kind: 'rolling', for: { hours: 6 } } }] });
  const { segmentId } = await world.audience('ledger', 12);
  const news = (change: object = {}) => world.publish(broadcast({ segmentId, message: note({ topic: 'news' }), ...change }));
  const [first, second] = [await news({ pacing: { sendRate: { messages: 240, per: 'minute' } } }), await news({ pacing: { expiresAfter: { hours: 4 } } })];
  const seen = new Set<string>();
  for (let hour = 0; hour < 14; hour += 1) {
    await world.run();
    if (hour === 2) await app.api('POST', '/v1/breaker/open', {});
    if (hour === 3) await app.api('POST', '/v1/breaker/close');
    for (const id of [first, second]) {
      await world.reconciles(id, 12);
      for (const { state, reason } of await rows<{ state: string; reason: string | null }>(app.db, 'select distinct d.state, d.reason from delivery as d where d.campaign_id = $1', [id])) seen.add(`${state} ${reason}`);
    }
    await world.pass(hour < 2 ? 61_000 : HOUR);
  }
  expect([...seen]).toEqual(expect.arrayContaining(['queued CAP_DEFERRED', 'queued null', 'sent null']));
  const all = [await world.states(first), await world.states(second)];
  expect(all.every(({ queued, sending }) => !queued && !sending)).toBe(true);
  expect(all.map((each) => Object.values(each).reduce((sum, n) => sum + n, 0))).toEqual([12, 12]);
});

test.each([
  ['ramp.atLeast', { ramp: { atLeast: 1 } }], ['sendRate.messages', { sendRate: { messages: 0, per: 'minute' } }], ['sendRate.per', { sendRate: { messages: 1, per: 'day' } }], ['approval.above', { approval: { above: 0 } }], ['breaker.window', { breaker: { window: 1 } }],
])('settings are checked: %s', async (path, body) => {
  const answer = await app.api('PUT', '/v1/safety-settings', body);
  expect([answer.status, answer.body.problems.map((each: { path: string }) => each.path)]).toEqual([400, [path]]);
  expect((await app.api('GET', '/v1/safety-settings')).body).toEqual(SafetySettings.parse({}));
});
