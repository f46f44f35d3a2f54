import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let delivery: { id: string; personId: string; campaignId: string };
beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.api('PATCH', '/v1/workspace', { settings: { senderContact: '02-123-4567' } });
  for (const id of ['mina', 'ben']) await app.api('POST', '/v1/people', { externalId: id, attributes: { plan: 'pro', email: `${id}@example.org`, name: id === 'mina' ? '김미나' : 'Ben' } });
  const segment = await app.api('POST', '/v1/segments', { name: 'All', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } });
  await app.runner.runUntilIdle();
  const content = { subject: '{{person.name}}, hello', body: '<mj-section><mj-column><mj-button href="https://shop.example/go">Go</mj-button></mj-column></mj-section>' };
  const campaign = await app.api('POST', '/v1/campaigns', { name: 'Hello', definition: { type: 'broadcast', segmentId: segment.body.id, message: { type: 'message', channel: 'email', variants: [{ key: 'A', content }] } } });
  expect((await app.api('POST', `/v1/campaigns/${campaign.body.id}/publish`)).status).toBe(200);
  await app.runner.runUntilIdle();
  const mina = await app.api('GET', '/v1/people/external:mina');
  [delivery] = (await app.api('GET', `/v1/deliveries?personId=${mina.body.id}`)).body.items;
});
afterAll(() => app.close());

const copyOf = (id: string) => app.api('GET', `/v1/deliveries/${id}/copy`);

test('one delivery says its campaign, version, tries and what gates and servers said', async () => {
  const { status, body } = await app.api('GET', `/v1/deliveries/${delivery.id}`);
  expect([status, body.campaignName, body.version, body.state, body.attempts, body.fallbackOf, body.posts]).toEqual([200, 'Hello', 1, 'sent', 1, null, []]);
  expect(body.firstAttemptAt).not.toBeNull();
  await app.db.query(`insert into decision (id, person_id, at, campaign_id, delivery_id, stage, code, facts, next_check_at) values ($1, $2, $3, $4, $5, 'dispatch', 'QUIET_HOURS_DEFERRED', '{"gate": "quiet_hours"}', $6)`,
    [v7(), delivery.personId, clock.now(), delivery.campaignId, delivery.id, new Date(clock.now().getTime() + 3_600_000)]);
  expect((await app.api('GET', `/v1/deliveries/${delivery.id}`)).body.decisions).toEqual([{ at: clock.now().toISOString(), stage: 'dispatch', code: 'QUIET_HOURS_DEFERRED', facts: { gate: 'quiet_hours' }, nextCheckAt: '2026-03-02T10:00:00.000Z' }]);
  expect((await app.api('GET', '/v1/deliveries?channel=in_app')).body.items).toEqual([]);
  expect((await app.api('GET', '/v1/deliveries?channel=email')).body.items).toHaveLength(2);
  expect((await app.api('GET', '/v1/deliveries?channel=letter')).status).toBe(400);
});

test('the copy is what was sent, of the person as known then; its links lead straight and count nothing', async () => {
  clock.advance(60_000);
  await app.api('PATCH', '/v1/people/external:mina', { attributes: { name: 'Somebody else' } });
  const { status, body } = await copyOf(delivery.id);
  expect([status, body.email.subject, body.asOf, body.none, body.display]).toEqual([200, '김미나, hello', 'sending', null, null]);
  expect(body.email.html).toContain('href="https://shop.example/go"');
  expect(body.email.html).not.toMatch(/\/(t|c|u|o|v)\/[A-Za-z0-9_-]{20,}/);
});

test('there is nothing to show of what did not go, of controls and of people who are gone, and it says why', async () => {
  const id = v7();
  await app.db.query(`insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at)
    select $1, d.person_id, d.campaign_id, d.version_id, 'other', d.enrollment_id, 'email', 'A', d.topic, 'queued', d.due_at, d.queued_at from delivery as d where d.id = $2`, [id, delivery.id]);
  expect((await copyOf(id)).body.none).toBe('not_sent');
  await app.db.query(`update delivery set is_control = true, state = 'ghost' where id = $1`, [id]);
  expect((await copyOf(id)).body.none).toBe('control');
  await app.db.query(`update delivery set is_control = false, state = 'sent', channel = 'webhook' where id = $1`, [id]);
  expect((await copyOf(id)).body.none).toBe('not_kept');
  await app.db.query(`update delivery set channel = 'in_app' where id = $1`, [id]);
  expect((await copyOf(id)).body.none).toBe('gone');
  await app.db.query(`insert into in_app_message (delivery_id, person_id, campaign_id, content, created_at) values ($1, $2, $3, $4, $5)`, [id, delivery.personId, delivery.campaignId, JSON.stringify({ format: 'chat', title: 'Hi', body: '안녕', buttons: [] }), clock.now()]);
  const shown = (await copyOf(id)).body;
  expect([shown.none, JSON.stringify(shown.display.n).includes('안녕')]).toEqual([null, true]);
  const ben = (await app.api('GET', '/v1/people/external:ben')).body;
  const [his] = (await app.api('GET', `/v1/deliveries?personId=${ben.id}`)).body.items;
  await app.api('DELETE', '/v1/people/external:ben');
  expect((await copyOf(his.id)).body).toMatchObject({ none: 'gone', email: null });
  expect((await copyOf(v7())).status).toBe(404);
});
