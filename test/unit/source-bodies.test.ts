import { gzipSync } from 'node:zlib';
import { createHmac } from 'node:crypto';
import iconv from 'iconv-lite';
import { describe, expect, test } from '@jest/globals';
import { applyMapping, Mapping } from '../../src/people/sources/domain/mapping.js';
import { readMoment } from '../../src/people/sources/domain/moment.js';
import { PRESETS } from '../../src/people/sources/domain/presets.js';
import { refuse, type Proof, type SourceKind } from '../../src/people/sources/domain/proof.js';
import { LARGEST_FILE, rowsOf, unpacked } from '../../src/people/sources/pull/fetch-csv.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const read = (mapping: Mapping, body: unknown, topic = '') => applyMapping(mapping, { body, topic, header: {} }, { key: 'k', source: 's', receivedAt: NOW });
const events = (kind: SourceKind, body: unknown, topic = '') => read(PRESETS[kind], body, topic).messages.map(({ type, message, email }) => ({ type, userId: message.userId, email, name: message.event, at: message.timestamp, id: message.messageId, properties: message.properties as Record<string, unknown> }));

describe('a moment', () => {
  test.each([
    ['2026-03-02T18:00:00+09:00', '2026-03-02T09:00:00.000Z'], ['2026-03-02T18:00:00+0900', '2026-03-02T09:00:00.000Z'], ['2026-03-02 18:00:00+09', '2026-03-02T09:00:00.000Z'], ['2026-03-02T09:00:00.123456Z', '2026-03-02T09:00:00.123Z'], ['2026-03-02t09:00z', '2026-03-02T09:00:00.000Z'],
    // Without a zone UTC, wherever this machine stands.
    ['2026-03-02T09:00:00', '2026-03-02T09:00:00.000Z'], ['2026-03-02 09:00', '2026-03-02T09:00:00.000Z'], ['2026-03-02', '2026-03-02T00:00:00.000Z'], ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [1_772_442_000, '2026-03-02T09:00:00.000Z'], [1_772_442_000_000, '2026-03-02T09:00:00.000Z'], ['1772442000', '2026-03-02T09:00:00.000Z'], ['1772442000000', '2026-03-02T09:00:00.000Z'], ['1772442000.5', '2026-03-02T09:00:00.500Z'],
    ['Mon, 02 Mar 2026 09:00:00 GMT', '2026-03-02T09:00:00.000Z'], ['2 Mar 2026 18:00:00 +0900', '2026-03-02T09:00:00.000Z'], [0, '1970-01-01T00:00:00.000Z'],
    ['Order 5', null], ['10', null], ['5', null], ['2026', null], ['March 2', null], ['2026-02-30', null], ['2026-13-01', null], ['2026-02-30T10:00:00+09:00', null], ['2026-03-02T25:00', null], ['2026-03-02T09:00:00+99:00', null], ['', null], [Number.NaN, null], [1e20, null], [true, null], [null, null], [['2026-03-02'], null], [{}, null], ['9'.repeat(5_000), null],
  ])('%j is %s', (found, wanted) => { expect(readMoment(found)?.toISOString() ?? null).toBe(wanted); });
});

