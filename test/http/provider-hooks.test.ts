import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReturnsWorker } from '../../src/delivery/returns/jobs/returns.worker.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { makePeople, makePlace, queue } from '../support/deliveries.js';
import { AMAZON, basic, CERT_URL, connect, fakeOutside, filed, mailgunProof, post, POSTMARK, proven, sent, signedBySendgrid, sns, stateOf, suppressedFor, TOPIC, type TestConnection, type World } from '../support/provider-hooks.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const SECONDS = String(START.getTime() / 1000);
const sample = (name: string): string => readFileSync(join(process.cwd(), '..', 'shared', 'data', 'webhooks', name), 'utf8');
const clock = new VirtualClock(START);
const sink = new SmtpSink();
let app: TestApp;
let world: World;

beforeAll(async () => {
  await sink.start();
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url } });
  world = fakeOutside(app);
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(async () => {
  clock.set(START);
  world.asked.length = 0;
  sink.script = {};
  await rows(app.db, 'truncate delivery, delivery_event, suppression, person, consent, inbound_event, soft_bounce');
});

const health = async ({ id }: TestConnection) => (await app.api('GET', `/v1/provider-connections/${id}`)).body;
const bounces = async (id: string) => (await row<{ count: number }>(app.db, `select count(*)::int as count from delivery_event as e where e.delivery_id = $1 and e.kind = 'bounce'`, [id]))!.count;

/** The sample of a bounce at Amazon, about our message. */
function amazonBounce(deliveryId: string, more: Record<string, unknown> = {}) {
  const message = JSON.parse(sample('ses-bounce-permanent.json')) as Record<string, unknown>;
  const fields = Object.fromEntries(Object.entries(message).filter(([name]) => !name.startsWith('_') && name !== 'Signature'));
  return { ...fields, Message: String(message.Message).replaceAll('m123@example.com', `${deliveryId}@example.com`), Timestamp: START.toISOString(), ...more };
}

test.each(['1', '2'])('W1, W5: a bounce signed in version %s, as text/plain, twice: jane hard once, mary and richard untouched', async (version) => {
  const connection = await connect(app, 'ses');
  const [jane, mary, richard] = await sent(app, ['jane@example.com', 'mary@example.com', 'richard@example.com'], START);
  const request = sns(amazonBounce(jane!.id, { SignatureVersion: version }));
  expect(request.headers['content-type']).toBe('text/plain; charset=UTF-8');
  const replies = [await post(app, connection, request), await post(app, connection, request)];
  await app.runner.runUntilIdle();
  replies.push(await post(app, connection, request));
  await app.runner.runUntilIdle();
  expect(replies.map(({ status, body }) => [status, body])).toEqual([[200, { filed: 1 }], [200, { filed: 0 }], [200, { filed: 0 }]]);
  expect(await filed(app.db, connection)).toMatchObject([{ state: 'applied', notices: [{ kind: 'hard', category: 'invalid_recipient', recipient: 'jane@example.com', status: '5.1.1', diagnostic: '550 5.1.1 <jane@example.com>... User unknown' }] }]);
  expect([await stateOf(app.db, jane!.id), await stateOf(app.db, mary!.id), await stateOf(app.db, richard!.id)]).toEqual(['bounced', 'sent', 'sent']);
  expect([await suppressedFor(app, 'jane@example.com'), await suppressedFor(app, 'mary@example.com'), await suppressedFor(app, 'richard@example.com'), await bounces(jane!.id)]).toEqual(['bounce', null, null, 1]);
});

test.each(['application/json', 'text/plain', 'text/plain; charset=UTF-8', ''])('W5: the content type %j makes no difference', async (type) => {
  const connection = await connect(app, 'ses');
  const request = sns({ Message: 'Successfully validated SNS topic for Amazon SES event publishing.', Timestamp: START.toISOString() });
  expect(await post(app, connection, { body: Buffer.from(request.body as string), headers: type === '' ? {} : { 'content-type': type } })).toMatchObject({ status: 200, body: { filed: 1 } });
});

