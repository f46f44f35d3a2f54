import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ChatContent, WebhookContent } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import type { CompiledChat, CompiledWebhook, RenderContext } from '../../src/delivery/content/compiled.js';
import { judgeAddress, readNetworks } from '../../src/platform/network/address-guard.js';
import { fateOf, readRetryAfter, WAITS, type PostOutcome } from '../../src/delivery/hooks/domain/attempt.js';
import { jandiPayload, slackPayload, type RenderedChat } from '../../src/delivery/hooks/domain/chat.js';
import { afterAttempts, circuitState, THRESHOLD } from '../../src/delivery/hooks/domain/circuit.js';
import { newSecret, signedHeaders } from '../../src/delivery/hooks/domain/signature.js';
import { bodyOf } from '../../src/delivery/hooks/hook-request.js';
import { renderChat, renderWebhook } from '../../src/delivery/hooks/render-hooks.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const ENDPOINT = '01900000-0000-7000-8000-000000000001';

describe('addresses', () => {
  test.each([
    ['93.184.216.34', 'public'], ['2606:2800:220:1:248:1893:25c8:1946', 'public'], ['127.0.0.1', 'refused'], ['127.255.255.254', 'refused'], ['0.0.0.0', 'refused'],
    ['10.0.0.1', 'refused'], ['172.16.5.4', 'refused'], ['172.32.0.1', 'public'], ['192.168.1.1', 'refused'], ['169.254.169.254', 'refused'], ['100.100.100.200', 'refused'],
    ['168.63.129.16', 'refused'], ['192.0.0.192', 'refused'], ['224.0.0.1', 'refused'], ['255.255.255.255', 'refused'], ['198.18.0.1', 'refused'], ['240.0.0.1', 'refused'],
    ['::1', 'refused'], ['::', 'refused'], ['fe80::1', 'refused'], ['fe80::1%eth0', 'refused'], ['fd00:ec2::254', 'refused'], ['fc00::1', 'refused'], ['ff02::1', 'refused'],
    ['::ffff:127.0.0.1', 'refused'], ['::ffff:7f00:1', 'refused'], ['::ffff:169.254.169.254', 'refused'], ['::ffff:93.184.216.34', 'public'], ['64:ff9b::7f00:1', 'refused'],
    ['64:ff9b::a9fe:a9fe', 'refused'], ['::127.0.0.1', 'refused'], ['2002:7f00:1::', 'refused'], ['2001::1', 'refused'], ['not an address', 'refused'], ['', 'refused'],
  ])('%s is %s', (address, verdict) => { expect(judgeAddress(address, [])).toBe(verdict); });

  test('the operator opens networks by name, wrapped addresses included, and nothing beside them', () => {
    const allowed = readNetworks('10.1.0.0/16, 127.0.0.1,fd00::/8')!;
    expect(['10.1.2.3', '127.0.0.1', '::ffff:10.1.2.3', 'fd12::1'].map((address) => judgeAddress(address, allowed))).toEqual(Array(4).fill('allowed'));
    expect(['10.2.0.1', '127.0.0.2', 'fe80::1', '169.254.169.254'].map((address) => judgeAddress(address, allowed))).toEqual(Array(4).fill('refused'));
    expect(readNetworks('10.0.0.0/99')).toBeNull();
    expect(readNetworks('')).toEqual([]);
  });
});

