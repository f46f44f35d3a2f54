import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { ReturnPaths } from '../../src/delivery/identity/return-paths.service.js';
import { MailListener } from '../../src/delivery/returns/intake/mail-listener.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue } from '../support/deliveries.js';
import { nested } from '../../bench/bounces-hostile.js';
import { arf, dsn } from '../support/returned-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const HOUR = 3_600_000;
const ADDRESS = 'p0@example.com';
let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;
let port: number;

beforeAll(async () => {
  sink = await new SmtpSink().start();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, INBOUND_PORT: '0', INBOUND_DOMAINS: 'fbl.news.example, bounce.news.example' } });
  port = app.nest.get(MailListener, { strict: false }).port!;
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(async () => {
  clock.set(START);
  await app.runner.runUntilIdle();
  await rows(app.db, 'truncate delivery, delivery_event, suppression, soft_bounce, inbound_event, person, consent');
});

/** Hands a mail to the listener over SMTP, as a server of the world would. */
async function receive(to: string, raw: Buffer): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from: '', to: [to] }, raw });
  } finally {
    transport.close();
  }
}

const returnPath = (id: string) => app.nest.get(ReturnPaths, { strict: false }).addressOf(id, 'bounce.news.example');

/** A delivery that really was sent to p0@example.com over SMTP; its id is in its Message-ID. */
async function sent(): Promise<{ id: string; personId: string }> {
  const [personId] = await makePeople(app.db, 1, START);
  const [id] = await queue(app.db, await makePlace(app.db, START), [personId!], START);
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(id!)!.state).toBe('sent');
  return { id: id!, personId: personId! };
}

const stateOf = async (id: string) => (await deliveries(app.db)).get(id)!.state;
const events = () => rows<{ kind: string; data: object }>(app.db, `select e.kind, e.data ->> 'kind' as "as", e.data ->> 'class' as class from delivery_event as e order by e.kind`);
const blocked = async () => (await rows<{ reason: string }>(app.db, 'select s.reason from suppression as s')).map(({ reason }) => reason);
const reports = async () => (await app.api('GET', '/v1/returns')).body.items as { id: string; state: string; detail: string; notices: { kind: string; outcome: string; category: string; status: string }[] }[];
const failed = (status: string, diagnostic?: string, address = ADDRESS) => ({ address, status, diagnostic });

test('D1: a hard bounce to a signed return path, delivered twice, counts once and suppresses', async () => {
  const { id } = await sent();
  const report = dsn({ recipients: [failed('5.1.1', '550 5.1.1 <p0@example.com>: Recipient address rejected: User unknown in local recipient table')] });
  const to = await returnPath(id);
  await receive(to, report);
  await receive(to.toUpperCase(), Buffer.concat([Buffer.from('Received: from elsewhere by mx.news.example\r\n'), report]));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await events(), await blocked()]).toEqual(['bounced', [{ kind: 'bounce', as: 'hard', class: 'invalid_recipient' }], ['bounce']]);
  expect((await reports()).map(({ state }) => state)).toEqual(['applied']);
});

test('D2: a delay changes nothing', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), dsn({ recipients: [{ ...failed('4.4.1', 'connect to mx.example.com[192.0.2.1]:25: Connection timed out'), action: 'delayed' }] }));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await events(), await blocked()]).toEqual(['sent', [], []]);
  expect(await reports()).toMatchObject([{ state: 'ignored', notices: [{ kind: 'delayed', outcome: 'noted' }] }]);
});

test('D3: a list of senders is our trouble, the recipient is kept', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), dsn({ recipients: [failed('5.7.1', '554 5.7.1 Service unavailable; Client host [192.0.2.1] listed at zen.spamhaus.org')] }));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await events(), await blocked()]).toEqual(['bounced', [{ kind: 'bounce', as: 'block', class: 'block_reputation' }], []]);
});

test('D4: of two recipients only our own counts', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), dsn({ recipients: [failed('5.1.1', '550 5.1.1 User unknown', 'else@example.com'), failed('5.2.2', '552 5.2.2 Mailbox full')] }));
  await app.runner.runUntilIdle();
  expect([await events(), await blocked()]).toEqual([[{ kind: 'bounce', as: 'soft', class: 'full' }], []]);
});

