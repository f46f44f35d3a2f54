import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect, fakeOutside, MAILGUN_KEY, POSTMARK, basic, SENDGRID, sns } from '../support/provider-hooks.js';
import { Receiver } from '../support/receiver.js';
import { ask, everything, flips, notRefused, tamperedHex, type Changed, type Said } from '../support/tampering.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(NOW);
const SECRET = 'a_secret_that_they_share_with_us';
let app: TestApp;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, env: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', TRUSTED_PROXIES: '127.0.0.1' } });
  fakeOutside(app);
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});

interface Sending { body: Buffer; headers: Record<string, string> }
/**
 * One kind of webhook that comes in. `make` is what its sender sends at a time, with a secret; `proofs` are the headers that prove it, `binds` what they
 * speak of: a password says nothing about the body, and so a changed one is not refused. `lasts`: how old a signed time may be, ms.
 */
interface Incoming {
  name: string;
  add(): Promise<{ path: string }>;
  make(at: Date, secret?: string, body?: string): Sending;
  proofs: string[];
  binds: 'body' | 'sender';
  lasts?: number;
  /** Bytes of the body that prove nothing and are not proven: there a changed one is the same report. */
  beside?: (body: Buffer, at: number) => boolean;
}

const mac = (text: string, secret: string, encoding: 'hex' | 'base64') => createHmac('sha256', secret).update(text).digest(encoding);
const seconds = (at: Date) => String(Math.floor(at.getTime() / 1_000));
const mapping = { rules: [{ name: 'all', person: { userId: { from: 'body.id', as: 'text' } }, event: { name: 'Came', properties: {} } }] };
const source = (request: object) => async () => {
  const { status, body } = await app.api('POST', '/v1/sources', { name: 'A source', ...request });
  expect([status, status === 201 ? null : body]).toEqual([201, null]);
  return { path: `/in/${body.id}` };
};
const json = (more: Record<string, string>) => ({ 'content-type': 'application/json', ...more });
let sent = 0;
const fresh = () => `{"id":"evt_${(sent += 1)}","type":"invoice.paid","note":"안녕하세요 danbi"}`;
const STANDARD = `whsec_${Buffer.from(SECRET).toString('base64')}`;

/** Amazon does not sign where its certificate lies (that it is Amazon's own is a test of its own, test/unit/ssrf), and the last letters of base64 hold spare bits. */
const besideSns = (body: Buffer, at: number): boolean => {
  const text = body.toString('latin1');
  const url = text.indexOf('"SigningCertURL":');
  return (at > url && at < text.indexOf('.pem', url)) || (at > text.lastIndexOf('=') - 4 && at <= text.lastIndexOf('='));
};

