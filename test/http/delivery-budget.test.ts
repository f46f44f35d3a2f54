import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity } from '../../src/delivery/sending/process-identity.js';
import { claimDue } from '../../src/delivery/sending/store/claims.store.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { deliveries, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const MINUTE = 60_000;
const SETTINGS = { giveUpHours: { marketing: 24, transactional: 72 }, errorBudget: { enabled: true, window: 100, hardPercent: 5, complaintPercent: 0.3, blockPercent: 20 }, resendUncertain: [] as string[] };
let clock: VirtualClock;
let app: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  clock = new VirtualClock(START);
  sink = await new SmtpSink().start();
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url } });
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(async () => {
  clock.advance(60 * MINUTE);
  sink.script = {};
  for (const list of [sink.accepted, sink.read, sink.offered]) list.length = 0;
  await rows(app.db, 'truncate delivery, delivery_event, suppression, person, relay_rate, audit_entry');
  await put(SETTINGS);
});

const put = (settings: unknown) => app.api('PUT', '/v1/sending-settings', settings);

/** An active campaign with so many messages due, which carry numbers from `first` on. */
async function campaign(count: number, first = 0, id?: string): Promise<string> {
  const place = await makePlace(app.db, clock.now());
  const campaignId = id ?? place.campaignId;
  if (!id) {
    await rows(app.db, `insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at) values ($1, 'series', 'Test', 'active', $2::jsonb, 'test', $3, $3, $3)`, [campaignId, JSON.stringify(series()), clock.now()]);
  }
  await queue(app.db, { ...place, campaignId }, await makePeople(app.db, count, clock.now(), (index) => `p${first + index}@example.com`), clock.now());
  return campaignId;
}

async function afterSending(id: string) {
  await app.runner.runUntilIdle();
  clock.advance(11_000);
  await app.runner.runUntilIdle();
  return (await app.api('GET', `/v1/campaigns/${id}`)).body;
}

const number = (address: string) => Number(/\d+/.exec(address)![0]);
const refuse = (every: number, text: string) => ({ rcpt: (address: string) => (number(address) % every === 0 ? { code: 550, text } : undefined) });

test.each([['hard', 10, '5.1.1 No such user'], ['block', 4, '5.7.1 Your host is listed at zen.spamhaus.org']])('too many (%s): the campaign is paused, says why, keeps its queue, and starts anew when it is resumed', async (measure, every, text) => {
  sink.script = refuse(every, text);
  const id = await campaign(150);
  const paused = await afterSending(id);
  expect(paused).toMatchObject({ state: 'paused', pauseReason: { code: 'ERROR_BUDGET', measure, of: 100, limit: expect.any(Number), text: { en: expect.stringContaining('of the last 100 messages'), ko: expect.stringContaining('최근 100건 중') } } });
  expect(await rows(app.db, `select e.actor, e.action, e.detail ->> 'measure' as measure from audit_entry as e where e.action = 'campaign.pause'`)).toEqual([{ actor: 'system', action: 'campaign.pause', measure }]);
  await campaign(120, 1_000, id);
  expect(await afterSending(id)).toMatchObject({ state: 'paused' });
  expect((await tally(app.db)).queued).toBe(120);
  sink.script = {};
  expect((await app.api('POST', `/v1/campaigns/${id}/resume`)).body).toMatchObject({ state: 'active', pauseReason: null });
  expect(await afterSending(id)).toMatchObject({ state: 'active', pauseReason: null });
  expect((await tally(app.db)).queued ?? 0).toBe(0);
});

