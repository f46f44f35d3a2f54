import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateDkimKey } from '../../src/delivery/identity/dkim-keys.js';
import { insertDkimKey, insertSendingDomain, setDefaultDomain } from '../../src/delivery/identity/store/sending-domains.store.js';
import { MailListener } from '../../src/delivery/returns/intake/mail-listener.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue } from '../support/deliveries.js';
import { hasPostfix, Postfix } from '../support/postfix.js';
import { SmtpSink, type Reply } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
/** Real Postfix in the middle; skipped, and said so, where it is not installed or cannot be started. Costs some five seconds. */
const ifInstalled = hasPostfix ? test : test.skip;

let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;
let postfix: Postfix | null = null;

/** What the servers behind Postfix say; the domain of the fifth person Postfix itself refuses at once. */
const ANSWERS: Record<string, Reply> = {
  'p0@example.com': { code: 550, text: '5.1.1 <p0@example.com>: Recipient address rejected: User unknown in local recipient table' },
  'p1@example.com': { code: 552, text: '5.2.2 <p1@example.com>: user is over quota' },
  'p2@example.com': { code: 554, text: '5.7.1 Service unavailable; Client host [127.0.0.1] blocked using zen.spamhaus.org' },
};

beforeAll(async () => {
  if (!hasPostfix) return;
  sink = await new SmtpSink({ rcpt: (address) => ANSWERS[address] }).start();
  const port = await freePort();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: `smtp://127.0.0.1:${port}`, INBOUND_PORT: '0' } });
  postfix = new Postfix(port, { 'example.com': sink.port, 'bounce.news.example': app.nest.get(MailListener, { strict: false }).port! });
  await postfix.start();
  const domainId = newId();
  await insertSendingDomain(app.db, { id: domainId, domain: 'news.example', fromName: '', fromLocal: 'hello', bounceDomain: 'bounce.news.example', createdBy: 'test' }, START);
  await insertDkimKey(app.db, { ...(await generateDkimKey()), id: newId(), domainId, selector: 's1', state: 'active' }, START);
  await setDefaultDomain(app.db, domainId, START);
});
afterAll(async () => {
  postfix?.stop();
  await app?.close();
  await sink?.stop();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => { server.close(() => done()); });
  return port;
}

/** Waits for so many reports to have been filed by the listener. */
async function filed(count: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await rows<{ count: number }>(app.db, 'select count(*)::int as count from inbound_event');
    if (found[0]!.count >= count) return;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  throw new Error(`the reports of postfix did not come:\n${postfix!.log()}`);
}

ifInstalled('what a real Postfix returns comes to the signed return paths and is told apart', async () => {
  const people = [...(await makePeople(app.db, 4, START)), ...(await makePeople(app.db, 1, START, () => 'p@nowhere.example'))];
  const ids = await queue(app.db, await makePlace(app.db, START), people, START);
  await app.runner.runUntilIdle();
  await filed(3);
  // A report may have come before our own settlement was committed: it is asked again a moment later.
  clock.set(new Date(START.getTime() + 60_000));
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect(ids.map((id) => after.get(id)!.state)).toEqual(['bounced', 'bounced', 'bounced', 'sent', 'bounced']);
  const events = await rows<{ id: string; as: string; class: string }>(app.db, `select e.delivery_id as id, e.data ->> 'kind' as "as", e.data ->> 'class' as class from delivery_event as e where e.kind = 'bounce'`);
  const told = new Map(events.map((event) => [event.id, `${event.as} ${event.class}`]));
  expect(ids.map((id) => told.get(id))).toEqual(['hard invalid_recipient', 'soft full', 'block block_reputation', undefined, 'hard bad_domain']);
  expect(await rows(app.db, 'select s.reason from suppression as s')).toEqual([{ reason: 'bounce' }, { reason: 'bounce' }]);
  expect((await app.api('GET', '/v1/returns')).body.items.map((each: { state: string }) => each.state)).toEqual(['applied', 'applied', 'applied']);
}, 600_000);
