import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseBounded } from '../../src/kernel/bounded-json.js';
import { mailgunProof, refuseMailgun } from '../../src/delivery/returns/providers/domain/mailgun.js';
import { isInside, networkFrom } from '../../src/delivery/returns/providers/domain/networks.js';
import { credentialHash, refusePostmark } from '../../src/delivery/returns/providers/domain/postmark.js';
import { refuseSendgrid, sendgridKey } from '../../src/delivery/returns/providers/domain/sendgrid.js';
import { isSignedBySns, readSnsMessage, refuseSns, type SnsMessage } from '../../src/delivery/returns/providers/domain/sns.js';
import { FailedTries } from '../../src/platform/http/failed-tries.js';
import { Outside } from '../../src/delivery/returns/providers/outside.js';
import { SnsCertificates } from '../../src/delivery/returns/providers/sns-certificates.js';
import { makeCertificate, signAsSns } from '../support/certificates.js';
import { AMAZON, basic, CERT_URL, MAILGUN_KEY, mailgunProof as provenByMailgun, POSTMARK, SENDGRID, SENDGRID_PUBLIC, signedBySendgrid, TOPIC } from '../support/provider-hooks.js';
import fc from '../support/fast-check.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const SECONDS = String(NOW.getTime() / 1000);
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);

