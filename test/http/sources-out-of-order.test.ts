import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const SECRET = 'a_secret_of_this_source';
const clock = new VirtualClock(NOW);
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

let sent = 0;
const add = async (request: object): Promise<{ id: string }> => (await app.api('POST', '/v1/sources', { name: 'A source', secret: SECRET, ...request })).body;
async function post(source: { id: string }, body: object, headers: (text: string) => Record<string, string>): Promise<void> {
  const text = JSON.stringify(body);
  const answer = await fetch(`${app.url}/in/${source.id}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers(text) }, body: text });
  expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
  await app.runner.runUntilIdle();
}
const hmac = (text: string, encoding: 'hex' | 'base64') => createHmac('sha256', SECRET).update(text).digest(encoding);
const shopify = (source: { id: string }, topic: string, body: object) =>
  post(source, body, (text) => ({ 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': hmac(text, 'base64'), 'x-shopify-event-id': `e-${(sent += 1)}`, 'x-shopify-shop-domain': 'tea.myshopify.com' }));
const seconds = (moment: string) => Date.parse(moment) / 1_000;
const stripe = (source: { id: string }, type: string, created: string, object: object) =>
  post(source, { id: `evt_${(sent += 1)}`, type, created: seconds(created), data: { object } }, (text) => { const t = Math.floor(clock.now().getTime() / 1_000); return { 'stripe-signature': `t=${t},v1=${hmac(`${t}.${text}`, 'hex')}` }; });
const attributes = async (who: string) => (await app.api('GET', `/v1/people/external:${who}`)).body.attributes;
const customer = (id: number, updated_at: string, more: object) => ({ id, email: `c${id}@example.org`, updated_at, ...more });

test('an older update of a customer that comes late changes nothing that was told since, and what only it tells is kept', async () => {
  const shop = await add({ kind: 'shopify' });
  await shopify(shop, 'customers/update', customer(1, '2026-03-02T08:00:00Z', { first_name: '새 이름', orders_count: 3 }));
  await shopify(shop, 'customers/update', customer(1, '2026-03-01T08:00:00Z', { first_name: '옛 이름', orders_count: 2, phone: '+82 2 123' }));
  expect(await attributes('shopify:1')).toMatchObject({ firstName: '새 이름', shopify_orders: 3, phone: '+82 2 123' });
  // An order that was made in between tells of its customer too.
  await shopify(shop, 'orders/paid', { id: 9, processed_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', total_price: '1', currency: 'KRW', line_items: [], customer: { id: 1, email: 'c1@example.org', first_name: '그 사이', last_name: '김' } });
  expect(await attributes('shopify:1')).toMatchObject({ firstName: '새 이름', lastName: '김' });
  await shopify(shop, 'customers/update', customer(1, '2026-03-02T08:30:00Z', { first_name: '더 새 이름' }));
  expect(await attributes('shopify:1')).toMatchObject({ firstName: '더 새 이름', shopify_orders: 3 });
});

test('of two with one moment the later arrival counts; one without a moment counts as it arrives, one from the future as of now', async () => {
  const shop = await add({ kind: 'shopify' });
  for (const first_name of ['A', 'B']) await shopify(shop, 'customers/update', customer(2, '2026-03-02T08:00:00Z', { first_name }));
  expect(await attributes('shopify:2')).toMatchObject({ firstName: 'B' });
  await shopify(shop, 'customers/update', customer(2, '', { first_name: 'C' }));
  expect(await attributes('shopify:2')).toMatchObject({ firstName: 'C' });
  await shopify(shop, 'customers/update', customer(2, '2031-01-01T00:00:00Z', { first_name: 'D' }));
  clock.advance(1_000);
  await shopify(shop, 'customers/update', customer(2, '2026-03-02T09:00:00.500Z', { first_name: 'E' }));
  expect(await attributes('shopify:2')).toMatchObject({ firstName: 'E' });
});

test('a subscription is as its newest event says, and each event counts with its own time', async () => {
  const source = await add({ kind: 'stripe' });
  const subscription = (status: string) => ({ id: 'sub_1', customer: 'cus_1', status, currency: 'krw', items: { data: [{ price: { id: 'price_pro' } }] } });
  await stripe(source, 'customer.subscription.created', '2026-03-01T10:00:00Z', subscription('trialing'));
  await stripe(source, 'customer.subscription.deleted', '2026-03-02T08:00:00Z', subscription('canceled'));
  await stripe(source, 'customer.subscription.updated', '2026-03-02T07:00:00Z', subscription('active'));
  expect(await attributes('stripe:cus_1')).toMatchObject({ stripe_status: 'canceled' });
  const { id } = (await app.api('GET', '/v1/people/external:stripe:cus_1')).body;
  const events = await app.db.query(`select e.name, e.properties ->> 'status' as status, e.occurred_at as at from event as e where e.person_id = $1 and e.name not like '$%' order by e.occurred_at`, [id]) as { name: string; status: string; at: Date }[];
  expect(events.map(({ name, status, at }) => [name, status, at.toISOString()])).toEqual([
    ['Subscription Started', 'trialing', '2026-03-01T10:00:00.000Z'], ['Subscription Changed', 'active', '2026-03-02T07:00:00.000Z'], ['Subscription Ended', 'canceled', '2026-03-02T08:00:00.000Z']]);
});

test('any JSON is in the order its mapping names, also within one round and across zones, and a moment that is none is said', async () => {
  const rule = { name: 'Who', person: { userId: { from: 'body.id' } }, traits: { plan: { from: 'body.plan' }, seat: { from: 'body.seat' } }, traitsAt: { from: 'body.at' } };
  const source = await add({ kind: 'json', proof: { kind: 'bearer' }, mapping: { rules: [rule] } });
  const tell = (body: object) => post(source, body, () => ({ authorization: `Bearer ${SECRET}` }));
  const [newer, older] = [{ id: 'j1', plan: 'new', at: '2026-03-02T08:00:00Z' }, { id: 'j1', plan: 'old', seat: 4, at: '2026-03-02T16:59:00+09:00' }];
  for (const body of [newer, older]) await fetch(`${app.url}/in/${source.id}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` }, body: JSON.stringify(body) });
  await app.runner.runUntilIdle();
  expect(await attributes('j1')).toMatchObject({ plan: 'new', seat: 4 });
  const problems = async () => (await app.api('GET', `/v1/sources/${source.id}/deliveries`)).body.items[0].problems.map(({ path, message, messageKo }: Record<string, string>) => [path, message, messageKo]);
  await tell({ id: 'j2', plan: 'without' });
  expect([await attributes('j2'), await problems()]).toMatchObject([{ plan: 'without' }, []]);
  clock.advance(1_000);
  await tell({ id: 'j2', plan: 'odd', at: 'yesterday' });
  expect([await attributes('j2'), await problems()]).toMatchObject([{ plan: 'odd' }, [['rules.0.traitsAt', 'is no moment; the time of arrival is used', expect.stringMatching(/[가-힣]/)]]]);
});