test('complaints that come back hours later pause it too, and only from enough delivered messages on', async () => {
  const id = await campaign(99);
  await afterSending(id);
  await rows(app.db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) select d.id, d.person_id, 'complaint', 'return', $1, 'human' from delivery as d order by d.id limit 1`, [clock.now()]);
  expect(await afterSending(id)).toMatchObject({ state: 'active' });
  await campaign(1, 500, id);
  expect(await afterSending(id)).toMatchObject({ state: 'paused', pauseReason: { measure: 'complaint', percent: 1, limit: 0.3 } });
});

test('what stays within the budget goes on, other campaigns too, and a budget that is off pauses nothing', async () => {
  sink.script = refuse(40, '5.1.1 No such user');
  const fine = await campaign(150);
  expect(await afterSending(fine)).toMatchObject({ state: 'active' });
  sink.script = refuse(2, '5.1.1 No such user');
  await put({ ...SETTINGS, errorBudget: { ...SETTINGS.errorBudget, enabled: false } });
  const bad = await campaign(150, 10_000);
  expect(await afterSending(bad)).toMatchObject({ state: 'active' });
  await put(SETTINGS);
  clock.advance(11_000);
  expect(await afterSending(bad)).toMatchObject({ state: 'paused' });
  expect((await app.api('GET', `/v1/campaigns/${fine}`)).body).toMatchObject({ state: 'active' });
});

async function transactional(count: number): Promise<string[]> {
  return queue(app.db, await makePlace(app.db, clock.now(), undefined, 'receipts'), await makePeople(app.db, count, clock.now(), (index) => `r${index}@example.com`), clock.now());
}

test('uncertain is not sent again; a topic that asks for it gets one more try of the same message', async () => {
  sink.script = { dot: () => 'close' };
  const [kept] = await transactional(1);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(kept!)).toMatchObject({ state: 'uncertain' });
  expect((await put({ ...SETTINGS, resendUncertain: ['receipts'] })).status).toBe(200);
  clock.advance(60 * MINUTE);
  await app.runner.runUntilIdle();
  expect(sink.read).toHaveLength(1);

  await rows(app.db, 'truncate delivery, person');
  const [resent] = await transactional(1);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(resent!)).toMatchObject({ state: 'queued', reason: 'PROVIDER_UNCERTAIN', attempts: 1 });
  clock.advance(4 * MINUTE);
  await app.runner.runUntilIdle();
  expect(sink.read).toHaveLength(2);
  clock.advance(2 * MINUTE);
  await app.runner.runUntilIdle();
  expect(sink.read.slice(1).map(({ raw }) => raw)).toEqual([sink.read[1]!.raw, sink.read[1]!.raw]);
  expect((await deliveries(app.db)).get(resent!)).toMatchObject({ state: 'uncertain', attempts: 2 });
  clock.advance(120 * MINUTE);
  await app.runner.runUntilIdle();
  expect(sink.read).toHaveLength(3);
});

test('the same for a sender that was killed: marketing stays uncertain', async () => {
  await put({ ...SETTINGS, resendUncertain: ['receipts'] });
  const people = await makePeople(app.db, 1, clock.now());
  await queue(app.db, await makePlace(app.db, clock.now()), people, clock.now());
  await transactional(1);
  const worker = newId();
  const claimed = await claimDue(app.db, { channel: 'email', worker, leaseUntil: new Date(clock.now().getTime() + 2 * MINUTE), limit: 10, held: [], now: clock.now() });
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => { child.once('exit', done); });
  const folder = join(app.dataDir, 'journal');
  await mkdir(folder, { recursive: true });
  const dead = { ...ownIdentity(), pid: child.pid!, started: '1' };
  await writeFile(join(folder, `${worker}.1.log`), `${[JSON.stringify({ version: 1, worker, process: dead }), ...claimed.map(({ id, fence }) => `B ${id} ${fence} ${clock.now().getTime()} environment`)].join('\n')}\n`);
  await app.runner.runUntilIdle();
  const state = async () => Object.fromEntries((await rows<{ topic: string; state: string; relay: string }>(app.db, 'select d.topic, d.state, d.relay from delivery as d')).map(({ topic, state: word, relay }) => [topic, [word, relay]]));
  expect(await state()).toEqual({ news: ['uncertain', 'environment'], receipts: ['queued', 'environment'] });
  clock.advance(6 * MINUTE);
  await app.runner.runUntilIdle();
  expect([await state(), sink.read.length]).toEqual([{ news: ['uncertain', 'environment'], receipts: ['sent', 'environment'] }, 1]);
});

test('the server decides when to come back, and how long is tried can be said', async () => {
  sink.script = { rcpt: () => ({ code: 451, text: '4.7.1 Greylisted, try again in 60 seconds' }) };
  await put({ ...SETTINGS, giveUpHours: { marketing: 0.1, transactional: 72 } });
  const [marketing] = await queue(app.db, await makePlace(app.db, clock.now()), await makePeople(app.db, 1, clock.now()), clock.now());
  const [receipt] = await transactional(1);
  const begun = clock.now().getTime();
  for (let minute = 0; minute < 10; minute += 1) {
    await app.runner.runUntilIdle();
    clock.advance(73_000);
  }
  const found = await deliveries(app.db);
  expect(found.get(marketing!)).toMatchObject({ state: 'failed', detail: expect.stringContaining('Given up after 0.1 hours') });
  expect(found.get(receipt!)).toMatchObject({ state: 'queued', attempts: 10 });
  expect(clock.now().getTime() - begun).toBe(730_000);
});

test.each([
  ['resendUncertain', { resendUncertain: ['news'] }], ['resendUncertain', { resendUncertain: ['nowhere'] }], ['errorBudget', { errorBudget: { ...SETTINGS.errorBudget, window: 1 } }], ['giveUpHours', { giveUpHours: { marketing: 0, transactional: 1 } }],
])('settings are checked: %s', async (path, change) => {
  const answer = await put({ ...SETTINGS, ...change });
  expect([answer.status, JSON.stringify(answer.body).includes(path)]).toEqual([400, true]);
  expect((await app.api('GET', '/v1/sending-settings')).body).toEqual(SETTINGS);
});
