import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startTestApp, type TestApp } from '../support/app.js';
import { email, series } from '../support/campaign-definitions.js';
import { Receiver } from '../support/receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = 86_400_000;
const clock = new VirtualClock(new Date());
let app: TestApp;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});
afterEach(async () => {
  await app.db.query('delete from event_subscription');
  await app.db.query('delete from outgoing_event');
  receiver.reset();
});

const ok = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  expect([answer.status < 300, answer.status < 300 ? undefined : answer.body]).toEqual([true, undefined]);
  return answer.body;
};
const run = () => app.runner.runUntilIdle();
const later = async (milliseconds: number) => { clock.advance(milliseconds); await run(); };
const endpoint = async () => { const { endpoint: { id }, secret } = await ok('POST', '/v1/webhook-endpoints', { name: 'CRM', url: receiver.url }); return { id: id as string, secret: secret as string }; };
const subscribe = (id: string, request: object) => ok('PUT', `/v1/webhook-endpoints/${id}/subscription`, request);
const eventsOf = async (id: string, state?: string) => (await ok('GET', `/v1/webhook-endpoints/${id}/events${state ? `?state=${state}` : ''}`)).items as { id: string; kind: string; state: string; attempts: number; detail: string | null; payload: { data: { deliveryId: string } } }[];
const bodies = () => receiver.got.map(({ body }) => JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> });

let named = 0;
/** A campaign that writes to whoever does something, and somebody who did. */
async function written(more: object = {}): Promise<{ campaignId: string; userId: string; deliveryId: string; personId: string }> {
  const event = `Bought ${(named += 1)}`;
  const { id } = await ok('POST', '/v1/campaigns', { name: event, definition: series({ entry: { type: 'event', event }, start: 'a', steps: [{ ...email('a', null), topic: 'account' }], ...more }) });
  await ok('POST', `/v1/campaigns/${id}/publish`, {});
  const userId = `out-${named}`;
  await ok('POST', '/v1/identify', { userId, traits: { email: `${userId}@example.org` } });
  await run();
  await ok('POST', '/v1/track', { userId, event });
  await run();
  const [delivery] = await app.db.query('select d.id, d.person_id as "personId" from delivery as d where d.campaign_id = $1', [id]);
  return { campaignId: id, userId, deliveryId: delivery?.id, personId: delivery?.personId };
}
/** What somebody did with a message, as the tracking writes it. */
const reacts = (deliveryId: string, personId: string, kind: string, key: string, data: object = {}) =>
  app.db.query(`insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, data) values ($1, $2, $3, $4, $5, 'human', $6)`, [deliveryId, personId, kind, key, clock.now(), JSON.stringify(data)]);

