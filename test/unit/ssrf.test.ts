import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import { GuardedPost } from '../../src/delivery/hooks/guarded-post.js';
import { Resolver } from '../../src/platform/network/resolver.js';
import { readSnsMessage, refuseSns } from '../../src/delivery/returns/providers/domain/sns.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { readConfig } from '../../src/platform/config.js';

/** What names lead to; a name that is not here is one that nobody knows. */
const NAMES: Record<string, string[]> = {
  'localhost': ['127.0.0.1', '::1'], 'localhost.': ['127.0.0.1'], 'db.internal': ['10.0.0.5'], 'metadata.google.internal': ['169.254.169.254'], 'metadata.google.internal.': ['169.254.169.254'],
  'instance-data': ['169.254.169.254'], '127.0.0.1.nip.io': ['127.0.0.1'], '169-254-169-254.nip.io': ['169.254.169.254'], 'both.example': ['93.184.216.34', '127.0.0.1'], 'six.example': ['fd00:ec2::254'],
  'mapped.example': ['::ffff:10.0.0.1'], 'nat64.example': ['64:ff9b::a00:1'], 'nobody.example': [], 'public.example': ['93.184.216.34'], 'kubernetes.default.svc': ['10.96.0.1'],
};

class Names extends Resolver {
  override async resolve(name: string): Promise<LookupAddress[]> {
    return (NAMES[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}
const guard = (allowed = '') => new GuardedPost(readConfig({ WEBHOOK_ALLOWED_NETWORKS: allowed }), new Names(), new SystemClock());

/** Addresses that lead inside in disguise. Webhooks, chats and alarms all leave by this guard. */
const INSIDE = [
  // Plain, and in other bases and lengths.
  '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0x7f.1', '0177.0.0.1', '017700000001', '127.000.000.001', '0', '0.0.0.0', '127.255.255.254',
  '10.0.0.1', '167772161', '012.0.0.1', '0xa000001', '172.16.0.1', '172.31.255.255', '2886729729', '192.168.0.1', '3232235521', '0xc0a80001', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1',
  // The metadata of clouds.
  '169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192', '[fd00:ec2::254]',
  // IPv6, mapped, embedded and translated.
  '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[2002:7f00:1::]', '[2001::1]', '[fe80::1]', '[fc00::1]', '[ff02::1]',
  // Letters and dots that are made into digits and dots.
  '①②⑦.⓪.⓪.①', '127。0。0。1', '１２７.0.0.1', '127.0.0.1.', '%31%32%37.0.0.1', '169.254.169.254.',
  // Names.
  'localhost', 'LOCALHOST', 'localhost.', 'db.internal', 'metadata.google.internal', 'metadata.google.internal.', 'instance-data', '127.0.0.1.nip.io', '169-254-169-254.nip.io', 'both.example', 'six.example', 'mapped.example', 'nat64.example', 'nobody.example', 'kubernetes.default.svc',
];
const DRESSED = INSIDE.map((host) => `https://${host}/hook`).concat([
  // A name or password before the host, and what only looks like a host.
  'https://public.example@127.0.0.1/', 'https://public.example:443@169.254.169.254/latest/meta-data', 'https://public.example%40@10.0.0.1/', 'https://127.0.0.1#@public.example/', 'https://127.0.0.1?@public.example/', 'https:127.0.0.1', 'https:\\\\127.0.0.1\\', 'https:///127.0.0.1/', 'https://127.0.0.1:443/', 'https://127.0.0.1\t/', 'ht\ntps://127.0.0.1/',
  // Not http at all, or not encrypted.
  'file:///etc/passwd', 'gopher://127.0.0.1:6379/_FLUSHALL', 'ftp://public.example/', 'dict://127.0.0.1:11211/stat', 'ldap://127.0.0.1/', 'data:text/plain,x', 'javascript:alert(1)', 'unix:/var/run/docker.sock', 'http://public.example/', 'http://127.0.0.1/',
]);

describe('an address that leads inside', () => {
  test('there are more than ninety of them', () => expect(new Set(DRESSED).size).toBeGreaterThan(90));

  test.each(DRESSED)('%j is refused when it is typed in, and again when it is used', async (url) => {
    expect(await guard().refusal(url)).toEqual(expect.any(String));
    expect(await guard().post({ url, headers: {}, body: '{}' })).toMatchObject({ kind: 'refused' });
  });

  test('and one that leads outside is not', async () => {
    expect([await guard().refusal('https://public.example/hook'), await guard().refusal('https://93.184.216.34/')]).toEqual([null, null]);
  });

  test('is not followed to by a redirect', async () => {
    const inside: string[] = [];
    const server = createServer((request, response) => {
      request.resume();
      inside.push(request.url ?? '');
      response.writeHead([301, 302, 303, 307, 308][inside.length - 1] ?? 302, { location: 'http://127.0.0.1:' + String((server.address() as AddressInfo).port) + '/inside' }).end();
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/start`;
    for (const status of [301, 302, 303, 307, 308]) expect(await guard('127.0.0.1').post({ url, headers: {}, body: '{}' })).toMatchObject({ kind: 'answer', status });
    expect(inside).toEqual(Array(5).fill('/start'));
    await new Promise((done) => { server.close(done); });
  });
});

/** Where a report of Amazon asks us to look: nothing but Amazon's own. */
const NOT_AMAZON = [
  'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem', 'https://sns.us-east-1.amazonaws.com.evil.test/SimpleNotificationService-1.pem', 'https://evil.test/sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem',
  'https://sns.us-east-1.amazonaws.com@127.0.0.1/SimpleNotificationService-1.pem', 'https://sns.us-east-1.amazonaws.com:22/SimpleNotificationService-1.pem', 'https://sns.us-east-1.amazonaws.com./SimpleNotificationService-1.pem', 'https://s3.amazonaws.com/SimpleNotificationService-1.pem',
  'https://sns.us-east-1.amazonaws.com/../SimpleNotificationService-1.pem', 'https://sns.us-east-1.amazonaws.com\\@127.0.0.1/SimpleNotificationService-1.pem', 'https://sns.us-east-1.amazonaws.com#@127.0.0.1/SimpleNotificationService-1.pem', 'https://169.254.169.254/SimpleNotificationService-1.pem', 'https://[::1]/SimpleNotificationService-1.pem',
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem\n', ' https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem', 'file:///SimpleNotificationService-1.pem', 'https://sns.a.b.amazonaws.com/SimpleNotificationService-1.pem',
];

test.each(NOT_AMAZON)('a report can not make us ask %j', (SigningCertURL) => {
  const now = new Date('2026-11-23T12:00:00Z');
  const topic = 'arn:aws:sns:us-east-1:1:t';
  const message = readSnsMessage({ Type: 'Notification', MessageId: 'm', TopicArn: topic, Message: '{}', Timestamp: now.toISOString(), SignatureVersion: '2', Signature: 'eA==', SigningCertURL });
  expect('reason' in message ? message : refuseSns(message, [topic], now)).toMatchObject({ reason: 'certificate_url' });
});
