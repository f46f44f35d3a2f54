import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { Setup } from '../../src/access/setup.service.js';
import { digestFacts } from '../../src/analytics/digest/digest-facts.read.js';
import { DigestWorker } from '../../src/analytics/digest/jobs/digest.job.js';
import { lastDue, nextDigest } from '../../src/analytics/digest/domain/schedule.js';
import { row, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { ReportWorld } from '../support/report-world.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

// Monday, 10:00 in Seoul.
const clock = new VirtualClock(new Date('2026-03-02T01:00:00Z'));
let app: TestApp;
let world: ReportWorld;
let cookie: string;
let userId: string;

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${app.url}${path}`, { method, headers: { cookie, 'x-danbi-csrf': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as any }; // eslint-disable-line typescript/no-explicit-any -- answers are examined by the test
}

/** Digests in the sandbox mailbox, oldest first, read by a mail library. */
async function mails() {
  const found = await rows<{ raw: Buffer }>(app.db, `select m.raw from sandbox_mail as m where m.rcpt_to = 'minji@example.com' order by m.received_at, m.id`);
  return Promise.all(found.map(({ raw }) => simpleParser(raw)));
}
const at = async (moment: string) => { clock.set(new Date(moment)); await app.runner.runUntilIdle(); };
const states = async () => (await rows<{ state: string }>(app.db, 'select d.state from digest_send as d where d.user_id = $1 order by d.to_at', [userId])).map(({ state }) => state);

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
  const token = await app.nest.get(Setup, { strict: false }).issue();
  const made = await fetch(`${app.url}/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'minji@example.com', name: '김민지', password: '비가 오는 날의 산책', workspace: { name: '단비 <상점>', timeZone: 'Asia/Seoul', language: 'ko' } }) });
  cookie = made.headers.get('set-cookie')!.split(';')[0]!;
  userId = (await row<{ id: string }>(app.db, 'select u.id from app_user as u'))!.id;
  await world.publish(series({ steps: [email('a', null, { variants: ['A', 'B'].map((key) => ({ key, content: { subject: '환영', body: '<mj-section><mj-column><mj-text>환영</mj-text></mj-column></mj-section>' } })) })] }), '환영 <b>캠페인</b>');
});
afterAll(() => app.close());

describe('when a digest is due', () => {
  test.each([
    ['daily, later today', '2026-03-02T01:00:00Z', { cadence: 'daily', weekday: 'mon', at: '18:00' }, 'Asia/Seoul', '2026-03-02T09:00:00Z'],
    ['daily, the very moment is over', '2026-03-02T00:00:00Z', { cadence: 'daily', weekday: 'mon', at: '09:00' }, 'Asia/Seoul', '2026-03-03T00:00:00Z'],
    ['weekly', '2026-03-02T01:00:00Z', { cadence: 'weekly', weekday: 'fri', at: '09:00' }, 'Asia/Seoul', '2026-03-06T00:00:00Z'],
    ['on the day the clocks go forward over it', '2026-03-28T12:00:00Z', { cadence: 'daily', weekday: 'mon', at: '02:30' }, 'Europe/Berlin', '2026-03-29T01:30:00Z'],
  ] as const)('%s', (_name, after, times, zone, expected) => {
    expect(nextDigest(new Date(after), times, zone)).toEqual(new Date(expected));
  });

  test('after three days of stop there is one, up to the newest moment that is over', () => {
    const times = { cadence: 'daily', weekday: 'mon', at: '09:00' } as const;
    expect(lastDue(new Date('2026-03-02T00:00:00Z'), new Date('2026-03-05T12:00:00Z'), times, 'Asia/Seoul')).toEqual({ to: new Date('2026-03-05T00:00:00Z'), next: new Date('2026-03-06T00:00:00Z') });
  });
});

