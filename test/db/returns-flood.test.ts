import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fileInboundBatch } from '../../src/delivery/returns/store/inbound-events.store.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { sent, type SentMessage } from '../support/provider-hooks.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const DAY = 86_400_000;
const clock = new VirtualClock(START);
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  clock.set(START);
  await rows(app.db, 'truncate inbound_event, delivery, delivery_event, suppression, person, person_change, consent, soft_bounce');
});

const mail = ({ id, address }: SentMessage) => ({ messageId: 'm', destination: [address], tags: { mid: [id] } });
const delivered = (message: SentMessage) => ({ eventType: 'Delivery', mail: mail(message), delivery: { recipients: [message.address], timestamp: START.toISOString(), smtpResponse: '250 ok' } });
const bounced = (message: SentMessage, recipient = message.address) => ({ eventType: 'Bounce', mail: mail(message), bounce: { bounceType: 'Permanent', bounceSubType: 'General', timestamp: START.toISOString(), feedbackId: 'f', bouncedRecipients: [{ emailAddress: recipient, status: '5.1.1', action: 'failed', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }] } });
const file = (events: readonly object[], receivedAt = START, name = 'e') => fileInboundBatch(app.db, { source: 'ses', contentType: 'application/json', receivedAt }, events.map((event, index) => ({ dedupeKey: `${name}${index}`, body: Buffer.from(JSON.stringify({ Type: 'Notification', Message: JSON.stringify(event) })) })));
const messages = (count: number) => sent(app, Array.from({ length: count }, (_, index) => `p${index}@example.com`), START);
const states = async (table: 'delivery' | 'inbound_event') => Object.fromEntries((await rows<{ state: string; n: number }>(app.db, `select state, count(*)::int as n from ${table} group by state`)).map(({ state, n }) => [state, n]));
const round = async () => { await app.runner.runUntilIdle(); };

test('a flood is read in large rounds, and comes to what one by one comes to', async () => {
  const all = await messages(1_200);
  await file([...all.map(delivered), ...all.slice(0, 30).map((message) => bounced(message))]);
  await app.db.query('create table round_probe (xid xid8)');
  await app.db.query(`create function probe_round() returns trigger language plpgsql as $$ begin insert into round_probe values (pg_current_xact_id()); return null; end $$;
    create trigger probe after update of state on inbound_event for each statement execute function probe_round()`);
  await round();
  const { n } = (await row<{ n: number }>(app.db, 'select count(distinct xid)::int as n from round_probe'))!;
  await app.db.query('drop trigger probe on inbound_event; drop function probe_round; drop table round_probe');
  expect([await states('inbound_event'), await states('delivery')]).toEqual([{ applied: 1_230 }, { delivered: 1_170, bounced: 30 }]);
  expect(n).toBeLessThan(20);
  expect((await row<{ n: number }>(app.db, 'select count(*)::int as n from suppression'))!.n).toBe(30);
});

test('reports about one message are judged each for itself, whatever else is in the round', async () => {
  const [message] = await messages(1);
  await file([delivered(message!), bounced(message!, 'forwarded@elsewhere.example')]);
  await round();
  expect([await states('inbound_event'), await states('delivery')]).toEqual([{ applied: 2 }, { bounced: 1 }]);
});

test('one report that cannot be applied does not hold up the rest of its round', async () => {
  const all = await messages(5);
  await file(all.map(delivered));
  await app.db.query(`create function refuse_one() returns trigger language plpgsql as $$ begin if new.id = '${all[2]!.id}' and new.state = 'delivered' then raise 'not this one'; end if; return new; end $$;
    create trigger refuse_one before update on delivery for each row execute function refuse_one()`);
  await round();
  expect(await states('inbound_event')).toEqual({ applied: 4, pending: 1 });
  expect((await row(app.db, `select detail, begun from inbound_event where state = 'pending'`))).toEqual({ detail: 'not this one', begun: 0 });
  await app.db.query('drop trigger refuse_one on delivery; drop function refuse_one');
  clock.set(new Date(START.getTime() + 60_000));
  await round();
  expect([await states('inbound_event'), await states('delivery')]).toEqual([{ applied: 5 }, { delivered: 5 }]);
});

test('reports whose reader died come back alone; one that always kills it is given up and takes no other with it', async () => {
  const all = await messages(3);
  await file(all.map(delivered));
  await rows(app.db, `update inbound_event set begun = case dedupe_key when 'e0' then 8 else 1 end, attempts = 8`);
  await round();
  expect(await rows(app.db, 'select dedupe_key as key, state, begun from inbound_event order by dedupe_key')).toEqual([
    { key: 'e0', state: 'failed', begun: 0 }, { key: 'e1', state: 'applied', begun: 0 }, { key: 'e2', state: 'applied', begun: 0 }]);
  const [id] = await rows<{ id: string }>(app.db, `select id from inbound_event where state = 'failed'`);
  expect((await app.api('GET', `/v1/returns/${id!.id}`)).body.detail).toContain('8 times');
  expect((await app.api('POST', `/v1/returns/${id!.id}/retry`)).status).toBe(204);
  await round();
  expect(await states('inbound_event')).toEqual({ applied: 3 });
});

test('words of understood reports go after 90 days, those that wait for a person stay, and after 400 days nothing is left', async () => {
  const [message] = await messages(1);
  await file([delivered(message!), { eventType: 'Fancy', mail: mail(message!) }]);
  await round();
  const sizes = async () => Object.fromEntries((await rows<{ state: string; bytes: number }>(app.db, 'select state, octet_length(body) as bytes from inbound_event')).map(({ state, bytes }) => [state, bytes > 0]));
  clock.set(new Date(START.getTime() + 89 * DAY));
  await round();
  expect(await sizes()).toEqual({ applied: true, review: true });
  clock.set(new Date(START.getTime() + 91 * DAY));
  await round();
  expect(await sizes()).toEqual({ applied: false, review: true });
  expect(await file([delivered(message!)])).toBe(0);
  clock.set(new Date(START.getTime() + 401 * DAY));
  await round();
  expect(await sizes()).toEqual({});
});

test('when somebody is erased, what came back about them keeps no words, before and after', async () => {
  const [message, other] = await messages(2);
  await file([bounced(message!), delivered(other!)]);
  const unattributed = `From: mailer-daemon@example.com\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; ${message!.address}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n`;
  await fetch(`${app.url}/v1/inbound-mails`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'message/rfc822' }, body: unattributed });
  await round();
  expect(await states('inbound_event')).toEqual({ applied: 2, review: 1 });
  expect((await app.api('DELETE', `/v1/people/${message!.personId}`)).status).toBe(200);
  await round();
  await file([bounced(message!)], START, 'late');
  await round();
  const kept = await rows<{ body: Buffer; envelope: unknown; notices: object[]; ids: string[]; state: string }>(app.db, 'select body, envelope, notices, delivery_ids as ids, state from inbound_event');
  expect(kept).toHaveLength(4);
  const about = kept.filter(({ ids }) => !ids.includes(other!.id));
  expect(about.map(({ body, envelope }) => [body.length, envelope])).toEqual([[0, null], [0, null], [0, null]]);
  expect(JSON.stringify(about)).not.toMatch(/p0@example|user unknown|no such user/);
  expect(kept.find(({ ids }) => ids.includes(other!.id))!.body.length).toBeGreaterThan(0);
});
