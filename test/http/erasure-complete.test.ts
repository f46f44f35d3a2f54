import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { ReturnPaths } from '../../src/delivery/identity/return-paths.service.js';
import { MailListener } from '../../src/delivery/returns/intake/mail-listener.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, inApp, series } from '../support/campaign-definitions.js';
import { Browser, publishAuto, type Granted } from '../support/displays.js';
import { placesInFiles, placesInTables } from '../support/marked-places.js';
import { Receiver } from '../support/receiver.js';
import { dsn } from '../support/returned-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** In everything that is said by, of, or to the person; and nowhere else. */
const MARK = 'zqxmark';
const EMAIL = `${MARK}@example.org`;
const USER = `${MARK}-user`;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let sink: SmtpSink;
let receiver: Receiver;


const batch = (messages: object[]) => fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: messages }) });
const work = () => app.runner.runUntilIdle();

async function receive(to: string, raw: Buffer): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: app.nest.get(MailListener, { strict: false }).port!, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from: '', to: [to] }, raw });
  } finally {
    transport.close();
  }
}

async function upload(kind: string, csv: string): Promise<void> {
  const answer = await fetch(`${app.url}/v1/imports/${kind}`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv' }, body: csv });
  expect(answer.status).toBe(202);
  await work();
}

const done = async (answer: Promise<{ status: number; body: any }>) => { // eslint-disable-line typescript/no-explicit-any -- answers of many routes
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};

beforeAll(async () => {
  sink = await new SmtpSink().start();
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, INBOUND_PORT: '0', INBOUND_DOMAINS: 'bounce.news.example', WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
  await done(app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } }));
});
afterAll(async () => {
  await app.close();
  await sink.stop();
  await receiver.stop();
});