test('W2: a valid signature under another topic changes nothing, and at most the certificate is fetched', async () => {
  const connection = await connect(app, 'ses');
  const [jane] = await sent(app, ['jane@example.com'], START);
  const answer = await post(app, connection, sns(amazonBounce(jane!.id, { TopicArn: 'arn:aws:sns:us-east-1:666666666666:SES_Events' })));
  await app.runner.runUntilIdle();
  expect([answer.status, answer.body.code]).toEqual([403, 'hook.topic']);
  expect(world.asked.filter((url) => url !== CERT_URL)).toEqual([]);
  expect([await filed(app.db, connection), await stateOf(app.db, jane!.id), await suppressedFor(app, 'jane@example.com')]).toEqual([[], 'sent', null]);
});

test('W3: a certificate of a look-alike host is not asked for', async () => {
  const connection = await connect(app, 'ses');
  const answer = await post(app, connection, sns(amazonBounce('x', { SigningCertURL: 'https://sns.us-east-1.amazonaws.com.evil.test/x.pem' })));
  expect([answer.status, answer.body.code, world.asked, await filed(app.db, connection)]).toEqual([403, 'hook.certificate-url', [], []]);
});

test('W4: a subscription is confirmed only for our topic, at Amazon, and again when Amazon did not answer', async () => {
  const confirmation = JSON.parse(sample('sns-subscription-confirmation.json')) as Record<string, string>;
  const request = (more: object) => sns({ ...Object.fromEntries(Object.entries(confirmation).filter(([name]) => name !== 'Signature')), Timestamp: START.toISOString(), ...more });
  const connection = await connect(app, 'ses', { topicArns: [confirmation.TopicArn] });
  const evil = await post(app, connection, request({ SubscribeURL: 'https://evil.test/?Action=ConfirmSubscription&TopicArn=x' }));
  expect([evil.status, evil.body.code, world.asked]).toEqual([403, 'hook.subscribe-url', []]);
  const other = await post(app, connection, request({ TopicArn: TOPIC }));
  expect([other.status, other.body.code, world.asked]).toEqual([403, 'hook.topic', []]);

  const answer = world.answer;
  world.answer = async (url) => (url === confirmation.SubscribeURL ? Promise.reject(new Error('it answered 500')) : answer(url));
  expect(await post(app, connection, request({}))).toMatchObject({ status: 503, body: { code: 'hook.unconfirmed' } });
  world.answer = answer;
  expect([await filed(app.db, connection), (await post(app, connection, request({}))).status]).toEqual([[], 200]);
  expect(world.asked).toEqual([confirmation.SigningCertURL, confirmation.SubscribeURL, confirmation.SubscribeURL]);
  const { body } = await app.api('GET', '/v1/audit?limit=5');
  expect(body.items[0]).toMatchObject({ actor: 'system', action: 'provider-connection.confirm', detail: { topicArn: confirmation.TopicArn } });
  await app.runner.runUntilIdle();
  expect(await filed(app.db, connection)).toMatchObject([{ state: 'ignored' }]);
});