test('settings are those of the user, checked, and written down', async () => {
  expect((await call('GET', '/v1/me/digest')).body).toMatchObject({ cadence: 'off', nextAt: null, sent: [] });
  expect(await app.api('GET', '/v1/me/digest')).toMatchObject({ status: 403, body: { code: 'access.not-a-user' } });
  expect(await call('PUT', '/v1/me/digest', { cadence: 'hourly' })).toMatchObject({ status: 400, body: { problems: [{ path: 'cadence' }] } });
  expect(await call('PUT', '/v1/me/digest', { cadence: 'daily', timeZone: 'Mars/Olympus' })).toMatchObject({ status: 400, body: { problems: [{ path: 'timeZone' }] } });
  expect(await call('PUT', '/v1/me/digest', { cadence: 'daily', at: '09:00' })).toMatchObject({ status: 200, body: { cadence: 'daily', nextAt: '2026-03-03T00:00:00.000Z', language: null } });
  expect(await row(app.db, `select a.action, a.subject from audit_entry as a where a.action = 'digest.update'`)).toEqual({ action: 'digest.update', subject: `user:${userId}` });
});

describe('the digest', () => {
  test('is not sent when nothing happened, unless asked for', async () => {
    await at('2026-03-03T00:00:00Z');
    expect([await states(), (await mails()).length]).toEqual([['empty'], 0]);
    await call('PUT', '/v1/me/digest', { cadence: 'daily', at: '09:00', whenEmpty: true });
    await at('2026-03-04T00:00:00Z');
    expect(await states()).toEqual(['empty', 'sent']);
    const [mail] = await mails();
    expect(mail!.text).toContain('발송된 메시지가 없고 확인할 일도 없습니다.');
    await call('PUT', '/v1/me/digest', { cadence: 'daily', at: '09:00' });
  });

  test('tells what was sent, refused and decided, and what needs attention, in Korean, once', async () => {
    const people = await world.people(30);
    for (const [index, person] of people.entries()) {
      const delivery = await world.message({ person, state: index < 3 ? 'bounced' : index === 3 ? 'uncertain' : 'sent', at: '2026-03-04T03:00:00Z', address: 'x@example.com' });
      if (index > 20) await world.react(delivery, person, 'open', '2026-03-04T04:00:00Z', index > 25 ? 'human' : 'machine');
    }
    for (const code of ['NO_CONSENT', 'NO_CONSENT', 'RENDER_MISSING_VAR']) await world.refuse({ person: people[0]!, code, at: '2026-03-04T05:00:00Z' });
    // Not of this period.
    await world.refuse({ person: people[0]!, code: 'NOT_IN_AUDIENCE', at: '2026-03-03T23:59:59Z' });
    await at('2026-03-05T00:00:00Z');
    await at('2026-03-05T00:10:00Z');
    const mail = (await mails()).at(-1)!;
    expect(await mails()).toHaveLength(2);
    expect(mail.subject).toBe('단비 <상점> 일간 요약: 29건 발송, 확인 3건');
    expect(mail.text).toContain('환영 <b>캠페인</b>: 29건 중 3건(10.3%)이 반송되었습니다.');
    expect(mail.text).toContain('1건은 메일 서버가 받았는지 알 수 없습니다');
    expect(mail.text).toContain('1건의 메시지를 만들 수 없었습니다');
    expect(mail.text).toMatch(/수신 동의 없음\s*2/);
    expect(mail.text).not.toContain('대상에 포함되지 않음');
    const cells = [...(mail.html as string).matchAll(/class="danbi-number"[^>]*>([\d,]+)<\/td>/g)].map(([, cell]) => cell);
    // Sent 29, accepted and not bounced 26, opened by people 4, clicked 0, bounced 3; then the refusals.
    expect(cells).toEqual(['29', '26', '4', '0', '3', '2', '1']);
    // A name is a text, whatever it looks like.
    expect(mail.html).toContain('환영 &lt;b&gt;캠페인&lt;/b&gt;');
    expect(mail.html).toContain(`/campaigns/${world.campaign.id}`);
    expect([mail.from?.value[0]?.name, mail.headerLines.find(({ key }) => key === 'list-unsubscribe-post')?.line, mail.headers.get('precedence')]).toEqual(['단비 <상점>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', 'bulk']);
    expect((await call('GET', '/v1/me/digest')).body.sent[0]).toMatchObject({ state: 'sent', from: '2026-03-04T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' });
  });

  test('says verdicts and pauses of its period, in English to who reads English, in their zone', async () => {
    const experiment = world.campaign.experiments.a!.experimentId;
    await rows(app.db, 'delete from experiment_verdict as v where v.experiment_id = $1', [experiment]);
    await rows(app.db, `insert into experiment_verdict (experiment_id, campaign_id, memory, state, quiet_since) values ($1, $2, $3, 'winner', now())`, [experiment, world.campaign.id, JSON.stringify({ verdict: { state: 'winner', winner: 'B', at: '2026-03-05T02:00:00Z' } })]);
    await rows(app.db, `update campaign as c set state = 'paused', state_at = '2026-03-05T03:00:00Z', pause_reason = '{"code": "ERROR_BUDGET", "text": {"en": "Paused by Danbi: 30 of the last 500 messages bounced.", "ko": "단비가 일시 중지했습니다."}}' where c.id = $1`, [world.campaign.id]);
    await call('PUT', '/v1/me/digest', { cadence: 'weekly', weekday: 'thu', at: '19:30', timeZone: 'America/New_York', language: 'en' });
    const { body: preview } = await call('GET', '/v1/me/digest/preview');
    expect(preview).toMatchObject({ empty: true });
    await at('2026-03-05T23:59:59Z');
    expect(await mails()).toHaveLength(2);
    await at('2026-03-06T00:30:00Z');
    const mail = (await mails()).at(-1)!;
    expect(mail.subject).toBe('단비 <상점> weekly digest: 0 sent, 1 to look at');
    expect(mail.text).toContain('환영 <b>캠페인</b> (a): B wins.');
    expect(mail.text).toContain('Paused by Danbi: 30 of the last 500 messages bounced.');
    expect(mail.text).toContain('5 Mar 2026, 19:30 (America/New_York)');
    await rows(app.db, `update campaign as c set state = 'active', pause_reason = null where c.id = $1`, [world.campaign.id]);
  });
});

