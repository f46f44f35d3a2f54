import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { simpleParser } from 'mailparser';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { identifyPeople, launchToAll } from '../support/crash/launch.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-11-23T09:00:00Z'));
let app: TestApp;
let receiver: Receiver;
let secret: string;
let targets: { mail: string; hook: string };

const create = (body: object) => app.api('POST', '/v1/alarm-targets', body);
/** Everything but the sender of e-mails works: what it has to send waits and gets old. */
const work = () => app.runner.runUntilIdle((name) => name === 'delivery.email');
const later = async (seconds: number) => { clock.advance(seconds * 1_000); await work(); };
const mails = async () => Promise.all((await rows<{ raw: Buffer }>(app.db, `select m.raw from sandbox_mail as m where m.rcpt_to = 'ops@example.com' order by m.received_at, m.id`)).map(({ raw }) => simpleParser(raw)));
const alarms = async (open = true) => (await app.api('GET', `/v1/alarms?open=${open}`)).body.items as { kind: string; level: string; wasTold: boolean; closedAt: string | null; path: string; message: { ko: string } }[];

beforeAll(async () => {
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, alarms: true, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
  const endpoint = await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: '운영', url: receiver.url });
  secret = endpoint.body.secret;
  const made = [await create({ email: 'ops@example.com', language: 'ko', least: 'warn' }), await create({ endpointId: endpoint.body.endpoint.id, language: 'en', least: 'warn' })];
  expect(made.map(({ status }) => status)).toEqual([201, 201]);
  targets = { mail: made[0]!.body.id, hook: made[1]!.body.id };
  await identifyPeople(app, 2);
  await work();
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});

test('a target is one address or one endpoint that is there, once', async () => {
  expect((await create({ email: 'ops@example.com' })).status).toBe(409);
  expect((await create({ email: 'OPS@example.com' })).status).toBe(409);
  for (const body of [{}, { email: 'nobody' }, { email: 'a@example.com', endpointId: targets.hook }, { endpointId: '01a20178-4a79-7517-b297-6d13ebf9bbd0' }, { email: 'a@example.com', least: 'all' }]) expect((await create(body)).status).toBe(400);
  expect((await fetch(`${app.url}/v1/alarm-targets`)).status).toBe(401);
});

test('what falls behind is told once to everybody who is to hear, when it has lasted a minute', async () => {
  await launchToAll(app);
  await work();
  await later(20 * 60);
  expect((await alarms()).map(({ kind, level, wasTold }) => [kind, level, wasTold])).toEqual([['check', 'warn', false]]);
  expect([(await mails()).length, receiver.got.length]).toEqual([0, 0]);
  await later(30);
  await later(30);
  expect([(await mails()).length, receiver.got.length]).toEqual([1, 1]);
  await later(30);
  await later(600);
  expect([(await mails()).length, receiver.got.length]).toEqual([1, 1]);
  const [mail] = await mails();
  expect([mail!.subject, mail!.text, mail!.headers.has('list')]).toEqual([expect.stringMatching(/^\[.*\] 확인할 알람 1건$/), expect.stringMatching(/발송할 시각이 지난 이메일: 21분/), true]);
  const { body, headers } = receiver.got[0]!;
  // The clock of the test is not that of the library, so it signs anew what it got.
  expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(headers['webhook-id'] as string, new Date(Number(headers['webhook-timestamp']) * 1_000), body));
  expect(JSON.parse(body)).toMatchObject({ type: 'danbi.alarm', data: { alarms: [{ kind: 'check', level: 'warn', occasion: 'opened', facts: { check: 'deliveries.email' } }] } });
});

