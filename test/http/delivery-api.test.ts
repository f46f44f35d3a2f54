import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let personId: string;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  clock.advance(3_600_000);
  personId = v7();
  await app.db.query(`insert into person (id, kind, email, language, time_zone, attributes, first_seen_at, last_seen_at, created_at, updated_at) values ($1, 'user', $2, 'ko', 'Asia/Seoul', '{"name": "김하늘"}', $3, $3, $3, $3)`, [personId, `${personId}@example.org`, clock.now()]);
});

async function inbox(more: { expiresAt?: Date; recalled?: boolean } = {}): Promise<string> {
  const id = v7();
  clock.advance(1_000);
  await app.db.query(`
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, sent_at)
    values ($1, $2, $3, $3, 's', $1, 'in_app', 'a', 'product-updates', 'sent', $4, $4, $4)`, [id, personId, v7(), clock.now()]);
  await app.db.query(`insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at, expires_at, recalled_at) values ($1, $2, $1, $3, $4, $5, $6)`, [
    id, personId, JSON.stringify({ format: 'chat', title: '', body: '안녕', buttons: [{ label: 'Go', url: 'https://x.example/go' }] }), clock.now(), more.expiresAt ?? null, more.recalled ? clock.now() : null]);
  return id;
}
const eventsOf = async (id: string) => (await app.db.query(`select e.kind, e.data from delivery_event as e where e.delivery_id = $1 order by e.kind`, [id])) as { kind: string; data: unknown }[];

test('the inbox is newest first, paged, counts unread, and hides what expired or was recalled', async () => {
  const shown = [await inbox(), await inbox(), await inbox()];
  await inbox({ expiresAt: clock.now() });
  await inbox({ recalled: true });
  const first = await app.api('GET', `/v1/people/${personId}/inbox?limit=2`);
  expect([first.status, first.body.unread, first.body.items.map((item: { deliveryId: string }) => item.deliveryId)]).toEqual([200, 3, [shown[2], shown[1]]]);
  const second = await app.api('GET', `/v1/people/${personId}/inbox?limit=2&after=${first.body.next}`);
  expect([second.body.items.map((item: { deliveryId: string }) => item.deliveryId), second.body.next]).toEqual([[shown[0]], null]);
  expect((await app.api('GET', `/v1/people/${v7()}/inbox`)).status).toBe(404);
  expect((await app.api('GET', `/v1/people/${personId}/inbox?after=${Buffer.from('["x","y"]').toString('base64url')}`)).status).toBe(400);
});

test('seen, click and dismiss count once and settle the delivery', async () => {
  const id = await inbox();
  const seenAt = clock.now().toISOString();
  for (let time = 0; time < 3; time += 1) {
    const answer = await app.api('POST', `/v1/people/${personId}/inbox/${id}/seen`);
    expect([answer.status, answer.body.seenAt]).toEqual([200, seenAt]);
    clock.advance(1_000);
  }
  expect((await app.db.query(`select d.state from delivery as d where d.id = $1`, [id]))[0]).toEqual({ state: 'delivered' });
  await Promise.all(Array.from({ length: 5 }, () => app.api('POST', `/v1/people/${personId}/inbox/${id}/click`, { button: 0 })));
  await app.api('POST', `/v1/people/${personId}/inbox/${id}/dismiss`);
  expect(await eventsOf(id)).toEqual([{ kind: 'click', data: { link: 0, url: 'https://x.example/go' } }, { kind: 'dismiss', data: {} }, { kind: 'impression', data: {} }]);
  expect((await app.api('GET', `/v1/people/${personId}/inbox`)).body.unread).toBe(0);
});

test('a click proves that it was seen; a recalled message can not be seen any more', async () => {
  const id = await inbox();
  await app.api('POST', `/v1/people/${personId}/inbox/${id}/click`);
  expect((await eventsOf(id)).map((event) => event.kind)).toEqual(['click', 'impression']);
  const recalled = await inbox({ recalled: true });
  expect((await app.api('POST', `/v1/people/${personId}/inbox/${recalled}/seen`)).body).toMatchObject({ code: 'inbox.recalled' });
  expect(await eventsOf(recalled)).toEqual([]);
  expect((await app.api('POST', `/v1/people/${personId}/inbox/${id}/click`, { button: 2 })).body).toMatchObject({ code: 'inbox.no-button' });
  expect((await app.api('POST', `/v1/people/${v7()}/inbox/${id}/seen`)).status).toBe(404);
  expect((await app.api('POST', `/v1/people/${personId}/inbox/${id}/eat`)).status).toBe(400);
});

test('topics are there from the start, can be added, and changed', async () => {
  const before = await app.api('GET', '/v1/topics');
  expect(before.body.items.map((topic: { key: string; kind: string }) => [topic.key, topic.kind])).toEqual([['account', 'transactional'], ['product-updates', 'marketing']]);
  const added = await app.api('POST', '/v1/topics', { key: 'tips', name: 'Tips', nameKo: '팁', optIn: true });
  expect([added.status, added.body]).toEqual([201, expect.objectContaining({ key: 'tips', kind: 'marketing', nameKo: '팁', optIn: true })]);
  expect((await app.api('POST', '/v1/topics', { key: 'tips', name: 'Again' })).status).toBe(409);
  expect((await app.api('PATCH', '/v1/topics/tips', { name: 'Good tips' })).body).toMatchObject({ name: 'Good tips', nameKo: '팁', optIn: true });
  expect((await app.api('PATCH', '/v1/topics/nowhere', { name: 'x' })).status).toBe(404);
  expect((await app.api('GET', '/v1/audit?subject=topic:tips')).body.items.map(({ action, detail }: { action: string; detail: object }) => [action, detail])).toEqual([['topic.change', { name: 'Good tips' }], ['topic.create', { kind: 'marketing', optIn: true, doubleOptIn: false }]]);
});