test('D5: an Exim bounce without a machine part is a bounce and no automatic answer', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), Buffer.from([
    'X-Failed-Recipients: p0@example.com', 'Auto-Submitted: auto-replied', 'From: Mail Delivery System <Mailer-Daemon@mx.example.com>', 'Subject: Mail delivery failed: returning message to sender', '',
    'This message was created automatically by mail delivery software.', '', 'A message that you sent could not be delivered to one or more of its', 'recipients. This is a permanent error. The following address(es) failed:', '',
    '  p0@example.com', '    host mx2.example.com [192.0.2.1]', '    SMTP error from remote mail server after RCPT TO:<p0@example.com>:', '    550 No Such User Here', '',
    '------ This is a copy of the message, including all the headers. ------', '', 'Subject: spam spam spam', '',
  ].join('\r\n')));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await blocked()]).toEqual(['bounced', ['bounce']]);
});

test('D6: a vacation note is ignored', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), Buffer.from('From: Kim <p0@example.com>\r\nSubject: I am away, user unknown to nobody\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday. My old mailbox does not exist any more.\r\n'));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await events(), await blocked()]).toEqual(['sent', [], []]);
  expect(await reports()).toMatchObject([{ state: 'ignored', notices: [{ kind: 'auto_reply' }] }]);
});

test('D7: a return path that we did not sign changes nothing and waits for a person', async () => {
  const { id } = await sent();
  const good = await returnPath(id);
  const forged = good.replace(/.@/, (end) => (end.startsWith('a') ? 'b@' : 'a@'));
  await receive(forged, dsn({ recipients: [failed('5.1.1', '550 5.1.1 User unknown')], messageId: `<${id}@news.example>` }));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), await events(), await blocked()]).toEqual(['sent', [], []]);
  expect(await reports()).toMatchObject([{ state: 'review', detail: 'It came to a return path that we did not sign.' }]);
  // Elsewhere than in our domains it is not even taken.
  await expect(receive(forged.replace('bounce.news.example', 'elsewhere.example'), dsn({ recipients: [] }))).rejects.toMatchObject({ responseCode: 550 });
  await expect(receive('anybody@elsewhere.example', dsn({ recipients: [] }))).rejects.toMatchObject({ responseCode: 550 });
});

test('D8: words beat the code', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), dsn({ recipients: [failed('5.1.1', '550 5.1.1 Not enough disk space')] }));
  await app.runner.runUntilIdle();
  expect([await events(), await blocked()]).toEqual([[{ kind: 'bounce', as: 'soft', class: 'full' }], []]);
});

test('D9: missing authentication is ours', async () => {
  const { id } = await sent();
  await receive(await returnPath(id), dsn({ recipients: [failed('5.0.0', '550-5.7.26 Your email has been blocked because the sender is unauthenticated.')] }));
  await app.runner.runUntilIdle();
  expect([await events(), await blocked()]).toEqual([[{ kind: 'bounce', as: 'block', class: 'block_auth' }], []]);
});

test('D10: a machine part in base64 beside Korean text in its old charset', async () => {
  const { id } = await sent();
  // "없는 사용자 입니다" in KS C 5601.
  const korean = Buffer.concat([Buffer.from('Content-Type: text/plain; charset=ks_c_5601-1987\r\n\r\n'), Buffer.from('bef8b4c220bbe7bfebc0da20c0d4b4cfb4d9', 'hex'), Buffer.from('\r\n')]);
  await receive(await returnPath(id), dsn({ recipients: [failed('5.1.1')], base64: true, textPart: korean }));
  await app.runner.runUntilIdle();
  expect([await events(), await blocked()]).toEqual([[{ kind: 'bounce', as: 'hard', class: 'invalid_recipient' }], ['bounce']]);
  expect((await reports())[0]!.notices).toMatchObject([{ status: '5.1.1', diagnostic: '없는 사용자 입니다' }]);
});