describe('an endpoint that subscribed', () => {
  test('hears what it asked for, signed, once for each thing, and nothing from before', async () => {
    const before = await written();
    const { id, secret } = await endpoint();
    await subscribe(id, { kinds: ['sent', 'opened', 'clicked', 'unsubscribed'] });
    await reacts(before.deliveryId, before.personId, 'open', 'o-0');
    const { deliveryId, personId, campaignId, userId } = await written();
    await reacts(deliveryId, personId, 'open', 'o-1');
    await reacts(deliveryId, personId, 'click', 'c-1', { url: 'https://shop.example/go', words: 'never told' });
    await reacts(deliveryId, personId, 'complaint', 'x-1');
    await run();
    expect(bodies().map(({ type, data }) => [type, data.deliveryId])).toEqual([['message.opened', before.deliveryId], ['message.sent', deliveryId], ['message.opened', deliveryId], ['message.clicked', deliveryId]]);
    expect(bodies()[3]).toEqual({ type: 'message.clicked', timestamp: clock.now().toISOString(), data: {
      deliveryId, enrollmentId: expect.any(String), campaignId, campaignName: `Bought ${named}`, stepId: 'a', channel: 'email', variant: 'A', topic: 'account',
      person: { id: personId, userId, email: `${userId}@example.org` }, address: `${userId}@example.org`, verdict: 'human', url: 'https://shop.example/go',
    } });
    const { headers, body } = receiver.got.at(-1)! as { headers: Record<string, string>; body: string };
    expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect((await eventsOf(id)).map(({ kind, state }) => [kind, state])).toEqual([['clicked', 'sent'], ['opened', 'sent'], ['sent', 'sent'], ['opened', 'sent']]);
    expect((await eventsOf(id)).map((one) => one.id)).toContain(headers['webhook-id']);
  });

  test('hears of the campaigns it named alone, of goals and of refusals with their reason', async () => {
    const { id } = await endpoint();
    const goal = { key: 'paid', name: '결제', exits: true, event: { name: 'Paid' } };
    const waits = { start: 'w', goals: [goal], steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: 'a' }, { ...email('a', null), topic: 'account' }] };
    const { campaignId, userId } = await written(waits);
    await subscribe(id, { kinds: ['sent', 'refused', 'goal'], campaignIds: [campaignId] });
    await written();
    await ok('POST', '/v1/track', { userId, event: 'Paid' });
    await run();
    expect(bodies().map(({ type, data }) => [type, data.campaignId, data.reason])).toEqual([['goal.reached', campaignId, 'GOAL_REACHED']]);
    expect((await app.api('PUT', `/v1/webhook-endpoints/${id}/subscription`, { kinds: ['sent'], campaignIds: [id] })).body).toMatchObject({ code: 'outgoing.campaign', problems: [{ path: 'campaignIds.0' }] });
    await subscribe(id, { kinds: ['refused'] });
    await ok('POST', '/v1/suppressions', { address: `out-${named + 1}@example.org` });
    await written();
    expect(bodies().slice(1).map(({ type, data }) => [type, data.reason])).toEqual([['message.refused', 'SUPPRESSED_MANUAL']]);
  });

  test('gets an event again under its id until it answers; after five days without an answer it is switched off and somebody is told', async () => {
    const { id } = await endpoint();
    const { deliveryId, personId } = await written();
    await subscribe(id, { kinds: ['opened'] });
    receiver.answer = (_, count) => ({ status: count < 3 ? 500 : 200 });
    await reacts(deliveryId, personId, 'open', 'a');
    await run();
    for (let step = 0; step < 3; step += 1) await later(6 * 60_000);
    const ids = receiver.got.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    expect((await eventsOf(id)).map(({ state, attempts }) => [state, attempts])).toEqual([['sent', 3]]);
    receiver.answer = () => ({ status: 503 });
    for (let half = 0; half < 12; half += 1) { await reacts(deliveryId, personId, 'open', `b-${half}`); await later(DAY / 2); }
    expect((await ok('GET', `/v1/webhook-endpoints/${id}`))).toMatchObject({ enabled: false, disabledBecause: 'failing' });
    expect((await ok('GET', '/v1/home')).attention).toContainEqual({ kind: 'webhook_off', endpointId: id, name: 'CRM' });
    // What waits is not lost: it goes when the endpoint is switched on, and what was given up when somebody says so.
    receiver.reset();
    await ok('PATCH', `/v1/webhook-endpoints/${id}`, { enabled: true });
    await app.db.query(`update outgoing_event set state = 'dead', settled_at = $1 where event_key = 'b-0'`, [clock.now()]);
    await later(DAY * 2);
    expect((await eventsOf(id, 'dead')).map(({ attempts }) => attempts > 0)).toEqual([true]);
    expect((await ok('POST', `/v1/webhook-endpoints/${id}/events/redeliver`)).redelivered).toBe(1);
    await run();
    expect((await eventsOf(id)).map(({ state }) => state)).toEqual(Array.from({ length: 13 }, () => 'sent'));
    const event = (await eventsOf(id))[0]!.id;
    receiver.reset();
    await ok('POST', `/v1/webhook-endpoints/${id}/events/${event}/redeliver`);
    await run();
    expect(receiver.got.map(({ headers }) => headers['webhook-id'])).toEqual([event]);
  });

  test('killed between the POST and its settlement, an event goes again under its id when the lease is over; notes are kept until events are made of them', async () => {
    const { id } = await endpoint();
    await subscribe(id, { kinds: ['opened'] });
    const { deliveryId, personId } = await written();
    await reacts(deliveryId, personId, 'open', 'o-1');
    expect(await app.db.query('select n.kind from outgoing_note as n')).toEqual([{ kind: 'opened' }]);
    await run();
    // As a process leaves it that posted and died.
    await app.db.query(`update outgoing_event set state = 'waiting', attempts = 0, settled_at = null, lease_until = $1`, [new Date(clock.now().getTime() + 60_000)]);
    await run();
    expect(receiver.got).toHaveLength(1);
    await later(61_000);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.got).toHaveLength(2);
    // Nobody erased is told of, and what is kept of them goes.
    await reacts(deliveryId, personId, 'open', 'o-2');
    await ok('DELETE', `/v1/people/${personId}`);
    await run();
    expect(receiver.got).toHaveLength(2);
    expect(await app.db.query('select from outgoing_event as o where o.person_id = $1 union all select from outgoing_note', [personId])).toEqual([]);
  });
});

test('Segment and RudderStack get batches with their names, known by the write key', async () => {
  const { id } = await endpoint();
  expect((await app.api('PUT', `/v1/webhook-endpoints/${id}/subscription`, { format: 'segment', kinds: ['sent'] })).body).toMatchObject({ problems: [{ path: 'writeKey' }] });
  const { subscription } = await subscribe(id, { format: 'segment', kinds: ['sent', 'opened', 'bounced', 'complained', 'unsubscribed', 'clicked'], writeKey: 'wk_123' });
  expect(JSON.stringify(subscription)).not.toContain('wk_123');
  const { deliveryId, personId, userId, campaignId } = await written();
  receiver.reset();
  for (const [kind, key] of [['open', '1'], ['click', '2'], ['bounce', '3'], ['complaint', '4'], ['unsubscribe', '5']] as const) await reacts(deliveryId, personId, kind, key, kind === 'click' ? { url: 'https://shop.example/go' } : {});
  await run();
  expect(receiver.got).toHaveLength(1);
  expect(receiver.got[0]!.headers.authorization).toBe(`Basic ${Buffer.from('wk_123:').toString('base64')}`);
  const { batch } = JSON.parse(receiver.got[0]!.body) as { batch: { messageId: string; event: string; userId: string; type: string; properties: object; context: object }[] };
  expect(batch.map(({ event }) => event)).toEqual(['Email Opened', 'Email Link Clicked', 'Email Bounced', 'Email Marked as Spam', 'Unsubscribed']);
  expect(batch[1]).toMatchObject({ type: 'track', userId, properties: { campaign_id: campaignId, delivery_id: deliveryId, link_url: 'https://shop.example/go' }, context: { traits: { email: `${userId}@example.org` } } });
  expect(batch.map(({ messageId }) => messageId).toSorted()).toEqual((await eventsOf(id)).filter(({ kind }) => kind !== 'sent').map((one) => one.id).toSorted());
});

test('chats take no events; what was not subscribed writes no notes', async () => {
  const { endpoint: chat } = await ok('POST', '/v1/webhook-endpoints', { kind: 'slack', name: '팀', url: receiver.url });
  expect((await app.api('PUT', `/v1/webhook-endpoints/${chat.id}/subscription`, { kinds: ['sent'] })).body).toMatchObject({ code: 'outgoing.chat' });
  await written();
  expect(await app.db.query('select from outgoing_note')).toEqual([]);
});