describe('attempts', () => {
  const tried = { deliveryId: ENDPOINT, kind: 'standard' as const, attempts: 1, now: NOW };
  const answer = (status: number, retryAfterMs: number | null = null): PostOutcome => ({ kind: 'answer', status, body: '', retryAfterMs });
  test.each([
    [200, 1, 'delivered'], [204, 1, 'delivered'], [299, 1, 'delivered'], [301, 1, 'retry'], [302, 3, 'dead'], [400, 1, 'retry'], [404, 2, 'retry'], [404, 3, 'dead'], [410, 1, 'dead'],
    [408, 3, 'retry'], [425, 3, 'retry'], [429, 9, 'retry'], [500, 9, 'retry'], [503, 10, 'dead'],
  ])('an answer %s at attempt %s is %s', (status, attempts, fate) => { expect(fateOf(answer(status), { ...tried, attempts }).kind).toBe(fate); });

  test('the waits are those of the specification, up to a tenth longer, three days in all, and fixed for each attempt', () => {
    for (const [index, wait] of WAITS.entries()) {
      const fates = [1, 2].map(() => fateOf({ kind: 'network', error: 'x', sent: true }, { ...tried, attempts: index + 1 }));
      const { at } = fates[0] as { kind: 'retry'; at: Date };
      expect(fates[0]).toEqual(fates[1]);
      const waited = at.getTime() - NOW.getTime();
      expect(waited >= wait && waited <= wait * 1.1).toBe(true);
    }
    const total = WAITS.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
    expect(total > 72 && total < 84).toBe(true);
    expect(fateOf({ kind: 'network', error: 'x', sent: false }, { ...tried, attempts: WAITS.length + 1 })).toEqual({ kind: 'dead', reason: 'EXPIRED' });
  });

  test('what the receiver asks for is waited for, but no longer than a day', () => {
    expect(fateOf(answer(429, 60_000), tried)).toEqual({ kind: 'retry', at: new Date(NOW.getTime() + 60_000) });
    expect(fateOf(answer(503, 99 * 86_400_000), tried)).toEqual({ kind: 'retry', at: new Date(NOW.getTime() + 86_400_000) });
    expect([readRetryAfter('120', NOW), readRetryAfter('Mon, 02 Mar 2026 09:00:30 GMT', NOW), readRetryAfter('Mon, 02 Mar 2026 08:00:00 GMT', NOW), readRetryAfter('soon', NOW), readRetryAfter('-5', NOW), readRetryAfter(undefined, NOW)])
      .toEqual([120_000, 30_000, 0, null, null, null]);
  });

  test('a chat that may have got it is in doubt and not asked again; one that surely has not is', () => {
    for (const kind of ['slack', 'jandi'] as const) {
      expect(fateOf({ kind: 'network', error: 'x', sent: true }, { ...tried, kind })).toEqual({ kind: 'uncertain' });
      expect(fateOf({ kind: 'network', error: 'x', sent: false }, { ...tried, kind }).kind).toBe('retry');
    }
    expect(fateOf({ kind: 'refused', error: 'x' }, tried)).toEqual({ kind: 'dead', reason: 'PROVIDER_REJECTED' });
  });
});

test('the circuit opens after five troubles in a row, rests longer each time, and closes with a good answer', () => {
  let circuit = { failures: 0, trips: 0, openUntil: null as Date | null };
  for (let count = 1; count < THRESHOLD; count += 1) circuit = afterAttempts(circuit, { good: 0, trouble: 1 }, NOW);
  expect(circuitState(circuit, NOW)).toBe('closed');
  const rests = [1, 2, 3].map(() => {
    circuit = afterAttempts(circuit, { good: 0, trouble: 1 }, NOW);
    return circuit.openUntil!.getTime() - NOW.getTime();
  });
  expect(rests).toEqual([30_000, 60_000, 120_000]);
  expect([circuitState(circuit, NOW), circuitState(circuit, circuit.openUntil!)]).toEqual(['open', 'half_open']);
  for (let more = 0; more < 40; more += 1) circuit = afterAttempts(circuit, { good: 0, trouble: 10 }, NOW);
  expect(circuit.openUntil!.getTime() - NOW.getTime()).toBe(30 * 60_000);
  expect(afterAttempts(circuit, { good: 1, trouble: 9 }, NOW)).toEqual({ failures: 0, trips: 0, openUntil: null });
});

