import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue } from '../support/deliveries.js';
import { arf, dsn } from '../support/returned-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
let sink: SmtpSink;
let app: TestApp;
let ids: string[];

beforeAll(async () => {
  sink = await new SmtpSink().start();
  app = await startTestApp({ clock: new VirtualClock(START), env: { SMTP_URL: sink.url } });
  ids = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 4, START), START);
  await app.runner.runUntilIdle();
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});

/** Hands over a raw mail through the API. */
async function pipe(raw: Buffer, type = 'message/rfc822'): Promise<{ status: number; body: { id: string; filed: boolean; code?: string } }> {
  const answer = await fetch(`${app.url}/v1/inbound-mails`, { method: 'POST', headers: { authorization: `Bearer ${app.key}`, 'content-type': type }, body: new Uint8Array(raw) });
  return { status: answer.status, body: (await answer.json()) as { id: string; filed: boolean; code?: string } };
}

const puzzle = (text: string) => Buffer.from(`From: a@b.example\r\nSubject: ${text}\r\n\r\nHello, what is this?\r\n`);
const stateOf = async (id: string) => (await deliveries(app.db)).get(id)!.state;
const actions = () => rows<{ action: string; subject: string }>(app.db, `select a.action, a.subject from audit_entry as a where a.action like 'return.%' order by a.at, a.id`);

test('a piped mail is filed once, read, and listed with its text', async () => {
  const raw = dsn({ recipients: [{ address: 'p0@example.com', status: '5.1.1', diagnostic: '550 5.1.1 User unknown' }], messageId: `<${ids[0]}@news.example>` });
  const first = await pipe(raw);
  expect(first).toMatchObject({ status: 202, body: { filed: true } });
  expect((await pipe(raw)).body).toEqual({ id: null, filed: false });
  await app.runner.runUntilIdle();
  expect(await stateOf(ids[0]!)).toBe('bounced');
  const { body } = await app.api('GET', `/v1/returns/${first.body.id}`);
  expect(body).toMatchObject({ state: 'applied', source: 'mail', notices: [{ kind: 'hard', outcome: 'applied', deliveryId: ids[0], recipient: 'p0@example.com' }], raw: expect.stringContaining('Final-Recipient: rfc822; p0@example.com') });
});

test.each([
  { name: 'nothing', raw: Buffer.alloc(0), type: 'message/rfc822', status: 400 },
  { name: 'another type', raw: Buffer.from('{}'), type: 'application/json', status: 400 },
  { name: 'a type nobody knows', raw: Buffer.from('x'), type: 'application/x-mail', status: 415 },
  { name: 'more than 10 MB', raw: Buffer.alloc(11 * 1024 * 1024, 'x'), type: 'message/rfc822', status: 413 },
])('$name is refused', async ({ raw, type, status }) => {
  expect((await pipe(raw, type)).status).toBe(status);
});

test('what nobody understands waits in the list, page by page, until a person decides', async () => {
  for (const text of ['one', 'two', 'three']) await pipe(puzzle(text));
  await app.runner.runUntilIdle();
  const page = await app.api('GET', '/v1/returns?state=review&limit=2');
  const rest = await app.api('GET', `/v1/returns?state=review&limit=2&after=${page.body.next}`);
  expect([page.body.items.length, rest.body.items.length, rest.body.next]).toEqual([2, 1, null]);
  const [one, two, three] = [...page.body.items, ...rest.body.items] as { id: string }[];
  const decide = (id: string, body: object) => app.api('POST', `/v1/returns/${id}/classify`, body);
  expect(await decide(one!.id, { as: 'hard' })).toMatchObject({ status: 400, body: { code: 'return.delivery-needed' } });
  expect((await decide(one!.id, { as: 'hard', deliveryId: '0198c0de-0000-7000-8000-000000000001' })).status).toBe(404);
  expect((await decide(one!.id, { as: 'hard', deliveryId: ids[1] })).status).toBe(204);
  expect((await decide(two!.id, { as: 'soft', deliveryId: ids[2] })).status).toBe(204);
  expect((await decide(three!.id, { as: 'ignore' })).status).toBe(204);
  expect(await decide(three!.id, { as: 'ignore' })).toMatchObject({ status: 409, body: { code: 'return.settled' } });
  expect([await stateOf(ids[1]!), await stateOf(ids[2]!)]).toEqual(['bounced', 'bounced']);
  expect((await app.api('GET', '/v1/suppressions?address=p1@example.com')).body.items).toMatchObject([{ reason: 'bounce', evidence: { deliveryId: ids[1] } }]);
  expect((await app.api('GET', '/v1/suppressions?address=p2@example.com')).body.items).toEqual([]);
  expect((await app.api('GET', '/v1/returns?state=review')).body.items).toEqual([]);
  expect(await actions()).toEqual([one, two, three].map((each) => ({ action: 'return.classify', subject: `return:${each!.id}` })));
});

test('a report is read once more when a person asks', async () => {
  const { body: { id } } = await pipe(puzzle('again'));
  await app.runner.runUntilIdle();
  expect((await app.api('POST', `/v1/returns/${id}/retry`)).status).toBe(204);
  expect((await app.api('GET', `/v1/returns/${id}`)).body).toMatchObject({ state: 'pending', attempts: 0 });
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/returns/${id}`)).body).toMatchObject({ state: 'review', attempts: 1 });
  expect((await app.api('POST', '/v1/returns/0198c0de-0000-7000-8000-000000000001/retry')).status).toBe(404);
});

test('rates of a period, by campaign and recipient domain', async () => {
  await pipe(arf({ recipient: 'p3@example.com', messageId: `<${ids[3]}@news.example>` }));
  await app.runner.runUntilIdle();
  const period = 'from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z';
  const { body } = await app.api('GET', `/v1/return-rates?${period}`);
  expect(body.items).toEqual([{ campaignId: expect.any(String), domain: 'example.com', sent: 4, hard: 2, soft: 1, block: 0, complaints: 1 }]);
  expect((await app.api('GET', '/v1/return-rates?from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z')).body.items).toEqual([]);
  expect(await app.api('GET', '/v1/return-rates?from=2026-03-04T00:00:00Z&to=2026-03-03T00:00:00Z')).toMatchObject({ status: 400, body: { code: 'returns.period' } });
});