test('a message of Amazon that was changed, or signed by another, is refused; one whose certificate is away is asked for again', async () => {
  const connection = await connect(app, 'ses');
  const request = sns(amazonBounce('x'));
  const [changed, foreign] = [{ ...request, body: String(request.body).replace('jane@', 'mary@') }, sns(amazonBounce('x', { MessageId: 'other', SignatureVersion: '2' }), { ...AMAZON, privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey })];
  expect([await post(app, connection, changed), await post(app, connection, foreign)].map(({ status, body }) => [status, body.code])).toEqual([[403, 'hook.signature'], [403, 'hook.signature']]);
  const answer = world.answer;
  world.answer = () => Promise.reject(new Error('no answer'));
  const away = sns(amazonBounce('x', { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem' }));
  expect(await post(app, connection, away)).toMatchObject({ status: 503, body: { code: 'hook.certificate' } });
  world.answer = answer;
  expect([(await post(app, connection, away)).status, (await health(connection)).refusedCount]).toEqual([200, 3]);
});

test('W6: a batch is signed over its bytes; written anew it is refused', async () => {
  const connection = await connect(app, 'sendgrid');
  const body = `${sample('sendgrid-batch.json').trimEnd().replace('The email account that you tried to reach does not exist.', '받는 사람을 찾을 수 없습니다')}\r\n`;
  const request = signedBySendgrid(body, SECONDS);
  const rewritten = await post(app, connection, { ...request, body: JSON.stringify(JSON.parse(body)) });
  expect([rewritten.status, rewritten.body.code]).toEqual([401, 'hook.signature']);
  expect([await post(app, connection, request), await post(app, connection, request)].map(({ status, body: { filed: count } }) => [status, count])).toEqual([[200, 4], [200, 0]]);
  const kept = await rows<{ body: Buffer }>(app.db, 'select e.body from inbound_event as e order by e.id');
  expect(kept.map((each) => JSON.parse(each.body.toString()) as object)).toEqual(JSON.parse(body));
  expect(body).toContain(kept[2]!.body.toString());
  await app.runner.runUntilIdle();
  expect((await filed(app.db, connection)).map(({ state, notices }) => [state, notices.map(({ kind, diagnostic }) => `${kind} ${diagnostic}`)])).toEqual([
    ['ignored', []], ['ignored', []], ['review', ['hard 550 5.1.1 받는 사람을 찾을 수 없습니다']], ['ignored', []],
  ]);
});

test('W7: the signature of zeros is refused', async () => {
  const connection = await connect(app, 'sendgrid');
  const request = signedBySendgrid('[]', SECONDS);
  request.headers['x-twilio-email-event-webhook-signature'] = 'MAYCAQACAQA=';
  expect(await post(app, connection, request)).toMatchObject({ status: 401, body: { code: 'hook.signature' } });
});

test('W8: a report of Mailgun counts once for each token', async () => {
  const connection = await connect(app, 'mailgun');
  const [first, second] = await sent(app, ['invalid@example.com', 'second@example.com'], START);
  const report = (id: string, to: typeof first, event: string) => {
    const read = JSON.parse(sample('mailgun-failed-permanent.json')) as { 'event-data': Record<string, unknown> };
    return { ...read['event-data'], id: event, recipient: to!.address, 'user-variables': { mid: id } };
  };
  const signature = mailgunProof(SECONDS);
  const request = (event: unknown) => ({ body: JSON.stringify({ signature, 'event-data': event }), headers: { 'content-type': 'application/json' } });
  expect(await post(app, connection, request(report(first!.id, first, 'e1')))).toMatchObject({ status: 200, body: { filed: 1 } });
  expect(await post(app, connection, request(report(first!.id, first, 'e1')))).toMatchObject({ status: 200, body: { filed: 0 } });
  // The proof says nothing about the body: a stolen one must not carry another report.
  expect(await post(app, connection, request(report(second!.id, second, 'e2')))).toMatchObject({ status: 200, body: { filed: 0 } });
  // Repeated by Mailgun under a new token: the same event.
  expect(await post(app, connection, proven('mailgun', report(first!.id, first, 'e1'), START))).toMatchObject({ status: 200, body: { filed: 0 } });
  await app.runner.runUntilIdle();
  expect([await stateOf(app.db, first!.id), await suppressedFor(app, first!.address), await stateOf(app.db, second!.id)]).toEqual(['bounced', 'bounce', 'sent']);
  expect(await health(connection)).toMatchObject({ refusedCount: 2, lastRefusedReason: 'replayed' });
});

test('a used token is remembered for longer than its timestamp is taken, then forgotten', async () => {
  const connection = await connect(app, 'mailgun');
  const count = async () => (await row<{ count: number }>(app.db, 'select count(*)::int as count from provider_token as t where t.connection_id = $1', [connection.id]))!.count;
  const event = (id: string) => proven('mailgun', { event: 'accepted', id }, clock.now());
  await post(app, connection, event('a'));
  clock.advance(26 * 3_600_000);
  await post(app, connection, event('b'));
  expect(await count()).toBe(2);
  clock.advance(26 * 3_600_000);
  await post(app, connection, event('c'));
  expect(await count()).toBe(2);
});

test('W9: a report of Postmark needs user and password', async () => {
  const connection = await connect(app, 'postmark');
  const [message] = await sent(app, ['bounce@example.com'], START);
  const body = sample('postmark-hardbounce.json').replace('m123', message!.id);
  const headers = { 'content-type': 'application/json' };
  for (const authorization of [undefined, basic({ ...POSTMARK, password: 'wrong-wrong-wrong-wrong' })]) {
    const refused = await post(app, connection, { body, headers: authorization ? { ...headers, authorization } : headers });
    expect([refused.status, refused.body.code, refused.headers.get('www-authenticate')]).toEqual([401, 'hook.credentials', 'Basic realm="Danbi", charset="UTF-8"']);
  }
  await app.runner.runUntilIdle();
  expect([await stateOf(app.db, message!.id), await filed(app.db, connection)]).toEqual(['sent', []]);
  const taken = await post(app, connection, { body, headers: { ...headers, authorization: basic(POSTMARK) } });
  await app.runner.runUntilIdle();
  expect([taken.status, taken.headers.get('www-authenticate'), await stateOf(app.db, message!.id), await suppressedFor(app, message!.address)]).toEqual([200, null, 'bounced', 'bounce']);
});

test('W10: a bounce that is there before our own "accepted" ends bounced', async () => {
  const connection = await connect(app, 'sendgrid');
  const [person] = await makePeople(app.db, 1, START, () => 'early@example.com');
  const [id] = await queue(app.db, await makePlace(app.db, START), [person!], START);
  const during: string[] = [];
  sink.script = {
    meanwhile: async () => {
      const event = { event: 'bounce', type: 'bounce', email: 'early@example.com', sg_event_id: 'early', timestamp: Number(SECONDS), mid: id, status: '5.1.1', reason: '550 5.1.1 No such user' };
      await post(app, connection, proven('sendgrid', event, START));
      await app.nest.get(ReturnsWorker, { strict: false }).runOnce();
      during.push(await stateOf(app.db, id!), (await filed(app.db, connection))[0]!.state);
    },
  };
  await app.runner.runUntilIdle();
  expect([during, await stateOf(app.db, id!)]).toEqual([['sending', 'pending'], 'sent']);
  clock.advance(60_000);
  await app.runner.runUntilIdle();
  expect([await stateOf(app.db, id!), await suppressedFor(app, 'early@example.com'), (await filed(app.db, connection))[0]!.state]).toEqual(['bounced', 'bounce', 'applied']);
});

test('out of order: "delivered" after the bounce changes nothing, a complaint after it still counts', async () => {
  const connection = await connect(app, 'postmark');
  const [message] = await sent(app, ['order@example.com'], START);
  const common = { Email: message!.address, Recipient: message!.address, Metadata: { mid: message!.id } };
  const events = [
    { RecordType: 'Bounce', ID: 1, Type: 'HardBounce', Details: '550 5.1.1 no such user', ...common },
    { RecordType: 'Delivery', MessageID: 'x', ...common },
    { RecordType: 'SpamComplaint', ID: 2, ...common },
  ];
  for (const event of events) {
    await post(app, connection, proven('postmark', event, START));
    await app.runner.runUntilIdle();
  }
  expect([await stateOf(app.db, message!.id), (await filed(app.db, connection)).map(({ notices }) => notices[0]!.outcome)]).toEqual(['bounced', ['applied', 'known', 'applied']]);
});

test('the same report many times at once is kept once, and no try fails', async () => {
  const [sendgrid, mailgun] = [await connect(app, 'sendgrid'), await connect(app, 'mailgun')];
  const events = Array.from({ length: 200 }, (_, index) => ({ event: 'processed', sg_event_id: `at-once-${index}` }));
  const batches = [events, [...events].reverse(), events.slice(50), [...events].reverse().slice(20)].map((batch) => proven('sendgrid', batch, START));
  const token = proven('mailgun', { event: 'accepted', id: 'at-once' }, START);
  const replies = await Promise.all([...batches, ...batches].map((request) => post(app, sendgrid, request)));
  const tokens = await Promise.all(Array.from({ length: 6 }, () => post(app, mailgun, token)));
  expect([...replies, ...tokens].filter(({ status }) => status !== 200)).toEqual([]);
  const total = (found: typeof replies) => found.reduce((sum, { body }) => sum + body.filed!, 0);
  expect([total(replies), (await filed(app.db, sendgrid)).length, total(tokens), (await filed(app.db, mailgun)).length]).toEqual([200, 200, 1, 1]);
});

test('what is too large, malformed or unknown is answered, and nothing of it is kept', async () => {
  const [ses, sendgrid, mailgun] = [await connect(app, 'ses'), await connect(app, 'sendgrid'), await connect(app, 'mailgun')];
  const json = { 'content-type': 'application/json' };
  const large = await post(app, sendgrid, signedBySendgrid(`["${'x'.repeat(5 * 1024 * 1024)}"]`, SECONDS));
  expect([large.status, large.body.code]).toEqual([413, 'request.too-large']);
  expect(await post(app, ses, { body: '{"Type":', headers: json })).toMatchObject({ status: 400, body: { code: 'hook.malformed' } });
  expect(await post(app, mailgun, { body: '['.repeat(100_000), headers: json })).toMatchObject({ status: 400, body: { code: 'hook.malformed' } });
  expect(await post(app, mailgun, { body: '', headers: json })).toMatchObject({ status: 400, body: { code: 'hook.malformed' } });
  const elsewhere = [{ ...sendgrid, path: sendgrid.path.replace('sendgrid', 'postmark') }, { ...sendgrid, path: '/hooks/sendgrid/00000000-0000-4000-8000-000000000000' }];
  for (const connection of elsewhere) expect(await post(app, connection, signedBySendgrid('[]', SECONDS))).toMatchObject({ status: 404 });
  expect((await post(app, { ...sendgrid, path: sendgrid.path.replace('sendgrid', 'other') }, signedBySendgrid('[]', SECONDS))).status).toBe(400);
  expect((await row<{ count: number }>(app.db, 'select count(*)::int as count from inbound_event'))!.count).toBe(0);
  expect(await post(app, sendgrid, signedBySendgrid(`["${'x'.repeat(4.5 * 1024 * 1024)}"]`, SECONDS))).toMatchObject({ status: 200, body: { filed: 1 } });
});

test('bodies of other routes are read as before, and the raw type is not for them', async () => {
  const headers = { authorization: `Bearer ${app.key}` };
  const send = async (type: string, body: string) => (await fetch(`${app.url}/v1/suppressions`, { method: 'POST', headers: { ...headers, 'content-type': type }, body })).status;
  expect([await send('application/json', '{"address":"a@example.com"}'), await send('application/json', '{'), await send('application/vnd.danbi.raw', '{"address":"a@example.com"}'), await send('application/json', `"${'x'.repeat(4.5 * 1024 * 1024)}"`)]).toEqual([201, 400, 415, 413]);
});

test('sixty wrong proofs in a minute, and the right one waits too', async () => {
  const connection = await connect(app, 'sendgrid');
  const wrong = { ...signedBySendgrid('[]', SECONDS), body: '[ ]' };
  const statuses = new Set<number>();
  for (let count = 0; count < 60; count += 1) statuses.add((await post(app, connection, wrong)).status);
  const right = signedBySendgrid('[{"event":"processed"}]', SECONDS);
  expect([[...statuses], (await post(app, connection, right)).status, (await health(connection)).refusedCount]).toEqual([[401], 429, 60]);
  clock.advance(60_000);
  expect((await post(app, connection, right)).status).toBe(200);
});