test('a running campaign that sends hardly anything any more needs attention', async () => {
  await call('PUT', '/v1/me/digest', { cadence: 'daily', at: '09:00', language: 'en' });
  const sent = async (count: number, when: string) => { for (const person of await world.people(count)) await world.message({ person, state: 'sent', at: when }); };
  await sent(50, '2026-03-06T02:00:00Z');
  await sent(10, '2026-03-07T02:00:00Z');
  await at('2026-03-08T00:00:00Z');
  expect((await mails()).at(-1)!.subject).toContain('60 sent');
  clock.set(new Date('2026-03-08T00:00:01Z'));
  const facts = async (from: string, to: string) => (await digestFacts(app.db, new Date(from), new Date(to))).collapses;
  expect(await facts('2026-03-07T00:00:00Z', '2026-03-08T00:00:00Z')).toEqual([{ campaignId: world.campaign.id, campaign: '환영 <b>캠페인</b>', before: 50, now: 10 }]);
  // Eleven are more than a fifth; forty-nine before are too few to say.
  await sent(1, '2026-03-07T03:00:00Z');
  expect(await facts('2026-03-07T00:00:00Z', '2026-03-08T00:00:00Z')).toEqual([]);
  expect(await facts('2026-03-08T00:00:00Z', '2026-03-09T00:00:00Z')).toEqual([]);
});