describe('signatures', () => {
  test('are accepted by the independent library with either secret of a rotation, and not when a byte changes', () => {
    const secrets = [newSecret(), newSecret()];
    const body = JSON.stringify({ data: '안녕 "값" \u2028 😀' });
    const at = new Date();
    const headers = signedHeaders('msg_1', at, body, secrets);
    expect(headers['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => new Webhook(secret).verify(body.replace('안', '앙'), headers)).toThrow();
      expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
      expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000) - 1) })).toThrow();
    }
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
    expect(Buffer.from(secrets[0]!.slice(6), 'base64')).toHaveLength(32);
  });

  test("sign the specification's own example as it does", () => {
    const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', new Date(1_614_265_330_000), '{"test": 2432232314}', ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

const context = (person: Record<string, unknown>, event: Record<string, unknown> = {}): RenderContext => ({
  person, event, workspace: { name: 'W', timeZone: 'Asia/Seoul', language: 'ko' }, deliveryId: ENDPOINT, personId: ENDPOINT,
});
/** No half of a surrogate pair stands alone. */
const isWhole = (text: string) => !/\p{Cs}/u.test(text);
const HOSTILE = ['"},"admin":true,{"x":"', '\\', '\\"', "'", '\n\r\t\u0000\u2028', '</script>', '안녕하세요 😀', '\ud800', '{{person.name}}', '[x](http://evil.example)', '<!channel> <@U1> <http://evil.example|ok> & &lt;', '*b* _i_ `c`', '$value', '__proto__'];

describe('a webhook', () => {
  const webhook = async (data: Record<string, unknown>) => (await compileMessage('webhook', WebhookContent.parse({ endpointId: ENDPOINT, data }))) as CompiledWebhook;
  const problemsOf = async (data: Record<string, unknown>) => compileMessage('webhook', WebhookContent.parse({ endpointId: ENDPOINT, data })).then(() => [], (error: { problems: { path: string; code: string }[] }) => error.problems.map(({ path, code }) => [path, code]));

  test.each(HOSTILE)('stays one JSON document of the same structure whatever a value is: %j', async (name) => {
    const compiled = await webhook({ 'a "key" 키': 'Hello "{{person.name}}", \\', list: ['{{person.name}}', 1, true, null], deep: { raw: { $value: 'person.name' } } });
    const rendered = renderWebhook(compiled, context({ name }), NOW);
    const body = JSON.parse(bodyOf({ channel: 'webhook', webhook: rendered }, 'standard'));
    const said = JSON.parse(JSON.stringify(name));
    expect(body).toEqual({ type: 'campaign.message', timestamp: NOW.toISOString(), data: { 'a "key" 키': `Hello "${said}", \\`, list: [said, 1, true, null], deep: { raw: said } } });
  });

  test('puts values of any kind where "$value" stands, with a default for missing ones', async () => {
    const compiled = await webhook({ amount: { $value: 'event.amount' }, items: { $value: 'event.items' }, vip: { $value: 'person.vip', default: false }, none: { $value: 'person.none', default: null } });
    const { data } = renderWebhook(compiled, context({}, { amount: 12.5, items: [{ sku: 'a' }] }), NOW);
    expect(data).toEqual({ amount: 12.5, items: [{ sku: 'a' }], vip: false, none: null });
    expect(() => renderWebhook(compiled, context({}, { items: [] }), NOW)).toThrow('RENDER_MISSING_VAR: data: event.amount has no value');
  });

  test('is strict: a missing value stops it and is named', async () => {
    const compiled = await webhook({ nested: [{ text: 'Hi {{person.name}}' }] });
    expect(() => renderWebhook(compiled, context({}), NOW)).toThrow('RENDER_MISSING_VAR: data.nested.0.text: person.name has no value');
  });

  test.each([
    [{ a: '{{nobody}}' }, [['data.a', 'template.unknown-variable']]],
    [{ a: { b: ['{{#if person.x}}'] } }, [['data.a.b.0', 'template.syntax']]],
    [{ a: { $value: 'person' } }, [['data.a', 'message.bad-value']]],
    [{ a: { $value: 'person.__proto__.x' } }, [['data.a', 'message.bad-value']]],
    [{ a: { $value: 'process.env' } }, [['data.a', 'message.bad-value']]],
    [{ a: { $value: 'person.x', other: 1 } }, [['data.a', 'message.bad-value']]],
    [{ a: { constructor: 1 } }, [['data.a', 'message.bad-field']]],
    [{ a: Array(600).fill(0) }, [['data.a.498', 'message.too-large']]],
    [{ a: 'x'.repeat(65_537) }, [['data.a', 'message.too-large']]],
    [{ a: JSON.parse('['.repeat(11) + ']'.repeat(11)) }, [[`data.a${'.0'.repeat(10)}`, 'message.too-deep']]],
  ])('is refused at publish with the place: %#', async (data, problems) => { expect(await problemsOf(data as Record<string, unknown>)).toEqual(problems); });

  test('does not reach inherited names, and a body over the limit is not sent', async () => {
    const compiled = await webhook({ a: { $value: 'person.toString', default: 'none' }, b: { $value: 'person.list.length', default: 'none' } });
    expect(renderWebhook(compiled, context({ list: [1] }), NOW).data).toEqual({ a: 'none', b: 1 });
    const big = await webhook({ a: { $value: 'person.big' } });
    expect(() => bodyOf({ channel: 'webhook', webhook: renderWebhook(big, context({ big: 'x'.repeat(262_144) }), NOW) }, 'standard')).toThrow('256 KB');
    expect(() => bodyOf({ channel: 'webhook', webhook: renderWebhook(big, context({ big: 'x' }), NOW) }, 'slack')).toThrow('can not go to an endpoint of kind slack');
  });
});

describe('a chat notice', () => {
  const FULL: RenderedChat = { title: 'Big <customer>', text: 'ACME & Co bought [it](http://evil.example) <!channel>', color: '#FAC11B', details: [{ title: 'Amount', description: '12,000원', imageUrl: 'https://x.example/a.png' }], links: [{ label: 'Open [it] | now', url: 'https://x.example/a(b)|c' }] };

  test('to JANDI has its fields and no link but the authors', () => {
    expect(jandiPayload({ ...FULL, memberEmail: 'kim@example.com' })).toEqual({
      body: 'Big <customer>\nACME & Co bought [it]\u200b(http://evil.example) <!channel>\n[Open ［it］ | now](https://x.example/a%28b%29|c)',
      connectColor: '#FAC11B', connectInfo: [{ title: 'Amount', description: '12,000원', imageUrl: 'https://x.example/a.png' }], email: 'kim@example.com',
    });
    expect(jandiPayload({ title: '', text: 'Hi', details: [], links: [] })).toEqual({ body: 'Hi' });
  });

  test('to Slack has text and blocks, with & < > escaped and no mention or link but the authors', () => {
    const escaped = 'ACME &amp; Co bought [it](http://evil.example) &lt;!channel&gt;';
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Big <customer>', emoji: true } }, { type: 'section', text: { type: 'mrkdwn', text: escaped } },
      { type: 'section', text: { type: 'mrkdwn', text: 'Amount\n12,000원' } }, { type: 'image', image_url: 'https://x.example/a.png', alt_text: 'Amount' },
      { type: 'context', elements: [{ type: 'mrkdwn', text: '<https://x.example/a(b)%7Cc|Open [it] ¦ now>' }] },
    ];
    expect(slackPayload(FULL)).toEqual({ text: `Big &lt;customer&gt;: ${escaped}`, attachments: [{ color: '#FAC11B', blocks }] });
    const { color: _color, ...plain } = FULL;
    expect(slackPayload(plain)).toEqual({ text: `Big &lt;customer&gt;: ${escaped}`, blocks });
  });

  test('keeps within what Slack takes, without cutting an entity or a character', () => {
    const { blocks } = slackPayload({ title: '😀'.repeat(100), text: '<'.repeat(3_000), details: [], links: [] }) as { blocks: { text: { text: string } }[] };
    expect(blocks[0]!.text.text.length <= 150 && isWhole(blocks[0]!.text.text)).toBe(true);
    expect(blocks[1]!.text.text).toMatch(/^(&lt;)+…$/);
    expect(blocks[1]!.text.text.length <= 3_000).toBe(true);
  });

  test.each(HOSTILE.filter(isWhole))('of a value %j makes no markup of it', async (name) => {
    const compiled = (await compileMessage('chat', ChatContent.parse({ endpointId: ENDPOINT, title: 'T {{person.name}}', text: 'Hi {{person.name}}!', links: [{ label: '{{person.name}}', url: 'https://x.example/{{urlencode person.name}}' }] }))) as CompiledChat;
    const chat = renderChat(compiled, context({ name }));
    const slack = JSON.stringify(slackPayload(chat));
    expect(slack.match(/<(?!https:\/\/x\.example\/)/g)).toEqual(JSON.stringify(chat.title).match(/<(?!https:\/\/x\.example\/)/g));
    const { body } = jandiPayload(chat) as { body: string };
    expect([...body.matchAll(/\]\(([^)]*)\)/g)].map(([, url]) => url!.startsWith('https://x.example/'))).toEqual([true]);
  });

  test('is refused with a place when a link, image or address can not be used', async () => {
    const parsed = ChatContent.parse({ endpointId: ENDPOINT, text: '{{nobody}}', links: [{ label: 'x', url: 'javascript:alert(1)' }], details: [{ title: 'x', imageUrl: 'data:image/png;base64,' }] });
    await expect(compileMessage('chat', parsed)).rejects.toMatchObject({ problems: [{ path: 'text' }, { path: 'details.0.imageUrl' }, { path: 'links.0.url' }] });
    const member = (await compileMessage('chat', ChatContent.parse({ endpointId: ENDPOINT, text: 'x', memberEmail: '{{person.owner}}' }))) as CompiledChat;
    expect(renderChat(member, context({ owner: 'kim@example.com' })).memberEmail).toBe('kim@example.com');
    expect(() => renderChat(member, context({ owner: 'a@b.example\r\nx, c@d.example' }))).toThrow('memberEmail');
  });
});