test('an erased person is in no table and in no file, by any way they or others had told of them', async () => {
  // Who they are, by a server, a browser, a file and by hand.
  await batch([{ type: 'identify', userId: USER, anonymousId: `${MARK}-anon`, traits: { email: EMAIL, name: `${MARK} Kim`, city: `${MARK} city`, plan: 'pro' }, context: { ip: '203.0.113.9', userAgent: `${MARK}/1.0`, page: { url: `https://shop.example/${MARK}` } } }]);
  await work();
  const personId = (await row<{ id: string }>(app.db, 'select i.person_id as id from person_identity as i where i.value = $1', [USER]))!.id;
  await done(app.api('PATCH', `/v1/people/${personId}`, { attributes: { note: `by hand ${MARK}` } }));
  await done(app.api('PUT', `/v1/people/${personId}/tags/${MARK}-tag`));
  await upload('people', `id,email,name,seats\n${USER},${EMAIL},${MARK} Lee,3\n${USER},not an address ${MARK},x,3\n`);
  await upload('events', `user_id,event,timestamp,message_id\n${USER},Visited,2026-03-01T00:00:00Z,${MARK}-m\n,Lost,2026-03-01T00:00:00Z,lost\n`);
  const list = await done(app.api('POST', '/v1/lists', { name: 'Some' }));
  await app.api('POST', `/v1/lists/${list.id}/members`, { people: [`external:${USER}`] });
  // What they did, what was refused of it, and who else claimed to be them.
  await batch([
    { type: 'track', userId: USER, event: 'Order', messageId: `${MARK}-order`, properties: { item: `${MARK} shoes`, total: 9 } },
    { type: 'track', userId: USER, event: '', properties: { item: `${MARK} refused` } },
    { type: 'identify', userId: `other-user`, anonymousId: `${MARK}-anon`, traits: {} },
  ]);
  await done(app.api('PUT', `/v1/people/${personId}/consent`, { consents: [{ channel: 'email', topic: 'product-updates', state: 'subscribed' }], source: `form ${MARK}`, wording: `I, ${MARK}, agree`, ip: '203.0.113.9', userAgent: `${MARK}/2` }));
  await done(app.api('POST', '/v1/features', { key: 'dark', name: 'Dark' }));
  await done(app.api('POST', '/v1/features/dark/requests', { person: `external:${USER}`, words: `${MARK} wants it dark`, requestId: `${MARK}-r` }));
  // What was sent to them: an e-mail, a webhook that is answered with their name, an in-app message.
  const hook = await done(app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: 'Ours', url: receiver.url }));
  receiver.answer = () => ({ status: 400, body: `no ${MARK} here` });
  const content = { subject: `Hello {{person.name}}`, body: '<mj-section><mj-column><mj-text>{{person.name}}, your {{event.item}}</mj-text></mj-column></mj-section>' };
  const steps = [
    { id: 'mail', type: 'message', channel: 'email', topic: 'account', variants: [{ key: 'A', content }], next: 'hook' },
    { id: 'hook', type: 'message', channel: 'webhook', variants: [{ key: 'A', content: { endpointId: hook.endpoint.id, event: 'ordered', data: { name: '{{person.name}}' } } }], next: 'tell' },
    inApp('tell', { variants: [{ key: 'A', content: { body: 'Hi {{person.name}}' } }] }),
  ];
  const seriesId = await publishAuto(app, series({ entry: { type: 'event', event: 'Order' }, reentry: { policy: 'after_exit' }, start: 'mail', steps }));
  await work();
  await batch([{ type: 'track', userId: USER, event: 'Order', messageId: `${MARK}-again`, properties: { item: `${MARK} hat` } }]);
  await work();
  await app.api('POST', `/v1/campaigns/${seriesId}/enter`, { requestId: `${MARK}-enter`, people: [{ person: `external:${USER}`, properties: { item: `${MARK} coat` } }] });
  await work();
  // What they answered.
  const survey = await publishAuto(app, autoMessage({ message: inApp('message', { variants: [{ key: 'A', content: { format: 'survey', survey: { kind: 'nps', question: '?', comment: 'Why', saveAs: 'nps' } } }] }) }));
  const visitor = new Browser(app.url, app.writeKey, `${MARK}-anon`, USER);
  const claim = (await visitor.claim(survey)) as Granted & { key: string };
  await visitor.ack(claim.key, 'reply', { v: { score: 3, text: `${MARK} says no` } });
  await work();
  // As visitors' requests without a proof are counted: by the last user who was claimed.
  await rows(app.db, `insert into unproven_identity (day, key_id, origin, reason, seen, last_at, last_user) values ($1::timestamptz::date, gen_random_uuid(), 'https://shop.example', 'missing', 1, $1::timestamptz, $2)`, [clock.now(), USER]);
  // What came back of the mail: a bounce that names them, and words nobody understood.
  const mail = (await row<{ id: string }>(app.db, `select d.id from delivery as d where d.person_id = $1 and d.channel = 'email' and d.state = 'sent' limit 1`, [personId]))!;
  const address = await app.nest.get(ReturnPaths, { strict: false }).addressOf(mail.id, 'bounce.news.example');
  await receive(address, dsn({ recipients: [{ address: EMAIL, status: '5.1.1', diagnostic: `550 5.1.1 <${EMAIL}>: unknown ${MARK}` }] }));
  await receive('postmaster@bounce.news.example', Buffer.from(`From: ${EMAIL}\r\nSubject: Stop ${MARK}\r\nMessage-ID: <${MARK}@example.org>\r\n\r\nPlease stop, says ${MARK} ${EMAIL}\r\n`));
  await work();
  // What colleagues did with them.
  await app.api('POST', '/v1/canaries', { person: `external:${USER}` });
  await app.api('POST', `/v1/campaigns/${seriesId}/simulations`, { from: '2026-03-01T00:00:00Z', to: '2026-03-02T09:00:00Z' });
  await work();

  const before = await placesInTables(app, MARK);
  // The proof is worth something only when the mark had come everywhere.
  expect(before).toEqual(expect.arrayContaining([
    'attribute_history.value', 'consent_proof.wording', 'delivery.address', 'enrollment.entry', 'event_rejected.payload', 'feature_request.words', 'import_rejection.raw', 'in_app_message.content', 'inbound_event.body',
    'message_answer.text', 'person.attributes', 'person.email', 'person_identity.value', 'person_name.name', 'person_tag.tag', 'identity_conflict.value', 'inbound_event.notices', 'suppression.detail', 'unproven_identity.last_user', 'webhook_attempt.response']));
  expect(before.length).toBeGreaterThan(25);

  await done(app.api('DELETE', `/v1/people/${personId}`));
  await work();
  expect(await placesInTables(app, MARK)).toEqual([]);
  expect(await placesInFiles(app, MARK)).toEqual([]);
});