describe('a digest is never sent twice', () => {
  const DAY = 86_400_000;
  let day = 0;
  beforeEach(async () => {
    await call('PUT', '/v1/me/digest', { cadence: 'daily', at: '09:00', whenEmpty: true });
    day += 1;
  });
  const due = () => new Date(Date.UTC(2026, 2, 10 + day));
  const newest = async () => (await row<{ id: string; state: string; tries: number }>(app.db, 'select d.id, d.state, d.tries from digest_send as d where d.user_id = $1 order by d.to_at desc limit 1', [userId]))!;

  test('when several processes look at the same moment', async () => {
    const before = (await mails()).length;
    clock.set(due());
    const worker = app.nest.get(DigestWorker, { strict: false });
    await Promise.all(Array.from({ length: 6 }, () => worker.runOnce()));
    await app.runner.runUntilIdle();
    expect((await mails()).length).toBe(before + 1);
  });

  test('when the process was killed after the server took it, and none is lost when it was killed before', async () => {
    const before = (await mails()).length;
    clock.set(due());
    await app.runner.runUntilIdle();
    const { id } = await newest();
    // What a kill between the 250 and our note leaves behind.
    await rows(app.db, `update digest_send as d set state = 'sending', try_at = $2::timestamptz + interval '15 minutes', settled_at = null where d.id = $1`, [id, clock.now()]);
    clock.advance(60 * 60_000);
    await app.runner.runUntilIdle();
    expect([(await newest()).state, (await mails()).length]).toEqual(['uncertain', before + 1]);
    // Killed between planning and taking: it is planned, and the next round sends it.
    await rows(app.db, `insert into digest_send (id, user_id, from_at, to_at, state, try_at) values (gen_random_uuid(), $1, $2, $3, 'waiting', $3)`, [userId, new Date(clock.now().getTime() - DAY), new Date(clock.now().getTime() - 1_000)]);
    await app.runner.runUntilIdle();
    expect([(await newest()).state, (await mails()).length]).toEqual(['sent', before + 2]);
  });

  test('and is tried again while the relay puts it off, as the same message, and not when nobody knows', async () => {
    const replies = [{ code: 451, text: '4.3.0 Later' }, { code: 451, text: '4.3.0 Later' }, undefined, 'close' as const];
    const sink = await new SmtpSink({ dot: () => replies.shift() }).start();
    const relay = await app.api('POST', '/v1/relays', { name: 'digest', host: '127.0.0.1', port: sink.port, security: 'none' });
    expect(relay.status).toBe(201);
    const after = async (minutes: number) => { clock.advance(minutes * 60_000); await app.runner.runUntilIdle(); return newest(); };
    clock.set(due());
    expect(await after(0)).toMatchObject({ state: 'waiting', tries: 1 });
    expect(await after(14)).toMatchObject({ state: 'waiting', tries: 1 });
    expect(await after(1)).toMatchObject({ state: 'waiting', tries: 2 });
    expect(await after(30)).toMatchObject({ state: 'sent', tries: 3 });
    expect([sink.read.length, new Set(sink.read.map(({ messageId }) => messageId)).size, sink.accepted.length]).toEqual([3, 1, 1]);
    // The connection dies after the final dot.
    clock.set(new Date(due().getTime() + DAY));
    expect(await after(0)).toMatchObject({ state: 'uncertain', tries: 1 });
    expect(await after(600)).toMatchObject({ state: 'uncertain', tries: 1 });
    expect(sink.read).toHaveLength(4);
    await app.api('DELETE', `/v1/relays/${relay.body.id}`);
    await sink.stop();
    day += 1;
  });

  test('and stops by the link: opening it changes nothing, one click does, twice is no fault', async () => {
    clock.set(due());
    await app.runner.runUntilIdle();
    const before = (await mails()).length;
    const mail = (await mails()).at(-1)!;
    const link = (mail.headers.get('list') as unknown as { unsubscribe: { url: string } }).unsubscribe.url;
    expect(mail.html).toContain(link);
    const path = new URL(link).pathname;
    const opened = await fetch(`${app.url}${path}`, { headers: { 'accept-language': 'ko' } });
    expect([opened.status, (await opened.text()).includes('그만 받기')]).toEqual([200, true]);
    expect((await call('GET', '/v1/me/digest')).body.cadence).toBe('daily');
    for (let times = 0; times < 2; times += 1) expect((await fetch(`${app.url}${path}`, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status).toBe(200);
    expect((await call('GET', '/v1/me/digest')).body.cadence).toBe('off');
    expect((await fetch(`${app.url}/digest/stop/x`)).status).toBe(400);
    clock.advance(3 * DAY);
    await app.runner.runUntilIdle();
    expect((await mails()).length).toBe(before);
  });
});