describe('Amazon SNS', () => {
  const key = new X509Certificate(AMAZON.pem).publicKey;
  const KINDS = {
    Notification: { Type: 'Notification', Message: '{"안녕":"하세요"}\n', Subject: 'Amazon SES' },
    'Notification without a subject': { Type: 'Notification', Message: 'x' },
    SubscriptionConfirmation: { Type: 'SubscriptionConfirmation', Message: 'confirm', Token: 't', SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t' },
    UnsubscribeConfirmation: { Type: 'UnsubscribeConfirmation', Message: 'gone', Token: 't', SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t' },
  };
  const make = (kind: keyof typeof KINDS, version: string, more: object = {}): Record<string, unknown> => {
    const message = { MessageId: 'm1', TopicArn: TOPIC, Timestamp: NOW.toISOString(), SignatureVersion: version, SigningCertURL: CERT_URL, ...KINDS[kind], ...more };
    return { ...message, Signature: signAsSns(message, AMAZON) };
  };
  const read = (fields: Record<string, unknown>) => readSnsMessage(fields) as SnsMessage;

  test.each(Object.keys(KINDS).flatMap((kind) => ['1', '2'].map((version) => ({ kind: kind as keyof typeof KINDS, version }))))('$kind, version $version: signed, and no signed field may change', ({ kind, version }) => {
    const fields = make(kind, version);
    expect(isSignedBySns(read(fields), key)).toBe(true);
    const signed = Object.keys(fields).filter((name) => !['Signature', 'SignatureVersion', 'SigningCertURL', 'Type'].includes(name));
    expect(signed.length).toBeGreaterThanOrEqual(4);
    for (const name of signed) expect([name, isSignedBySns(read({ ...fields, [name]: `${String(fields[name])} ` }), key)]).toEqual([name, false]);
    expect(isSignedBySns(read({ ...fields, SignatureVersion: version === '1' ? '2' : '1' }), key)).toBe(false);
    expect(isSignedBySns(read(fields), new X509Certificate(makeCertificate(NOW, hours(1)).pem).publicKey)).toBe(false);
  });

  test.each([
    [{ TopicArn: 'arn:aws:sns:us-east-1:999999999999:SES_Events' }, 'topic'],
    [{ SigningCertURL: 'https://sns.us-east-1.amazonaws.com.evil.test/x.pem' }, 'certificate_url'],
    [{ SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem?x=.pem' }, 'certificate_url'],
    [{ SigningCertURL: 'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem' }, 'certificate_url'],
    [{ SigningCertURL: 'https://evil@sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem' }, 'certificate_url'],
    [{ SigningCertURL: 'https://s3.amazonaws.com/bucket/SimpleNotificationService-1.pem' }, 'certificate_url'],
    [{ SigningCertURL: 'https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-a1.pem' }, undefined],
    [{ Timestamp: hours(-26).toISOString() }, 'timestamp'],
    [{ Timestamp: hours(-24).toISOString() }, undefined],
    [{ Timestamp: hours(1).toISOString() }, 'timestamp'],
    [{ Timestamp: 'yesterday' }, 'timestamp'],
  ])('%j is refused for: %s', (change, reason) => {
    expect(refuseSns(read(make('Notification', '1', change)), [TOPIC], NOW)?.reason).toBe(reason);
  });

  test.each(['https://evil.test/?Action=ConfirmSubscription&x=1', 'https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic&x=1', 'https://sns.us-east-1.amazonaws.com@evil.test/?Action=ConfirmSubscription&x'])('SubscribeURL %s is refused', (SubscribeURL) => {
    expect(refuseSns(read(make('SubscriptionConfirmation', '1', { SubscribeURL })), [TOPIC], NOW)?.reason).toBe('subscribe_url');
  });

  test.each([[null], [[]], [{}], [{ ...make('Notification', '1'), Message: 1 }], [{ ...make('Notification', '1'), Type: 'Else' }], [{ ...make('SubscriptionConfirmation', '1'), Token: undefined }]])('%j is no message of SNS', (fields) => {
    expect(readSnsMessage(fields)).toMatchObject({ reason: 'malformed' });
  });

  test('a certificate is fetched once for all who wait, kept while it is valid, and not kept when it could not be read', async () => {
    const outside = new Outside();
    const certificates = new SnsCertificates(outside);
    let asked = 0;
    const short = makeCertificate(hours(-1), hours(1)).pem;
    const answers = ['no certificate', short, short, short];
    outside.get = async () => Buffer.from(answers[asked++]!);
    expect(await certificates.keyOf(CERT_URL, NOW)).toMatchObject({ reason: 'certificate', kind: 'unavailable' });
    const keys = await Promise.all([1, 2, 3].map(() => certificates.keyOf(CERT_URL, NOW)));
    expect([asked, keys.every((each) => each === keys[0])]).toEqual([2, true]);
    expect(await certificates.keyOf(CERT_URL, NOW)).toBe(keys[0]);
    expect(asked).toBe(2);
    expect(await certificates.keyOf(CERT_URL, hours(2))).toMatchObject({ reason: 'certificate', kind: 'forbidden' });
    expect(await certificates.keyOf(CERT_URL, hours(-2))).toMatchObject({ reason: 'certificate', kind: 'forbidden' });
    expect(asked).toBe(3);
  });
});

describe('the way out', () => {
  const serve = async <T>(listener: RequestListener, work: (url: string, outside: Outside) => Promise<T>): Promise<T> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, new Outside());
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test('gets what is small', async () => {
    expect((await serve((_request, reply) => reply.end('x'.repeat(65_536)), (url, outside) => outside.get(url))).length).toBe(65_536);
  });

  test.each<[string, RequestListener]>([
    ['more than 64 KB', (_request, reply) => reply.end('x'.repeat(65_537))],
    ['a redirect', (request, reply) => (request.url === '/' ? reply.writeHead(302, { location: '/elsewhere' }).end() : reply.end('here'))],
    ['an error', (_request, reply) => reply.writeHead(500).end('no')],
  ])('refuses %s', async (_name, listener) => {
    await expect(serve(listener, (url, outside) => outside.get(url))).rejects.toThrow();
  });

  test('does not wait for a body that never ends', async () => {
    const waiting = serve((_request, reply) => { reply.write('x'); }, (url, outside) => {
      expect(outside.timeoutMs).toBe(3_000);
      outside.timeoutMs = 50;
      return outside.get(url);
    });
    await expect(waiting).rejects.toThrow(/timeout|abort/i);
  });
});

describe('SendGrid', () => {
  const keys = [sendgridKey(SENDGRID_PUBLIC)!];
  const BODY = '[{"event":"delivered","reason":"전달됨"}]\r\n';
  const check = (body: string, { headers }: { headers: Record<string, string> }, now = NOW) =>
    refuseSendgrid({ signature: headers['x-twilio-email-event-webhook-signature']!, timestamp: headers['x-twilio-email-event-webhook-timestamp']!, body: Buffer.from(body) }, keys, now)?.reason;

  test('the raw bytes and the timestamp are covered', () => {
    const signed = signedBySendgrid(BODY, SECONDS);
    expect(check(BODY, signed)).toBeUndefined();
    expect(check(JSON.stringify(JSON.parse(BODY)), signed)).toBe('signature');
    expect(check(BODY, { headers: { ...signed.headers, 'x-twilio-email-event-webhook-timestamp': String(Number(SECONDS) - 1) } })).toBe('signature');
    expect(check(BODY, signedBySendgrid(BODY, SECONDS, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))).toBe('signature');
    expect([check(BODY, signed, hours(26)), check(BODY, signed, hours(-1)), check(BODY, signed, hours(24))]).toEqual(['timestamp', 'timestamp', undefined]);
  });

  test.each(['MAYCAQACAQA=', 'MAYCAQECAQE=', '', 'no base64 at all', 'MAYCAQA='])('W7: the signature %j is refused', (signature) => {
    expect(refuseSendgrid({ signature, timestamp: SECONDS, body: Buffer.from(BODY) }, keys, NOW)).toMatchObject({ reason: 'signature', kind: 'unauthenticated' });
  });

  test('only a P-256 public key is a verification key', () => {
    const other = (curve: string) => generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    expect([SENDGRID_PUBLIC, other('P-384'), other('secp256k1'), '', 'AAAA'].map((text) => sendgridKey(text) !== null)).toEqual([true, false, false, false, false]);
    expect(SENDGRID.publicKey.equals(sendgridKey(SENDGRID_PUBLIC)!)).toBe(true);
  });
});

describe('Mailgun', () => {
  const check = (proof: object, keys = [MAILGUN_KEY], now = NOW) => refuseMailgun(mailgunProof({ signature: proof }), keys, now)?.reason;

  test('timestamp and token are covered, by either of two keys', () => {
    const proof = provenByMailgun(SECONDS);
    expect([check(proof), check(proof, ['another-key', MAILGUN_KEY]), check(proof, ['another-key'])]).toEqual([undefined, undefined, 'signature']);
    expect([check({ ...proof, token: `${proof.token}0` }), check({ ...proof, signature: proof.signature.slice(2) }), check({}), check(proof, [MAILGUN_KEY], hours(26))]).toEqual(['signature', 'signature', 'signature', 'timestamp']);
  });

  test('a digit may not wander from the timestamp into the token', () => {
    const { timestamp, token, signature } = provenByMailgun(SECONDS, '1234567890');
    expect(check({ timestamp: timestamp + token.slice(0, 1), token: token.slice(1), signature })).toBe('signature');
    expect(check({ timestamp: timestamp.slice(0, 9), token: timestamp.slice(9) + token, signature })).toBe('signature');
  });
});

test('Postmark: user and password of one of two, and nothing else', () => {
  const hashes = [credentialHash('old', 'x'.repeat(20)), credentialHash(POSTMARK.user, POSTMARK.password)];
  const check = (header: string | undefined) => refusePostmark(header, hashes)?.reason;
  expect([check(basic(POSTMARK)), check(basic({ user: 'old', password: 'x'.repeat(20) })), check(basic(POSTMARK).replace('Basic', 'basic'))]).toEqual([undefined, undefined, undefined]);
  expect([check(undefined), check(''), check('Basic '), check('Bearer x'), check(basic({ ...POSTMARK, password: 'wrong' })), check(basic({ user: POSTMARK.user, password: '' }))]).toEqual(Array.from({ length: 6 }, () => 'credentials'));
});

test('networks: single addresses, IPv4 written as IPv6, and nothing that is none', () => {
  const networks = ['203.0.113.0/24', '2001:db8::/32', '192.0.2.7'];
  expect(['203.0.113.9', '::ffff:203.0.113.9', '2001:db8:1::5', '192.0.2.7', '192.0.2.8', '203.0.114.1', '::1', 'x'].map((ip) => isInside(ip, networks))).toEqual([true, true, true, true, false, false, false, false]);
  expect(['10.0.0.0/8', '10.0.0.1', '2001:DB8::/32', '10.0.0.0/33', 'x', ''].map(networkFrom)).toEqual(['10.0.0.0/8', '10.0.0.1', '2001:db8::/32', null, null, null]);
});

describe('JSON of any origin', () => {
  test('elements of an array are its bytes, whatever they hold', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }), fc.constantFrom('', ' ', '\r\n\t'), (values, space) => {
      const texts = values.map((value) => JSON.stringify(value));
      const json = parseBounded(Buffer.from(`${space}[${texts.map((text) => space + text + space).join(',')}]${space}`));
      if ('fault' in json) throw new Error(json.fault);
      expect(json.elements?.map((bytes) => bytes.toString().trim())).toEqual(texts);
    }), { numRuns: 300 });
  });

  test.each([
    ['nested deeper than 32', '['.repeat(33) + ']'.repeat(33)],
    ['nested deeper than 32', '['.repeat(1_000_000)],
    ['more than 200000 values', `[${'0,'.repeat(200_001)}0]`],
    ['not JSON', ''],
    ['not JSON', '{"a":'],
    ['not JSON', ']['],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('is %s', (fault, body) => {
    expect(parseBounded(Buffer.from(body as string))).toEqual({ fault: expect.stringContaining(fault) });
  });

  test('brackets inside strings do not count', () => {
    expect(parseBounded(Buffer.from(JSON.stringify(['['.repeat(100), '\\"[', '한글,['])))).not.toHaveProperty('fault');
  });
});

test('after sixty refusals in a minute a network waits, and nobody else does', () => {
  const tries = new FailedTries();
  const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
  for (let count = 0; count < 60; count += 1) {
    expect(tries.isExhausted('a', '203.0.113.5', at(count / 2))).toBe(false);
    tries.count('a', '203.0.113.5', at(count / 2));
  }
  expect([tries.isExhausted('a', '203.0.113.77', at(30)), tries.isExhausted('a', '203.0.114.5', at(30)), tries.isExhausted('b', '203.0.113.5', at(30)), tries.isExhausted('a', '203.0.113.5', at(60))]).toEqual([true, false, false, false]);
});