test('D11: parts nested 200 deep in nearly 10 MB are kept, not taken apart, and take little memory', async () => {
  const { id } = await sent();
  // The first one also makes room for what every mail of this size takes in a worker that other tests have used.
  const first = await sent();
  await receive(await returnPath(first.id), nested());
  await app.runner.runUntilIdle();
  await rows(app.db, 'truncate inbound_event');
  await receive(await returnPath(id), nested());
  const before = process.memoryUsage();
  await app.runner.runUntilIdle();
  expect(process.memoryUsage().rss - before.rss).toBeLessThan(64 * 1_048_576);
  expect(await reports()).toMatchObject([{ state: 'review', detail: 'Its parts are nested deeper than 12.' }]);
  expect(await rows(app.db, 'select octet_length(e.body) > 9500000 as whole from inbound_event as e')).toEqual([{ whole: true }]);
  expect(await stateOf(id)).toBe('sent');
});

test('more than 10 MB is refused while it comes', async () => {
  await expect(receive('b@bounce.news.example', Buffer.from(`Subject: x\r\n\r\n${'y'.repeat(76)}\r\n`.repeat(140_000)))).rejects.toMatchObject({ responseCode: 552 });
  expect(await reports()).toEqual([]);
});

test('A1: a complaint with our Message-ID and the address: off all advertising, receipts still go', async () => {
  const { id } = await sent();
  await receive('fbl@fbl.news.example', arf({ recipient: ADDRESS, messageId: `<${id}@news.example>` }));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), (await events()).map(({ kind }) => kind), await blocked()]).toEqual(['sent', ['complaint'], ['complaint']]);
  expect(await rows(app.db, `select c.topic, c.state from consent as c where c.topic = 'news'`)).toEqual([{ topic: 'news', state: 'unsubscribed' }]);
});

test('A1 for somebody else’s address: nothing is believed', async () => {
  const { id } = await sent();
  await receive('fbl@fbl.news.example', arf({ recipient: 'victim@example.com', messageId: `<${id}@news.example>` }));
  await app.runner.runUntilIdle();
  expect([await blocked(), (await reports())[0]!.state]).toEqual([[], 'review']);
});

test('A2: a report about authentication is no complaint', async () => {
  const { id } = await sent();
  await receive('fbl@fbl.news.example', arf({ type: 'auth-failure', recipient: ADDRESS, messageId: `<${id}@news.example>` }));
  await app.runner.runUntilIdle();
  expect([await events(), await blocked(), (await reports())[0]!.state]).toEqual([[], [], 'ignored']);
});

test('W10: a bounce that comes before our own commit is kept and ends bounced', async () => {
  const { id } = await sent();
  await rows(app.db, `update delivery set state = 'sending', locked_by = 'somebody', lease_until = $1, address = null, sent_at = null`, [new Date(START.getTime() + HOUR)]);
  await receive(await returnPath(id), dsn({ recipients: [failed('5.1.1', '550 5.1.1 User unknown')] }));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), (await reports())[0]!.state]).toEqual(['sending', 'pending']);
  await rows(app.db, `update delivery set state = 'sent', locked_by = null, lease_until = null, address = $1, sent_at = $2`, [ADDRESS, START]);
  clock.set(new Date(START.getTime() + 60_000));
  await app.runner.runUntilIdle();
  expect([await stateOf(id), (await reports())[0]!.state, await blocked()]).toEqual(['bounced', 'applied', ['bounce']]);
});

test('a message nobody knows is asked about for a day, then a person is', async () => {
  await receive(await returnPath('01890a5d-ac96-774b-bcce-b302099a8057'), dsn({ recipients: [failed('5.1.1', '550 5.1.1 User unknown')] }));
  await app.runner.runUntilIdle();
  for (let hours = 1; hours <= 23; hours += 1) {
    clock.set(new Date(START.getTime() + hours * HOUR));
    await app.runner.runUntilIdle();
  }
  expect((await reports())[0]!.state).toBe('pending');
  clock.set(new Date(START.getTime() + 25 * HOUR));
  await app.runner.runUntilIdle();
  expect(await reports()).toMatchObject([{ state: 'review', detail: 'There is no such message.' }]);
});

test('what is in doubt is decided by what comes back', async () => {
  const { id } = await sent();
  await rows(app.db, `update delivery set state = 'uncertain', reason = 'PROVIDER_UNCERTAIN', sent_at = null`);
  await receive(await returnPath(id), dsn({ recipients: [{ ...failed('2.0.0', '250 2.0.0 OK'), action: 'delivered' }] }));
  await app.runner.runUntilIdle();
  expect((await deliveries(app.db)).get(id)).toMatchObject({ state: 'delivered', reason: null, sentAt: expect.any(Date) });
});