test('that it is worse is news, and so is its end; a receiver that fails is tried again with the same id', async () => {
  receiver.answer = (_, count) => (count === 2 ? { status: 503 } : { status: 200 });
  await later(2 * 3_600);
  await later(60);
  expect((await mails()).map(({ subject }) => subject).at(-1)).toMatch(/조치가 필요한 알람 2건$/);
  expect(receiver.got.map(({ headers }) => headers['webhook-id']).map((id, at, all) => all.indexOf(id))).toEqual([0, 1, 1]);
  await app.runner.runUntilIdle();
  const told = (await mails()).length;
  await later(60);
  // It may come back: what was told is over when it has been gone for five minutes.
  expect([(await mails()).length, (await alarms()).length]).toEqual([told, 2]);
  await later(300);
  expect((await mails()).map(({ subject }) => subject).at(-1)).toMatch(/알람 2건 해결됨$/);
  expect(JSON.parse(receiver.got.at(-1)!.body).data.alarms).toEqual(['check', 'stuck'].map((kind) => expect.objectContaining({ kind, occasion: 'closed', closedAt: expect.any(String) })));
  expect([await alarms(), (await alarms(false)).map(({ kind, closedAt }) => [kind, closedAt !== null])]).toEqual([[], [['stuck', true], ['check', true]]]);
});

test('a test is really sent, and says how it went', async () => {
  const before = (await mails()).length;
  expect((await app.api('POST', `/v1/alarm-targets/${targets.mail}/test`)).body).toMatchObject({ ok: true });
  expect((await mails()).length).toBe(before + 1);
  receiver.answer = () => ({ status: 410 });
  expect((await app.api('POST', `/v1/alarm-targets/${targets.hook}/test`)).body).toMatchObject({ ok: false, answer: expect.stringMatching(/^410/) });
});

test('the link in the mail asks first, and then sends no more there', async () => {
  const stop = /https?:\/\/\S+(\/alarms\/stop\/[0-9a-f-]+)/.exec((await mails())[0]!.text!)![1]!;
  const page = await fetch(`${app.url}${stop}`, { headers: { 'accept-language': 'ko' } });
  expect(await page.text()).toContain('이 주소로 알람을 더 이상 보내지 않을까요?');
  expect(((await app.api('GET', '/v1/alarm-targets')).body.items as { id: string }[]).map(({ id }) => id)).toEqual([targets.mail, targets.hook]);
  expect((await fetch(`${app.url}${stop}`, { method: 'POST' })).status).toBe(200);
  expect(((await app.api('GET', '/v1/alarm-targets')).body.items as { id: string }[]).map(({ id }) => id)).toEqual([targets.hook]);
});

test('what a look measured is kept by the minute for a week, and answered by steps with the worst of each', async () => {
  const history = async (hours: number) => (await app.api('GET', `/v1/status/history?hours=${hours}`)).body as { minutes: number; from: string; to: string; points: { at: string; values: Record<string, number> }[] };
  await app.db.query('delete from status_sample');
  clock.advance(60_000 - (clock.now().getTime() % 60_000));
  for (let half = 0; half < 6; half += 1) await later(30);
  const { minutes, points, from, to } = await history(3);
  expect([minutes, Date.parse(to) - Date.parse(from)]).toEqual([1, 3 * 3_600_000]);
  expect(points.length).toBeGreaterThanOrEqual(3);
  expect(points.length).toBeLessThanOrEqual(4);
  expect(points[0]!.values).toMatchObject({ steps: expect.any(Number), connections: expect.any(Number) });
  // Two samples of one step: the worse is told. One that is too old to be drawn goes with the next look.
  const [{ at }] = (await app.db.query('select max(s.at) as at from status_sample as s')) as [{ at: Date }];
  await app.db.query(`update status_sample set sample = '{"steps": 4321}' where at = $1`, [at]);
  await app.db.query(`insert into status_sample (at, sample) values ($1::timestamptz - interval '9 days', '{}')`, [at]);
  const day = await history(24);
  expect([day.minutes, Math.max(...day.points.map(({ values }) => values.steps ?? 0))]).toEqual([10, 4_321]);
  await later(60);
  expect((await app.db.query(`select count(*)::int as n from status_sample as s where s.at < $1::timestamptz - interval '8 days'`, [at]))[0]).toEqual({ n: 0 });
  expect((await app.api('GET', '/v1/status/history?hours=5')).status).toBe(400);
});