describe('an order of Shopify', () => {
  const ORDER = { id: 450789469, name: '#1001', total_price: '59000', currency: 'KRW', created_at: '2026-03-02T17:30:00+09:00', updated_at: '2026-03-02T17:31:00+09:00', email: 'Guest@Example.org', customer: { id: 207119551, email: 'mina@example.org' }, line_items: [{ title: '우전 녹차', product_id: 1 }], refunds: [] as object[] };

  test('of a guest, without lines, customer or address, says what is missing and never fails', () => {
    expect(events('shopify', { ...ORDER, customer: null }, 'orders/create')).toMatchObject([{ type: 'track', userId: undefined, email: 'guest@example.org', name: 'Order Placed' }]);
    for (const lines of [null, [], undefined, 'none', [null, 5, { title: null }]]) expect(events('shopify', { ...ORDER, line_items: lines }, 'orders/create').at(-1)).toMatchObject({ userId: 'shopify:207119551', name: 'Order Placed' });
    expect(read(PRESETS.shopify, { ...ORDER, customer: null, email: '' }, 'orders/create')).toMatchObject({ messages: [], problems: [{ path: 'rules.1.person' }] });
    for (const body of [null, [], 5, 'text', {}]) expect(() => read(PRESETS.shopify, body, 'orders/create')).not.toThrow();
  });

  test('with thousands of lines stays an event that can be stored', () => {
    const { properties } = events('shopify', { ...ORDER, line_items: Array.from({ length: 5_000 }, (_, at) => ({ title: `보성 우전 녹차 ${at} 한정 수량`, product_id: 8_000_000_000_000 + at })) }, 'orders/create').at(-1) as unknown as { properties: { products: string[]; product_ids: number[] } };
    expect([properties.products.length, properties.product_ids.length, Buffer.byteLength(JSON.stringify(properties)) < 32_768]).toEqual([100, 100, true]);
  });

  test('that was refunded is the refund of its customer, never of the colleague who made it, and once for each refund', () => {
    const refunds = [{ id: 11, user_id: 799407056, created_at: '2026-03-02T18:00:00+09:00' }, { id: 12, user_id: 799407056, created_at: '2026-03-02T19:00:00+09:00' }];
    const found = events('shopify', { ...ORDER, refunds }, 'orders/updated');
    expect(found).toMatchObject([{ type: 'track', userId: 'shopify:207119551', name: 'Order Refunded', at: '2026-03-02T09:00:00.000Z', properties: { order_id: '450789469' } }, { at: '2026-03-02T10:00:00.000Z' }]);
    // Edited again: the same refunds.
    expect(events('shopify', { ...ORDER, refunds, note: 'edited' }, 'orders/updated').map(({ id }) => id)).toEqual(found.map(({ id }) => id));
    expect(read(PRESETS.shopify, ORDER, 'orders/updated')).toEqual({ messages: [], problems: [], rules: [] });
    expect(read(PRESETS.shopify, { id: 11, order_id: 450789469, user_id: 799407056 }, 'refunds/create').messages).toEqual([]);
  });

  test('is not what another topic says of it', () => {
    for (const topic of ['ORDERS/CREATE', 'orders/create ', "orders/create' || 'a' == 'a", '']) expect(events('shopify', ORDER, topic)).toEqual([]);
  });
});

describe('an event of Stripe', () => {
  const invoice = (customer: unknown) => ({ id: 'evt_1', type: 'invoice.paid', created: NOW.getTime() / 1_000, data: { object: { id: 'in_1', customer, amount_paid: 1_999, currency: 'usd' } } });
  test('names its customer by id or whole', () => {
    for (const customer of ['cus_1', { id: 'cus_1', email: 'x@example.org', object: 'customer' }]) expect(events('stripe', invoice(customer), 'invoice.paid')).toMatchObject([{ userId: 'stripe:cus_1', properties: { amount: 19.99 } }]);
    expect(events('stripe', invoice(null), 'invoice.paid')).toEqual([]);
    expect(read(PRESETS.stripe, { ...invoice('cus_1'), type: 'invoice.brand_new' }, 'invoice.brand_new')).toEqual({ messages: [], problems: [], rules: [] });
  });

  const sign = (text: string, at: number, secret = 'whsec_a') => createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
  const T = NOW.getTime() / 1_000;
  const NONE: Proof = { kind: 'address' };
  const ask = (header: string, now = NOW, secrets = ['whsec_a'], body = '{}') => refuse('stripe', NONE, secrets, { body: Buffer.from(body), header: (name) => (name === 'stripe-signature' ? header : ''), now });
  test.each([
    ['the second of two signatures', `t=${T},v1=${sign('{}', T, 'old')},v1=${sign('{}', T)}`, null], ['spaces and other schemes', `t=${T}, v0=abc, v1=${sign('{}', T)}`, null], ['a signature of scheme v0 alone', `t=${T},v0=${sign('{}', T)}`, 'signature'],
    ['at the end of its time', `t=${T - 300},v1=${sign('{}', T - 300)}`, null], ['past it', `t=${T - 301},v1=${sign('{}', T - 301)}`, 'timestamp'], ['from the future', `t=${T + 301},v1=${sign('{}', T + 301)}`, 'timestamp'],
    ['two times', `t=${T},t=${T - 900},v1=${sign('{}', T - 900)}`, 'signature'], ['a time that is no number', `t=1e9,v1=${sign('{}', T)}`, 'signature'], ['no time', `v1=${sign('{}', T)}`, 'signature'], ['nothing', '', 'signature'], ['only commas', ',,,,=,=', 'signature'], ['an empty signature', `t=${T},v1=`, 'signature'],
  ])('with %s', (_, header, wanted) => { expect(ask(header)).toBe(wanted); });
});