const INCOMING: Incoming[] = [
  { name: 'Shopify', add: source({ kind: 'shopify', secret: SECRET }), proofs: ['x-shopify-hmac-sha256'], binds: 'body',
    make: (_, secret = SECRET, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'x-shopify-topic': 'orders/paid', 'x-shopify-event-id': 'one', 'x-shopify-hmac-sha256': mac(text, secret, 'base64') }) }) },
  { name: 'Stripe', add: source({ kind: 'stripe', secret: SECRET }), proofs: ['stripe-signature'], binds: 'body', lasts: 300_000,
    make: (at, secret = SECRET, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'stripe-signature': `t=${seconds(at)},v1=${mac(`${seconds(at)}.${text}`, secret, 'hex')}` }) }) },
  { name: 'JSON with an HMAC in hexadecimal', add: source({ kind: 'json', mapping, proof: { kind: 'hmac', header: 'x-signature', encoding: 'hex' }, secret: SECRET }), proofs: ['x-signature'], binds: 'body',
    make: (_, secret = SECRET, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'idempotency-key': 'one', 'x-signature': `sha256=${mac(text, secret, 'hex')}` }) }) },
  { name: 'JSON with an HMAC in base64', add: source({ kind: 'json', mapping, proof: { kind: 'hmac', header: 'x-signature', encoding: 'base64' }, secret: SECRET }), proofs: ['x-signature'], binds: 'body',
    make: (_, secret = SECRET, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'idempotency-key': 'one', 'x-signature': mac(text, secret, 'base64') }) }) },
  { name: 'JSON by Standard Webhooks', add: source({ kind: 'json', mapping, proof: { kind: 'standard' }, secret: STANDARD }), proofs: ['webhook-id', 'webhook-timestamp', 'webhook-signature'], binds: 'body', lasts: 300_000,
    make: (at, secret = STANDARD, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'webhook-id': 'one', 'webhook-timestamp': seconds(at), 'webhook-signature': new Webhook(secret.startsWith('whsec_') ? secret : `whsec_${Buffer.from(secret).toString('base64')}`).sign('one', at, text) }) }) },
  { name: 'JSON with a bearer', add: source({ kind: 'json', mapping, proof: { kind: 'bearer' }, secret: SECRET }), proofs: ['authorization'], binds: 'sender',
    make: (_, secret = SECRET, text = fresh()) => ({ body: Buffer.from(text), headers: json({ 'idempotency-key': 'one', authorization: `Bearer ${secret}` }) }) },
  { name: 'Amazon SES', add: () => connect(app, 'ses'), proofs: [], binds: 'body', lasts: 90_000_000, beside: besideSns,
    make: (at, secret) => { const made = sns({ Message: '{"eventType":"Delivery"}', Timestamp: at.toISOString(), ...(secret === undefined ? {} : { TopicArn: 'arn:aws:sns:us-east-1:999999999999:Other' }) }); return { body: Buffer.from(made.body as string), headers: made.headers }; } },
  { name: 'SendGrid', add: () => connect(app, 'sendgrid'), proofs: ['x-twilio-email-event-webhook-signature', 'x-twilio-email-event-webhook-timestamp'], binds: 'body', lasts: 90_000_000,
    make: (at, secret) => {
      const body = `[{"event":"processed","email":"kim@example.com","sg_event_id":"sg-${(sent += 1)}","timestamp":${seconds(at)}}]`;
      const signature = sign('sha256', Buffer.from(seconds(at) + body), { key: secret === undefined ? SENDGRID.privateKey : OTHER_KEY, dsaEncoding: 'der' }).toString('base64');
      return { body: Buffer.from(body), headers: json({ 'x-twilio-email-event-webhook-signature': signature, 'x-twilio-email-event-webhook-timestamp': seconds(at) }) };
    } },
  { name: 'Mailgun', add: () => connect(app, 'mailgun'), proofs: [], binds: 'sender', lasts: 90_000_000,
    make: (at, secret = MAILGUN_KEY) => {
      const token = `${(sent += 1)}`.padStart(50, 'a');
      return { body: Buffer.from(JSON.stringify({ signature: { timestamp: seconds(at), token, signature: mac(seconds(at) + token, secret, 'hex') }, 'event-data': { event: 'accepted', id: `m-${sent}` } })), headers: json({}) };
    } },
  { name: 'Postmark', add: () => connect(app, 'postmark'), proofs: ['authorization'], binds: 'sender',
    make: (_, secret) => ({ body: Buffer.from(`{"RecordType":"Delivery","ID":${(sent += 1)},"MessageID":"m-${sent}","Recipient":"kim@example.com"}`), headers: json({ authorization: basic(secret === undefined ? POSTMARK : { ...POSTMARK, password: secret }) }) }) },
];
const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Sixty wrong proofs a minute of one network are computed: each of ours comes from a network of its own. */
let networks = 0;
const post = (path: string, { body, headers }: Sending, method = 'POST'): Promise<Said> => ask(app.url, path, { method, headers: { ...headers, 'x-forwarded-for': `100.${64 + ((networks += 1) >> 8)}.${networks & 255}.1` }, body });

/** A header's text in each way it may be wrong: where it has a number in it, each digit of it changed. */
function wrongHeader(name: string, text: string): Changed<Record<string, string>>[] {
  const [before, value] = /^(.*?(?:v1[=,]|sha256=|Bearer |Basic ))?(.*)$/s.exec(text)!.slice(1) as [string | undefined, string];
  const isHex = /^[0-9a-f]{64}$/.test(value);
  const isBase64 = /^[A-Za-z0-9+/]{40,}={0,2}$/.test(value);
  const changed: Changed<string>[] = isHex ? tamperedHex(value).filter(([what]) => what !== 'one more' && what !== 'twice' && what !== '10 kB')
    : isBase64 ? flips(Buffer.from(value, 'base64')).map(([what, bytes]): Changed<string> => [what, bytes.toString('base64')])
    : [...value].map((letter, at): Changed<string> => [`letter ${at}`, value.slice(0, at) + (letter === '1' ? '2' : '1') + value.slice(at + 1)]);
  return [...changed, ['without', ''], ['half', value.slice(0, value.length / 2)], ['zeros', value.replace(/[0-9a-zA-Z]/g, '0')], ['9 kB', 'A'.repeat(9_000)]].map(([what, other]) => [`${name}: ${what}`, { [name]: `${before ?? ''}${other}` }]);
}