test('consent is recorded all or nothing, and keeps the first moment of an unchanged choice', async () => {
  const put = (consents: unknown[], source = 'signup form') => app.api('PUT', `/v1/people/${personId}/consent`, { consents, source });
  const yes = { channel: 'email', topic: 'product-updates', state: 'subscribed' };
  const at = clock.now().toISOString();
  expect((await put([yes])).body.items).toEqual([{ ...yes, at, source: 'signup form' }]);
  clock.advance(5_000);
  expect((await put([yes], 'again')).body.items).toEqual([{ ...yes, at, source: 'signup form' }]);
  const wrong = await put([{ ...yes, state: 'unsubscribed' }, { channel: 'email', topic: 'nowhere', state: 'subscribed' }]);
  expect([wrong.status, wrong.body.problems[0].path]).toEqual([400, 'consents.1.topic']);
  expect((await put([yes, yes])).status).toBe(400);
  expect((await app.api('GET', `/v1/people/${personId}/consent`)).body.items).toHaveLength(1);
  expect((await app.api('GET', `/v1/people/${v7()}/consent`)).status).toBe(404);
});

test('suppressions are hashes, listed, lifted, and audited', async () => {
  const added = await app.api('POST', '/v1/suppressions', { address: 'Kim@BÜCHER.example', detail: 'asked by phone' });
  expect([added.status, added.body.reason, added.body.addressHash]).toEqual([201, 'manual', expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect((await app.api('POST', '/v1/suppressions', { address: 'kim@xn--bcher-kva.example' })).body.detail).toBe('asked by phone');
  await app.api('POST', '/v1/suppressions', { address: 'other@x.example' });
  const page = await app.api('GET', '/v1/suppressions?limit=1');
  expect((await app.api('GET', `/v1/suppressions?limit=1&after=${page.body.next}`)).body.items).toHaveLength(1);
  expect((await app.api('GET', `/v1/suppressions?address=${encodeURIComponent('kim@bücher.example')}`)).body.items).toHaveLength(1);
  expect((await app.api('DELETE', `/v1/suppressions/${encodeURIComponent('kim@bücher.example')}`)).status).toBe(200);
  expect((await app.api('DELETE', `/v1/suppressions/${added.body.addressHash}`)).status).toBe(404);
  expect((await app.api('POST', '/v1/suppressions', { address: 'nobody' })).body).toMatchObject({ code: 'suppression.address' });
  const audit = await app.db.query(`select a.action from audit_entry as a where a.subject = $1 order by a.id`, [`suppression:${added.body.addressHash}`]);
  expect(audit).toEqual([{ action: 'suppression.add' }, { action: 'suppression.remove' }]);
});

const section = (inner: string) => `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>`;

test('a preview shows what one person would get, or why not, and writes nothing', async () => {
  const ask = (content: object, more: object) => app.api('POST', '/v1/messages/preview', { channel: 'email', content, ...more });
  const content = { subject: '{{person.name}}님', body: section('<a href="https://x.example/?a=1&amp;b=2">x</a> {{event.plan}}') };
  const shown = await ask(content, { personId, sample: { event: { plan: 'pro' } } });
  expect([shown.status, shown.body.email.subject, shown.body.problems]).toEqual([200, '김하늘님', []]);
  expect(shown.body.email.html).toContain('href="https://x.example/?a=1&amp;b=2"');
  expect(shown.body.email.text).toContain('수신 거부');
  const missing = await ask(content, { personId });
  expect([missing.status, missing.body.email, missing.body.problems]).toEqual([200, null, [{ path: 'body', code: 'RENDER_MISSING_VAR', message: 'body: event.plan has no value', messageKo: '이 고객에게 event.plan 값이 없어요.' }]]);
  const wrong = await ask({ subject: '{{name}}', body: section('x') }, {});
  expect(wrong.body.problems[0]).toMatchObject({ path: 'subject', code: 'template.unknown-variable' });
  const inApp = await app.api('POST', '/v1/messages/preview', { channel: 'in_app', content: { body: '{{josa person.name "은/는"}}' }, personId });
  expect(inApp.body.inApp.body).toBe('김하늘은');
  expect((await ask(content, { personId: v7() })).status).toBe(404);
  expect((await app.db.query(`select count(*)::int as n from message_content`))[0]).toEqual({ n: 0 });
});

test('the new routes are closed to strangers', async () => {
  for (const path of ['/v1/topics', '/v1/suppressions', `/v1/people/${personId}/inbox`, `/v1/people/${personId}/consent`]) expect((await fetch(`${app.url}${path}`)).status).toBe(401);
  expect((await fetch(`${app.url}/v1/messages/preview`, { method: 'POST' })).status).toBe(401);
});
