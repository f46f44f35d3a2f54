import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(NOW);
const SECRET = 'shpss_a_secret_of_the_shop';
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = async (method: string, path: string, body?: unknown) => {
  const answer = await app.api(method, path, body);
  expect([answer.status < 300, answer.status < 300 ? undefined : answer.body]).toEqual([true, undefined]);
  return answer.body;
};
const run = () => app.runner.runUntilIdle();
const add = (request: object) => ok('POST', '/v1/sources', { name: 'A source', ...request });
async function send({ id }: { id: string }, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${app.url}/in/${id}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() as Record<string, unknown> };
}
const hmac = (body: string, secret: string, encoding: 'hex' | 'base64') => createHmac('sha256', secret).update(body).digest(encoding);
const fromShop = (source: { id: string }, topic: string, body: object, event: string) => {
  const text = JSON.stringify(body);
  return send(source, text, { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': hmac(text, SECRET, 'base64'), 'x-shopify-event-id': event, 'x-shopify-shop-domain': 'tea.myshopify.com' });
};
const fromStripe = (source: { id: string }, body: object, at = NOW) => {
  const [text, t] = [JSON.stringify(body), Math.floor(at.getTime() / 1_000)];
  return send(source, text, { 'stripe-signature': `t=${t},v1=${'0'.repeat(64)},v1=${hmac(`${t}.${text}`, 'whsec_stripe_secret', 'hex')}` });
};
const deliveries = async ({ id }: { id: string }) => ((await ok('GET', `/v1/sources/${id}/deliveries`)).items as { problems: { messageKo: string }[] }[]).map((one) => ({ ...one, problems: one.problems.map(({ messageKo, ...problem }) => { expect(messageKo).toMatch(/[가-힣]/); return problem; }) })) as unknown as { id: string; state: string; messages: number; rules: string[]; problems: { path: string; message: string }[]; topic: string }[];
const eventsOf = async (handle: string) => {
  const { id } = await ok('GET', `/v1/people/${handle}`);
  return app.db.query(`select e.name, e.properties, e.occurred_at as at from event as e where e.person_id = $1 and e.name not like '$%' order by e.occurred_at, e.name`, [id]) as Promise<{ name: string; properties: Record<string, unknown>; at: Date }[]>;
};

const ORDER = {
  id: 450789469, name: '#1001', total_price: '59000', currency: 'KRW', processed_at: '2026-03-02T17:30:00+09:00', order_status_url: 'https://tea.example/orders/1', customer_locale: 'ko',
  line_items: [{ title: '우전 녹차', product_id: 1 }, { title: '다관', product_id: 2 }], discount_codes: [{ code: 'SPRING' }],
  customer: { id: 207119551, email: 'Mina@Example.org', first_name: '미나', last_name: '김', phone: null },
};

describe('Shopify', () => {
  test('an order becomes a person and an event once, however often it is sent', async () => {
    const shop = await add({ kind: 'shopify', secret: SECRET });
    expect(shop).toMatchObject({ url: expect.stringContaining(`/in/${shop.id}`), secrets: [{ hint: '…shop' }] });
    expect(JSON.stringify(shop)).not.toContain(SECRET);
    expect(await fromShop(shop, 'orders/paid', ORDER, 'e-1')).toEqual({ status: 200, body: { success: true, new: true } });
    expect(await fromShop(shop, 'orders/paid', ORDER, 'e-1')).toEqual({ status: 200, body: { success: true, new: false } });
    await run();
    // Sent again under another id, as after a change of the webhook there: it is the same order.
    await fromShop(shop, 'orders/paid', ORDER, 'e-2');
    await run();
    expect((await eventsOf('external:shopify:207119551')).map(({ name, properties, at }) => [name, properties, at.toISOString()])).toEqual([['Order Completed', {
      order_id: '450789469', order_number: '#1001', total: 59_000, currency: 'KRW', status_url: 'https://tea.example/orders/1', products: ['우전 녹차', '다관'], product_ids: [1, 2], discount_codes: ['SPRING'],
    }, '2026-03-02T08:30:00.000Z']]);
    expect((await ok('GET', '/v1/people/external:shopify:207119551')).attributes).toMatchObject({ email: 'mina@example.org', firstName: '미나', language: 'ko' });
    expect((await deliveries(shop)).map(({ state, messages, rules, topic }) => [state, messages, rules, topic])).toEqual([['taken', 2, ['Order Completed'], 'orders/paid'], ['taken', 2, ['Order Completed'], 'orders/paid']]);
    // A fulfilment names only an e-mail: it is hers.
    await fromShop(shop, 'fulfillments/create', { id: 1, order_id: 450789469, name: '#1001.1', email: 'mina@example.org', created_at: '2026-03-02T18:00:00+09:00', tracking_url: 'https://post.example/1', tracking_company: 'CJ', line_items: [{ title: '우전 녹차' }] }, 'e-3');
    await fromShop(shop, 'fulfillments/create', { id: 2, order_id: 5, email: 'nobody@example.org', created_at: '2026-03-02T18:00:00+09:00' }, 'e-4');
    await fromShop(shop, 'themes/publish', { id: 5 }, 'e-5');
    await run();
    expect((await eventsOf('external:shopify:207119551')).map(({ name }) => name)).toEqual(['Order Completed', 'Order Shipped']);
    expect((await deliveries(shop)).slice(0, 3).map(({ state, problems }) => [state, problems])).toEqual([
      ['ignored', []], ['failed', [{ path: 'Order Shipped (fulfilment)', message: 'nobody is known by this e-mail, and no user id is given' }]], ['taken', []]]);
  });

  test('what is not signed, changed on its way, or signed with a secret that was removed is refused and counted', async () => {
    const shop = await add({ kind: 'shopify' });
    const text = JSON.stringify(ORDER);
    const signed = (secret: string) => send(shop, text, { 'x-shopify-hmac-sha256': hmac(text, secret, 'base64') });
    expect((await signed(SECRET)).body).toMatchObject({ code: 'source.no-secret' });
    const first = (await ok('POST', `/v1/sources/${shop.id}/secrets`, { secret: SECRET })).secrets[0];
    await ok('POST', `/v1/sources/${shop.id}/secrets`, { secret: 'the_next_secret' });
    expect((await app.api('POST', `/v1/sources/${shop.id}/secrets`, { secret: 'one_too_many' })).body).toMatchObject({ code: 'source.secrets' });
    for (const secret of [SECRET, 'the_next_secret']) expect((await signed(secret)).status).toBe(200);
    await ok('DELETE', `/v1/sources/${shop.id}/secrets/${first.id}`);
    expect((await signed(SECRET)).status).toBe(401);
    for (const headers of [{}, { 'x-shopify-hmac-sha256': 'AAAA' }, { 'x-shopify-hmac-sha256': hmac(`${text} `, 'the_next_secret', 'base64') }] as Record<string, string>[]) expect((await send(shop, text, headers)).body).toMatchObject({ code: 'source.signature' });
    expect((await send(shop, '{', { 'x-shopify-hmac-sha256': hmac('{', 'the_next_secret', 'base64') })).body).toMatchObject({ code: 'source.malformed' });
    expect(await ok('GET', `/v1/sources/${shop.id}`)).toMatchObject({ refusedCount: 6, lastRefusedReason: 'malformed' });
    await ok('PATCH', `/v1/sources/${shop.id}`, { enabled: false });
    expect((await signed('the_next_secret')).status).toBe(404);
    expect((await send({ id: 'nothing' }, {})).status).toBe(400);
    // Whoever tries and tries is no longer computed for.
    await ok('PATCH', `/v1/sources/${shop.id}`, { enabled: true });
    for (let tries = 0; tries < 60; tries += 1) await send(shop, text);
    expect((await signed('the_next_secret')).status).toBe(429);
    const kept: { value: string }[] = await app.db.query('select k.value from source_secret as k');
    expect(new Set(kept.map(({ value }) => value.slice(0, 5)))).toEqual(new Set(['dnb1.']));
  });
});

test('a source whose key is lost takes nothing, and can be seen and removed', async () => {
  const shop = await add({ kind: 'shopify', secret: SECRET });
  await app.db.query(`update source_secret as k set value = 'dnb1.00000000.' || repeat('A', 60) where k.source_id = $1`, [shop.id]);
  expect((await fromShop(shop, 'orders/paid', ORDER, 'e-9')).body).toMatchObject({ code: 'secrets.missing-key' });
  expect((await ok('GET', '/v1/sources')).items.map(({ id }: { id: string }) => id)).toContain(shop.id);
  await ok('DELETE', `/v1/sources/${shop.id}`);
});

describe('Stripe', () => {
  test('amounts are read in their currency, old signatures are refused', async () => {
    const stripe = await add({ kind: 'stripe', secret: 'whsec_stripe_secret' });
    const invoice = (id: string, amount: number, currency: string) => ({ id, type: 'invoice.paid', created: NOW.getTime() / 1_000 - 60, data: { object: { id: `in_${id}`, customer: 'cus_1', customer_email: 'Pay@example.org', amount_paid: amount, currency, hosted_invoice_url: null } } });
    for (const [id, amount, currency] of [['evt_1', 19_99, 'usd'], ['evt_2', 15_000, 'krw'], ['evt_3', 1_234, 'kwd']] as const) expect((await fromStripe(stripe, invoice(id, amount, currency))).status).toBe(200);
    expect((await fromStripe(stripe, invoice('evt_1', 19_99, 'usd'))).body).toMatchObject({ new: false });
    expect((await fromStripe(stripe, invoice('evt_9', 1, 'usd'), new Date(NOW.getTime() - 301_000))).body).toMatchObject({ code: 'source.timestamp' });
    await fromStripe(stripe, { id: 'evt_4', type: 'customer.subscription.trial_will_end', created: NOW.getTime() / 1_000, data: { object: { id: 'sub_1', customer: 'cus_1', status: 'trialing', trial_end: NOW.getTime() / 1_000 + 259_200, cancel_at: null, items: { data: [{ price: { id: 'price_1', nickname: 'Pro' } }] } } } });
    await run();
    const events = await eventsOf('external:stripe:cus_1');
    expect(events.filter(({ name }) => name === 'Invoice Paid').map(({ properties }) => [properties.amount, properties.currency]).toSorted()).toEqual([[1.234, 'kwd'], [15_000, 'krw'], [19.99, 'usd']]);
    expect(events.at(-1)).toMatchObject({ name: 'Trial Ending', properties: { plan: 'Pro', trial_end: '2026-03-05T09:00:00.000Z' } });
    expect((await ok('GET', '/v1/people/external:stripe:cus_1')).attributes).toMatchObject({ stripe_status: 'trialing', stripe_plan: 'Pro' });
  });
});

describe('any JSON, with a mapping', () => {
  const mapping = {
    all: true, rules: [
      { name: 'Who', person: { userId: { from: 'body.customer.no', as: 'text' } }, traits: { tier: { from: 'body.customer.tier' } } },
      { name: 'Lines', when: `body.kind == 'cart'`, each: 'body.lines', person: { userId: { from: 'body.customer.no', as: 'text' } }, event: { name: 'Added', id: 'join(\'-\', [to_string(body.no), to_string(item.no)])', at: { from: 'body.at', as: 'seconds' }, properties: { title: { from: 'item.title' }, price: { from: 'item.price', as: 'number' } } } },
    ],
  };
  const BODY = { kind: 'cart', no: 7, at: NOW.getTime() / 1_000 - 3_600, customer: { no: 88, tier: 'gold' }, lines: [{ no: 1, title: '녹차', price: '12.5' }, { no: 2, title: '홍차', price: 'free' }] };

  test('is tried before it is kept, taken by rule and part, and read again when the mapping was mended', async () => {
    const source = await add({ kind: 'json', proof: { kind: 'bearer' }, secret: 'a long bearer secret'.replaceAll(' ', '-') });
    const tried = await ok('POST', `/v1/sources/${source.id}/try`, { mapping, body: BODY });
    expect(tried.messages.map(({ type, userId, name }: Record<string, unknown>) => [type, userId, name])).toEqual([['identify', '88', '$identify'], ['track', '88', 'Added'], ['track', '88', 'Added']]);
    expect(tried).toMatchObject({ rules: ['Who', 'Lines'], problems: [{ path: 'rules.1.event.properties.price', message: 'is no number' }] });
    expect((await app.api('GET', '/v1/people/external:88')).status).toBe(404);
    const post = (body: object, secret = 'a-long-bearer-secret') => send(source, body, { authorization: `Bearer ${secret}` });
    expect((await post(BODY, 'another')).status).toBe(401);
    // With the mapping it began with nobody is named.
    expect((await post(BODY)).status).toBe(200);
    await run();
    const [failed] = await deliveries(source);
    expect(failed).toMatchObject({ state: 'failed', problems: [{ path: 'rules.0.person', message: 'nobody is named: neither user id nor e-mail nor browser id has a value' }] });
    const kept = await ok('GET', `/v1/sources/${source.id}/deliveries/${failed!.id}`);
    expect(kept).toMatchObject({ body: BODY, headers: { 'content-type': expect.any(String) } });
    expect(JSON.stringify(kept)).not.toContain('a-long-bearer-secret');
    const { revision } = await ok('PATCH', `/v1/sources/${source.id}`, { revision: source.revision, mapping });
    expect((await app.api('PATCH', `/v1/sources/${source.id}`, { revision: source.revision, mapping })).body).toMatchObject({ code: 'source.changed' });
    expect(revision).toBe(source.revision + 1);
    for (let times = 0; times < 2; times += 1) {
      await ok('POST', `/v1/sources/${source.id}/deliveries/${failed!.id}/read-again`);
      await run();
    }
    expect((await eventsOf('external:88')).map(({ name, properties, at }) => [name, properties, at.toISOString()])).toEqual([['Added', { title: '녹차', price: 12.5 }, '2026-03-02T08:00:00.000Z'], ['Added', { title: '홍차' }, '2026-03-02T08:00:00.000Z']]);
    // Erased with the person; what nobody was named in goes by age.
    const { id } = await ok('GET', '/v1/people/external:88');
    await post({ hello: 'nobody' });
    await run();
    expect((await app.api('DELETE', `/v1/people/${id}`)).status).toBeLessThan(300);
    expect((await app.db.query('select d.body from source_delivery as d where d.source_id = $1', [source.id])).map(({ body }: { body: object }) => body)).toEqual([{ hello: 'nobody' }]);
    clock.advance(8 * 86_400_000);
    await run();
    expect(await deliveries(source)).toEqual([]);
    clock.set(NOW);
  });

  test('a mapping says what is wrong with it and where', async () => {
    const wrong = await app.api('POST', '/v1/sources', { kind: 'json', name: 'Wrong', mapping: { rules: [{ name: 'A', person: {}, event: { name: 'X' } }, { name: 'B', when: 'body..', person: { userId: { from: 'body.id' } }, event: { name: 'X' } }, { name: 'C', person: { userId: { from: 'body.id' } } }] } });
    expect([wrong.status, wrong.body.problems.map(({ path }: { path: string }) => path)]).toEqual([400, ['mapping.rules.0.person', 'mapping.rules.1.when', 'mapping.rules.2']]);
    const source = await add({ kind: 'json', mapping: { rules: [{ name: 'A', person: { userId: { from: 'abs(body.id)' } }, event: { name: 'X' } }] } });
    expect((await ok('POST', `/v1/sources/${source.id}/try`, { body: { id: 'x' } })).problems[0]).toMatchObject({ path: 'rules.0.person.userId' });
    for (const body of [[], null, 5, '"text"', { __proto__: { id: 1 }, constructor: 2 }]) expect((await send(source, body as never)).status).toBe(200);
    await run();
    expect(new Set((await deliveries(source)).map(({ state }) => state))).toEqual(new Set(['failed']));
  });

  test.each([
    ['hmac', { kind: 'hmac', header: 'X-Hub-Signature-256', encoding: 'hex' }, (text: string) => ({ 'x-hub-signature-256': `sha256=${hmac(text, 'signing-secret', 'hex')}` })],
    ['standard', { kind: 'standard' }, (text: string) => {
      const t = String(Math.floor(NOW.getTime() / 1_000));
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': t, 'webhook-signature': `v1,${createHmac('sha256', Buffer.from('signing-secret', 'base64')).update(`msg_1.${t}.${text}`).digest('base64')}` };
    }],
  ] as const)('is proven by %s', async (_name, proof, headersOf) => {
    const source = await add({ kind: 'json', proof, secret: 'signing-secret' });
    const text = JSON.stringify({ userId: 'proven', email: 'p@example.org' });
    expect((await send(source, text, headersOf(text))).status).toBe(200);
    expect((await send(source, `${text} `, headersOf(text))).status).toBe(401);
  });
});

test('what no database can hold, no parser reads or nobody expects is kept as it can be, or refused, and never fails', async () => {
  const open = await add({ kind: 'json', proof: { kind: 'address' } });
  for (const body of ['{"type":"a\\u0000b","userId":"n\\u0000l","email":"x\\u0000@example.org"}', '{"type":"\\ud800","userId":"\\udfff"}', `{"type":"${'긴'.repeat(300)}","userId":"${'아'.repeat(5_000)}"}`, '\ufeff{"userId":"bom"}']) {
    expect((await send(open, body, { 'idempotency-key': `k-${body.length}` })).status).toBe(200);
    expect((await app.api('POST', `/v1/sources/${open.id}/try`, { body: JSON.parse(body.replace('\ufeff', '')) })).status).toBeLessThan(500);
  }
  const stripe = await add({ kind: 'stripe', secret: 'whsec_stripe_secret' });
  expect((await fromStripe(stripe, { id: 'evt_\u0000', type: 'invoice.paid\u0000', data: null })).status).toBe(200);
  await run();
  expect((await deliveries(open)).every(({ state }) => state !== ('waiting' as string))).toBe(true);
  for (const [body, headers] of [[Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {}], [gzipSync('{"userId":"g"}'), { 'content-encoding': 'gzip' }], [Buffer.from(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`), {}], [Buffer.from('{"userId":"a"} {"userId":"b"}'), {}]] as [Buffer, Record<string, string>][]) {
    const answer = await fetch(`${app.url}/in/${open.id}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: new Uint8Array(body) });
    expect([answer.status, (await answer.json() as { code: string }).code]).toEqual([400, 'source.malformed']);
  }
  expect((await send(open, `{"userId":"${'x'.repeat(1024 * 1024)}"}`)).status).toBe(413);
  for (const rule of [{ name: 'a\u0000b' }, { when: "body.x == '\u0000'" }, { event: { name: 'X\u0000', properties: { 'p\u0000': { from: 'body.a' } } } }]) {
    expect((await app.api('POST', '/v1/sources', { kind: 'json', name: 'NUL', mapping: { rules: [{ name: 'A', person: { userId: { from: 'body.id' } }, event: { name: 'X' }, ...rule }] } })).status).toBeLessThan(500);
  }
});

test('an order that is sent again after a year, under another id and a topic that was not signed, is the same order', async () => {
  const shop = await add({ kind: 'shopify', secret: SECRET });
  const mine = { ...ORDER, id: 77, customer: { ...ORDER.customer, id: 77, email: 'year@example.org' } };
  for (const [topic, event] of [['orders/paid', 'y-1'], ['orders/paid', 'y-2'], ['ORDERS/PAID', 'y-3']] as const) expect((await fromShop(shop, topic, mine, event)).body).toMatchObject({ new: true });
  await run();
  clock.advance(365 * 86_400_000);
  await fromShop(shop, 'orders/paid', mine, 'y-1');
  await run();
  expect((await eventsOf('external:shopify:77')).map(({ name }) => name)).toEqual(['Order Completed']);
  clock.set(NOW);
});

test('without a key nothing is told, and the audit says from what a mapping was changed to what', async () => {
  const { items } = await ok('GET', '/v1/audit?kind=source&limit=200');
  const change = items.find(({ action, detail }: { action: string; detail: object }) => action === 'source.change' && 'mapping' in detail);
  expect(change.detail.mapping).toMatchObject({ before: { rules: [{ name: 'Event' }] }, after: { rules: [{ name: 'Who' }, { name: 'Lines' }] } });
  expect((await fetch(`${app.url}/v1/sources`)).status).toBe(401);
});
