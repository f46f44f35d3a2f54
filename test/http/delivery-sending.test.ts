import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { recallInApp } from '../../src/delivery/inbox/store/inbox.store.js';
import { cancelPending } from '../../src/delivery/sending/store/deliveries.store.js';
import { EmailContent } from '../../src/contract/message.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { keepNewest } from '../../src/delivery/sandbox/store/sandbox.store.js';
import { deliveries, IN_APP, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const EMAIL = EmailContent.parse({ subject: '안녕하세요 {{person.name}}님 <b>', body: '<mj-section><mj-column><mj-text>반갑습니다, {{person.name}}!</mj-text></mj-column></mj-section>' });
let app: TestApp;
let people: string[];
beforeAll(async () => {
  app = await startTestApp({ clock: new VirtualClock(START) });
  people = await makePeople(app.db, 3, START);
});
afterAll(() => app.close());

const page = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${app.key}`, ...headers } });

test('the empty mailbox says so, in both languages', async () => {
  expect(await (await page('/mailbox')).text()).toContain('No message yet');
  expect(await (await page('/mailbox', { 'accept-language': 'ko-KR,ko;q=0.9' })).text()).toContain('아직 메일이 없습니다');
  expect((await fetch(`${app.url}/mailbox`)).status).toBe(401);
});

test('a browser without a session is led to the login page and back; a program gets JSON', async () => {
  const asked = await fetch(`${app.url}/mailbox?to=a%26b`, { headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' });
  expect([asked.status, asked.headers.get('location')]).toEqual([303, '/login?next=%2Fmailbox%3Fto%3Da%2526b']);
  const login = await (await fetch(app.url + asked.headers.get('location'))).text();
  expect(login).toContain('name="next" value="/mailbox?to=a%26b"');
  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a\r\nb']) expect(await (await fetch(`${app.url}/login?${new URLSearchParams({ next })}`)).text()).toContain('name="next" value="/"');
  expect((await fetch(`${app.url}/mailbox`, { headers: { accept: 'text/html', authorization: 'Bearer dnb_sk_wrong' }, redirect: 'manual' })).status).toBe(401);
});

test('without SMTP_URL every message lies in the sandbox mailbox, filed over real SMTP', async () => {
  await queue(app.db, await makePlace(app.db, START, EMAIL), people, START);
  await app.runner.runUntilIdle();
  expect(await tally(app.db)).toEqual({ sent: 3 });
  const first = await app.api('GET', '/v1/sandbox/mails?limit=2');
  const second = await app.api('GET', `/v1/sandbox/mails?limit=2&after=${first.body.next}`);
  const mails = [...first.body.items, ...second.body.items];
  expect(mails.map(({ to }: { to: string }) => to).sort()).toEqual(['p0@example.com', 'p1@example.com', 'p2@example.com']);
  expect([first.body.items.length, second.body.next]).toEqual([2, null]);
  const found = await app.api('GET', '/v1/sandbox/mails?to=P1@example');
  expect(found.body.items).toMatchObject([{ to: 'p1@example.com', subject: '안녕하세요 이름 1님 <b>' }]);
  const mail = await app.api('GET', `/v1/sandbox/mails/${found.body.items[0].id}`);
  expect(mail.body.html).toContain('반갑습니다, 이름 1!');
  expect(mail.body.text).toContain('반갑습니다, 이름 1!');
  expect(mail.body.headers.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['List-Unsubscribe', 'List-Unsubscribe-Post', 'Message-ID', 'Feedback-ID']));
  const raw = await page(`/v1/sandbox/mails/${found.body.items[0].id}/raw`);
  expect([raw.headers.get('content-type'), (await raw.text()).includes('=?UTF-8?B?')]).toEqual(['message/rfc822', true]);
});

test('the pages escape what a message says and lock its HTML in a frame', async () => {
  const list = await (await page('/mailbox')).text();
  expect(list).toContain('안녕하세요 이름 1님 &lt;b&gt;');
  const { id } = (await app.api('GET', '/v1/sandbox/mails?to=p1')).body.items[0];
  const shown = await page(`/mailbox/${id}`);
  expect(await shown.text()).toContain(`<iframe title="Message" src="/mailbox/${id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"`);
  expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
  const body = await page(`/mailbox/${id}/html`);
  expect(body.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox allow-popups/);
  expect(await body.text()).toContain('반갑습니다');
  expect((await page('/mailbox/0198c3a0-0000-7000-8000-000000000000')).status).toBe(404);
});

test('deliveries are listed by state, campaign, person and reason, and one shows its events', async () => {
  const list = await app.api('GET', `/v1/deliveries?personId=${people[0]}&state=sent`);
  expect(list.body.items).toHaveLength(1);
  const [delivery] = list.body.items;
  expect(delivery).toMatchObject({ personId: people[0], state: 'sent', reason: null, address: 'p0@example.com', attempts: 1 });
  await rows(app.db, `insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict) values ($1, $2, 'open', 'x', $3, 'human')`, [delivery.id, people[0], START]);
  expect((await app.api('GET', `/v1/deliveries/${delivery.id}`)).body).toMatchObject({ id: delivery.id, events: [{ kind: 'open', verdict: 'human' }] });
  const pages = await app.api('GET', `/v1/deliveries?campaignId=${delivery.campaignId}&limit=2`);
  const rest = await app.api('GET', `/v1/deliveries?campaignId=${delivery.campaignId}&limit=2&after=${pages.body.next}`);
  expect(new Set([...pages.body.items, ...rest.body.items].map(({ id }: { id: string }) => id)).size).toBe(3);
  expect((await app.api('GET', '/v1/deliveries?reason=GOAL_REACHED')).body.items).toEqual([]);
  expect((await app.api('GET', '/v1/deliveries?state=nonsense')).status).toBe(400);
  expect((await app.api('GET', '/v1/deliveries/0198c3a0-0000-7000-8000-000000000000')).body).toMatchObject({ code: 'delivery.not-found' });
});

test('in-app messages are rendered, shown and recalled; a control gets none', async () => {
  const place = await makePlace(app.db, START, IN_APP);
  const shown = await queue(app.db, place, people.slice(0, 2), START, { channel: 'in_app' });
  const [control] = await queue(app.db, place, people.slice(2), START, { channel: 'in_app', isControl: true });
  await app.runner.runUntilIdle();
  const after = await deliveries(app.db);
  expect([...shown, control!].map((id) => after.get(id)!.state)).toEqual(['sent', 'sent', 'ghost']);
  expect(await rows(app.db, `select m.content ->> 'body' as body from in_app_message as m order by m.delivery_id`)).toEqual([{ body: 'Hello 이름 0' }, { body: 'Hello 이름 1' }]);
  expect(await recallInApp(app.db, { campaignId: place.campaignId }, null, START)).toEqual({ recalled: 2, unseen: 2 });
  expect(await row(app.db, 'select count(*)::int as count from in_app_message where recalled_at is not null')).toEqual({ count: 2 });
});

test('a step that runs twice queues once, and what is queued can be cancelled', async () => {
  const place = await makePlace(app.db, START, EMAIL);
  const one = { id: '0198c3a0-0000-7000-8000-000000000001', enrollmentId: '0198c3a0-0000-7000-8000-000000000002' };
  const first = await queue(app.db, place, people.slice(0, 1), START, one);
  const second = await queue(app.db, place, people.slice(0, 1), START, { ...one, id: '0198c3a0-0000-7000-8000-000000000003' });
  expect([first.length, second.length]).toEqual([1, 0]);
  expect(await cancelPending(app.db, { campaignId: place.campaignId }, 'GOAL_REACHED', START)).toBe(1);
  expect(await cancelPending(app.db, { personIds: [people[0]!] }, 'GOAL_REACHED', START)).toBe(0);
  expect((await deliveries(app.db)).get(one.id)).toMatchObject({ state: 'cancelled', reason: 'GOAL_REACHED' });
});

test('emptying the mailbox asks for a confirmation', async () => {
  expect((await app.api('DELETE', '/v1/sandbox/mails')).status).toBe(400);
  expect((await app.api('DELETE', '/v1/sandbox/mails?confirm=all')).body).toEqual({ deleted: 3 });
  expect((await app.api('GET', '/v1/sandbox/mails')).body).toEqual({ items: [], next: null });
});

test('the mailbox keeps the newest messages', async () => {
  const before = (await app.api('GET', '/v1/sandbox/mails?limit=100')).body.items.map(({ id }: { id: string }) => id);
  await keepNewest(app.db, before.length);
  expect((await app.api('GET', '/v1/sandbox/mails?limit=100')).body.items).toHaveLength(before.length);
  await keepNewest(app.db, 2);
  expect((await app.api('GET', '/v1/sandbox/mails?limit=100')).body.items.map(({ id }: { id: string }) => id)).toEqual(before.slice(0, 2));
});