describe.each(INCOMING.map((one): [string, Incoming] => [one.name, one]))('what comes in from %s', (_, one) => {
  test('is refused when anything of it was changed, and writes nothing; the right one counts once', async () => {
    const [{ path }, { path: elsewhere }] = [await one.add(), await one.add()];
    const good = one.make(NOW);
    const without = (name: string) => Object.fromEntries(Object.entries(good.headers).filter(([each]) => each !== name));
    const wrong: Changed<Sending>[] = [
      ...one.proofs.flatMap((name) => [...wrongHeader(name, good.headers[name]!), [`without ${name}`, without(name)] as Changed<Record<string, string>>].map(([what, headers]): Changed<Sending> => [what, { body: good.body, headers: { ...(headers[name] === undefined ? headers : { ...good.headers, ...headers }) } }])),
      ...(one.binds === 'body' ? flips(good.body).filter((_flip, at) => !one.beside?.(good.body, at)).map(([what, body]): Changed<Sending> => [`body: ${what}`, { ...good, body }]) : []),
      ...(one.binds === 'body' ? [['cut', good.body.subarray(0, -1)], ['longer', Buffer.concat([good.body, Buffer.from(one.beside ? '}' : ' ')])], ['empty', Buffer.alloc(0)], ['other', Buffer.from('{}')]] as [string, Buffer][] : []).map(([what, body]): Changed<Sending> => [`body: ${what}`, { ...good, body }]),
      ['a secret of another workspace', one.make(NOW, 'another_secret_of_somebody')],
      ...(one.lasts === undefined ? [] : [['too old', -1], ['from the future', 1]] as const).map(([what, way]): Changed<Sending> => [what, one.make(new Date(NOW.getTime() + way * (one.lasts! + 2_000)))]),
      ...(one.lasts === undefined || one.proofs.length === 0 ? [] : [['another time', one.make(new Date(NOW.getTime() - 5_000))] as const]).flatMap(([what, other]) => one.proofs.filter((name) => /timestamp|stripe/.test(name)).map((name): Changed<Sending> => [`${what} in ${name}`, { body: good.body, headers: { ...good.headers, [name]: name === 'stripe-signature' ? good.headers[name]!.replace(/t=\d+/, `t=${seconds(new Date(NOW.getTime() - 5_000))}`) : other.headers[name]! } }])),
      ...(one.binds === 'body' ? [['2 MB', { ...good, body: Buffer.alloc(2_000_000, ' ') }] as Changed<Sending>] : []),
    ];
    const before = await everything(app.db);
    const faults = await notRefused(wrong, (changed) => post(path, changed));
    faults.push(...(await notRefused(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, method]), (method) => post(path, method === 'GET' || method === 'HEAD' ? { ...good, body: Buffer.alloc(0) } : good, method))));
    for (const nowhere of [path.slice(0, -1), `${path}0`, path.replace(/[^/]+$/, '01a20184-4a91-71c4-8b6a-202099211eca'), path.startsWith('/in/') ? path.replace('/in/', '/hooks/postmark/') : path.replace('/hooks/', '/in/'), path.replace(/\/hooks\/\w+/, (at) => (at.endsWith('ses') ? '/hooks/mailgun' : '/hooks/ses'))].filter((each) => each !== path)) faults.push(...await notRefused([[`at ${nowhere}`, good]], (each) => post(nowhere, each)));
    const after = await everything(app.db);
    expect({ faults, written: Object.keys(after).filter((table) => after[table] !== before[table]) }).toEqual({ faults: [], written: [] });

    const first = await post(path, good);
    expect([first.status, first.text]).toEqual([200, expect.stringMatching(/"new":true|"filed":1/)]);
    await app.runner.runUntilIdle();
    const taken = await everything(app.db);
    const again = await post(path, good);
    expect([again.status, again.text]).toEqual([200, expect.stringMatching(/"new":false|"filed":0/)]);
    await app.runner.runUntilIdle();
    expect(await everything(app.db)).toEqual(taken);
    // Two connections of one kind with the same secret are two senders.
    expect((await post(elsewhere, good)).status).toBe(200);
  });
});

test('a source that is proven by its address alone takes no other address', async () => {
  const { path } = await source({ kind: 'json', mapping, proof: { kind: 'address' } })();
  const before = await everything(app.db);
  const id = path.slice(4);
  expect(await notRefused(tamperedHex(id), (changed) => post(`/in/${changed}`, { body: Buffer.from(fresh()), headers: json({}) }))).toEqual([]);
  expect(await everything(app.db)).toEqual(before);
});

test('what goes out is refused by its receiver when anything of it was changed, and has its own id to know it again', async () => {
  const made = (await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: 'Ours', url: receiver.url })).body as { endpoint: { id: string }; secret: string };
  const other = (await app.api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: 'Theirs', url: receiver.url })).body as { secret: string };
  clock.set(new Date());
  expect((await app.api('POST', `/v1/webhook-endpoints/${made.endpoint.id}/test`)).status).toBe(200);
  const { body, headers } = receiver.got.at(-1)!;
  const given = Object.fromEntries(['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]));
  const verify = (secret: string, text: string, said: Record<string, string>) => { try { new Webhook(secret).verify(text, said); return 'believed'; } catch (error) { return (error as Error).name; } };
  expect(verify(made.secret, body, given)).toBe('believed');
  const wrong: [string, string, Record<string, string>][] = [
    ...flips(Buffer.from(body)).map(([, changed]): [string, string, Record<string, string>] => [made.secret, changed.toString('latin1'), given]),
    ...Object.entries(given).flatMap(([name, text]) => wrongHeader(name, text).map(([, changed]): [string, string, Record<string, string>] => [made.secret, body, { ...given, ...changed }])),
    [other.secret, body, given], [made.secret, body, { ...given, 'webhook-timestamp': String(Number(given['webhook-timestamp']) - 301) }],
  ];
  expect(wrong.filter(([secret, text, said]) => verify(secret, text, said) === 'believed')).toEqual([]);
});
