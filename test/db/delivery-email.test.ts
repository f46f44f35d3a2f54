import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DispatchGate } from '../../src/delivery/sending/dispatch-gate.js';
import { EmailSurroundings, EmailWorker } from '../../src/delivery/sending/jobs/email.worker.js';
import { GatedQueue } from '../../src/delivery/sending/gated-claims.js';
import { createLog } from '../../src/platform/logging.js';
import { readConfig } from '../../src/platform/config.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const MINUTE = 60_000;
let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;

beforeAll(async () => {
  sink = await new SmtpSink().start();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, SMTP_CONNECTIONS: '5' } });
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(async () => {
  clock.set(START);
  sink.script = {};
  for (const list of [sink.accepted, sink.read, sink.offered]) list.length = 0;
  await rows(app.db, 'truncate delivery, delivery_event, suppression, person, consent');
});
afterEach(() => app.runner.runUntilIdle());

/** Works until idle and says when the next message is due; other workers have appointments of their own. */
async function untilIdle(): Promise<Date | null> {
  await app.runner.runUntilIdle();
  return (await row<{ at: Date | null }>(app.db, `select min(d.due_at) as at from delivery as d where d.state = 'queued'`))!.at;
}

const addressOf = (index: number) => `p${index}@example.com`;

test('S1: a refused recipient bounces at once, is suppressed, and the next message still goes', async () => {
  sink.script = { rcpt: (address) => (address === addressOf(0) ? { code: 550, text: '5.1.1 No such user here' } : undefined) };
  const people = await makePeople(app.db, 2, START);
  const [gone, fine] = await queue(app.db, await makePlace(app.db, START), people, START);
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect(after.get(gone!)).toMatchObject({ state: 'bounced', reason: 'PROVIDER_REJECTED', attempts: 1 });
  expect(after.get(gone!)!.detail).toContain('No such user here');
  expect(after.get(fine!)).toMatchObject({ state: 'sent', attempts: 1, lockedBy: null });
  expect(await rows(app.db, 'select s.reason from suppression as s')).toEqual([{ reason: 'bounce' }]);
  expect(await rows(app.db, `select e.kind, e.data ->> 'class' as class from delivery_event as e where e.delivery_id = $1`, [gone])).toEqual([{ kind: 'bounce', class: 'invalid_recipient' }]);
  const [again] = await queue(app.db, await makePlace(app.db, START), people.slice(0, 1), START);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(again!)).toMatchObject({ state: 'cancelled', reason: 'SUPPRESSED_BOUNCE' });
});

test('a policy refusal is a failure of ours: nobody is suppressed', async () => {
  sink.script = { rcpt: () => ({ code: 550, text: '5.7.1 Message refused, your host is listed at zen.spamhaus.org' }) };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'failed', reason: 'PROVIDER_REJECTED' });
  expect(await rows(app.db, 'select 1 from suppression')).toEqual([]);
});

test('S2: a temporary refusal is tried again, at least five minutes later, as the same message', async () => {
  sink.script = { dot: () => ({ code: 451, text: '4.7.1 Greylisted, come back' }) };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  const next = await untilIdle();
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'queued', attempts: 1, lockedBy: null });
  expect(next!.getTime() - START.getTime()).toBeGreaterThanOrEqual(5 * MINUTE);
  sink.script = {};
  clock.set(next!);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'sent', attempts: 2 });
  expect(sink.read.map(({ raw }) => raw)).toEqual([sink.read[0]!.raw, sink.read[0]!.raw]);
});

test('a message that is refused for a day is given up, with the last answer', async () => {
  sink.script = { rcpt: () => ({ code: 450, text: '4.2.0 Try later' }) };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  const waits: number[] = [];
  for (let next = await untilIdle(); next; next = await untilIdle()) {
    waits.push((next.getTime() - clock.now().getTime()) / MINUTE);
    clock.set(next);
  }
  const end = (await deliveries(app.db)).get(id!)!;
  expect(end).toMatchObject({ state: 'failed', reason: 'PROVIDER_REJECTED', attempts: sink.offered.length });
  expect(clock.now().getTime() - START.getTime()).toBeLessThanOrEqual(24 * 60 * MINUTE);
  expect([5, 15, 30, 60, 120, 240].every((least, index) => waits[index]! >= least && waits[index]! <= least * 1.2 + 0.01)).toBe(true);
});

test('S3: a connection that dies after the final dot leaves the message uncertain, never sent again', async () => {
  sink.script = { dot: () => 'close' };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  expect(await untilIdle()).toBeNull();
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'uncertain', reason: 'PROVIDER_UNCERTAIN' });
  sink.script = {};
  clock.advance(3 * 24 * 60 * MINUTE);
  await app.runner.runUntilIdle();
  expect(sink.read).toHaveLength(1);
});