describe('any JSON', () => {
  const one = (at: object, id = 'body.id') => Mapping.parse({ rules: [{ name: 'A', person: { userId: { from: id, as: 'text' } }, event: { name: 'X', at, properties: { n: { from: 'body.n', as: 'number' }, t: { from: 'body.t', as: 'seconds' } } } }] });
  test.each([
    [{ id: 'a', n: ' 12.50 ' }, { n: 12.5 }, 0], [{ id: 'a', n: 'twelve' }, {}, 1], [{ id: 'a', n: '' }, {}, 1], [{ id: 'a', n: [1] }, {}, 1], [{ id: 'a', n: '1e400' }, {}, 1], [{ id: 'a', t: '1772442000' }, { t: '2026-03-02T09:00:00.000Z' }, 0], [{ id: 'a', t: 1_772_442_000_000 }, {}, 1], [{ id: 'a' }, {}, 0],
  ])('%j has the properties %j', (body, properties, problems) => {
    const found = read(one({ from: '`1772442000`' }), body);
    expect([found.messages[0]!.message.properties, found.problems.length]).toEqual([properties, problems]);
  });

  test('an id that JSON has rounded is nobody, and said so', () => {
    const body = JSON.parse('{"id": 12345678901234567890}') as object;
    expect(read(one({ from: '`0`' }), body)).toMatchObject({ messages: [], problems: [{ path: 'rules.0.person.userId', message: 'is a number too large to be read exactly: it has to be sent as text' }, {}] });
    expect(read(one({ from: '`0`' }), { id: 9_007_199_254_740_991 }).messages).toHaveLength(1);
  });

  test('names that every object has are names like others', () => {
    const body = JSON.parse('{"id":"a","__proto__":{"admin":true},"constructor":"c","toString":1}') as object;
    const mapping = Mapping.parse({ rules: [{ name: '__proto__', person: { userId: { from: 'body.id' } }, traits: JSON.parse('{"constructor":{"from":"body.constructor"},"toString":{"from":"body.toString"},"admin":{"from":"body.admin"},"hasOwnProperty":{"from":"body.hasOwnProperty"}}') }] });
    expect(read(mapping, body).messages[0]!.message.traits).toEqual({ constructor: 'c', toString: 1 });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a CSV file', () => {
  const rows = (text: string | Buffer) => rowsOf(Buffer.from(text as string));
  const wrong = (text: string | Buffer) => { try { rows(text); return 'read'; } catch (error) { return (error as Error).message; } };
  test.each([
    ['a byte order mark and CRLF', '\ufeffid,name\r\n1,민아\r\n', [{ id: '1', name: '민아' }]], ['line breaks and quotes in cells', 'id,note\n1,"two\nlines, ""said"""\n', [{ id: '1', note: 'two\nlines, "said"' }]], ['semicolons', 'id;note\n1;a,b\n', [{ id: '1', note: 'a,b' }]], ['no end of line', 'id\n1', [{ id: '1' }]], ['nothing', '', []], ['a head line alone', 'id,name\n', []], ['empty lines', 'id\n\n1\n\n', [{ id: '1' }]],
    ['CP949', iconv.encode('번호,이름\n1,똠방각하\n', 'cp949'), [{ 번호: '1', 이름: '똠방각하' }]], ['UTF-16', Buffer.from('\ufeffid,name\n1,민아\n', 'utf16le'), [{ id: '1', name: '민아' }]],
  ])('with %s', (_, text, wanted) => { expect(rows(text)).toEqual(wanted); });

  test('of which nobody knows what is meant is refused whole, with why', () => {
    expect(wrong('id,plan,id\n1,free,2\n')).toContain('two columns are called "id"');
    expect(wrong('id,plan\n1\n')).toContain('no CSV that can be read');
    expect(wrong(Buffer.from([0x50, 0x4b, 3, 4, 0, 0]))).toContain('an Excel workbook');
    expect(wrong(Buffer.concat([Buffer.from('id,name\n1,'), Buffer.of(0xff, 0xff), Buffer.from('\n')]))).toContain('neither UTF-8 nor CP949');
  });

  test('that lies there packed is unpacked, a bomb up to the limit', async () => {
    expect(rowsOf(await unpacked(gzipSync('id\n1\n')))).toEqual([{ id: '1' }]);
    await expect(unpacked(gzipSync(Buffer.alloc(LARGEST_FILE + 1)))).rejects.toThrow('larger than');
    await expect(unpacked(gzipSync('id\n1\n').subarray(0, 12))).rejects.toThrow('can not be unpacked');
  });
});