test('S4: a connection that dies before the body is read costs nothing: one body in the end', async () => {
  sink.script = { rcpt: (_address, seen) => (seen === 0 ? 'close' : undefined) };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  const next = await untilIdle();
  if (next) clock.set(next);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'sent' });
  expect([sink.read.length, sink.offered.length]).toEqual([1, 2]);
});

test('S7: a relay that drops every connection after 20 messages loses and repeats nothing', async () => {
  sink.script = { messagesPerConnection: 20 };
  await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 600, START), START);
  for (let next = await untilIdle(); next; next = await untilIdle()) clock.set(next);
  expect(await tally(app.db)).toEqual({ sent: 600 });
  expect([sink.counts().size, sink.accepted.length, sink.read.length]).toEqual([600, 600, 600]);
});

test('control deliveries pass the gates and the render, and nothing leaves', async () => {
  const place = await makePlace(app.db, START);
  const people = await makePeople(app.db, 2, START);
  await rows(app.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'email', 'news', 'unsubscribed', $2, 'test')`, [people[1], START]);
  const [control, refused] = await queue(app.db, place, people, START, { isControl: true });
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect(after.get(control!)).toMatchObject({ state: 'ghost', reason: 'EXPERIMENT_CONTROL' });
  expect(after.get(refused!)).toMatchObject({ state: 'cancelled', reason: 'TOPIC_UNSUBSCRIBED' });
  expect(sink.offered).toEqual([]);
});

test('who unsubscribes between the queue and the sending gets nothing', async () => {
  const people = await makePeople(app.db, 2, START);
  const [left, stays] = await queue(app.db, await makePlace(app.db, START), people, START);
  await rows(app.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'email', 'news', 'unsubscribed', $2, 'test')`, [people[0], START]);
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect([after.get(left!), after.get(stays!)]).toMatchObject([{ state: 'cancelled', reason: 'TOPIC_UNSUBSCRIBED' }, { state: 'sent' }]);
  expect(sink.offered).toHaveLength(1);
});

test('who is gone, has no address, or misses a value ends with a reason, and the others go on', async () => {
  const place = await makePlace(app.db, START);
  const people = await makePeople(app.db, 5, START, (index) => ['a@example.com', 'b@example.com', 'not an address', 'ünïcode@example.com', 'e@example.com'][index]!);
  const ids = await queue(app.db, place, people, START);
  await rows(app.db, 'delete from person where id = $1', [people[0]]);
  await rows(app.db, `update person set attributes = '{}' where id = $1`, [people[1]]);
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect(ids.map((id) => [after.get(id)!.state, after.get(id)!.reason])).toEqual([['cancelled', 'PERSON_DELETED'], ['failed', 'RENDER_MISSING_VAR'], ['cancelled', 'CHANNEL_UNREACHABLE'], ['failed', 'CHANNEL_UNREACHABLE'], ['sent', null]]);
  expect(after.get(ids[3]!)!.detail).toContain('SMTPUTF8');
});

test('a later fence refuses the settlement of an earlier claim', async () => {
  sink.script = { delay: 300 };
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  const sending = app.nest.get(EmailWorker, { strict: false }).runOnce();
  while (sink.read.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  await rows(app.db, `update delivery set fence = fence + 1, locked_by = 'someone else' where id = $1`, [id]);
  await sending;
  expect((await deliveries(app.db)).get(id!)).toMatchObject({ state: 'sending', lockedBy: 'someone else', sentAt: null });
});

test('S8: a campaign paused and resumed ten times while it sends loses and repeats nothing; the gate has the last word', async () => {
  const place = await makePlace(app.db, START);
  const people = await makePeople(app.db, 400, START);
  const ids = await queue(app.db, place, people, START);
  let paused = false;
  const gate: DispatchGate = {
    heldCampaigns: async () => (paused ? [place.campaignId] : []),
    limitedCampaigns: async () => [],
    recheck: async (_tx, claimed) => new Map(claimed.filter(({ deliveryId }) => deliveryId === ids[7]).map(({ deliveryId }) => [deliveryId, { facts: { exit: { goals: ['paid'], rules: [] } }, pacing: {} }])),
  };
  const config = readConfig({ DATA_DIR: app.dataDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: '5' });
  const worker = new EmailWorker(app.db, clock, config, createLog('silent'), new GatedQueue(app.db, gate), app.nest.get(EmailSurroundings, { strict: false }));
  let resumed = 0;
  for (let switched = 0; switched < 20; switched += 1) {
    const round = worker.runOnce();
    await new Promise((resolve) => { setTimeout(resolve, 10); });
    paused = !paused;
    const { done, next } = await round;
    if (paused && done === 0) expect(next).toBeNull();
    resumed += paused ? 0 : 1;
  }
  while ((await worker.runOnce()).done > 0);
  await worker.drain();
  expect([await tally(app.db), resumed]).toEqual([{ sent: 399, cancelled: 1 }, 10]);
  expect([sink.counts().size, sink.accepted.length, sink.read.length]).toEqual([399, 399, 399]);
});
