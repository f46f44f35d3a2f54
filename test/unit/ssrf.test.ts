import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { describe, expect, test } from '@jest/globals';
import { GuardedPost } from '../../src/delivery/hooks/guarded-post.js';
import { Resolver } from '../../src/platform/network/resolver.js';
import { readSnsMessage, refuseSns } from '../../src/delivery/returns/providers/domain/sns.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { fetchCsv } from '../../src/people/sources/pull/fetch-csv.js';
import { Reach } from '../../src/people/sources/pull/reach.js';
import { readPostgres } from '../../src/people/sources/pull/read-postgres.js';
import { readConfig } from '../../src/platform/config.js';

/** What names lead to; a name that is not here is one that nobody knows. */
const NAMES: Record<string, string[]> = {
  'localhost': ['127.0.0.1', '::1'], 'localhost.': ['127.0.0.1'], 'db.internal': ['10.0.0.5'], 'metadata.google.internal': ['169.254.169.254'], 'metadata.google.internal.': ['169.254.169.254'],
  'instance-data': ['169.254.169.254'], '127.0.0.1.nip.io': ['127.0.0.1'], '169-254-169-254.nip.io': ['169.254.169.254'], 'both.example': ['93.184.216.34', '127.0.0.1'], 'six.example': ['fd00:ec2::254'],
  'mapped.example': ['::ffff:10.0.0.1'], 'nat64.example': ['64:ff9b::a00:1'], 'nobody.example': [], 'public.example': ['93.184.216.34'], 'kubernetes.default.svc': ['10.96.0.1'],
};

class Names extends Resolver {
  asked = 0;

  constructor(private readonly names: Record<string, string[]> = NAMES) { super(); }

  override async resolve(name: string): Promise<LookupAddress[]> {
    this.asked += 1;
    // Numbers in other bases: what the system makes of them, which asks nobody.
    if (/^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}$/i.test(name)) return lookup(name, { all: true });
    return (this.names[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}
const guard = (allowed = '', names = new Names()) => new GuardedPost(readConfig({ WEBHOOK_ALLOWED_NETWORKS: allowed }), names, new SystemClock());
const reach = (allowed = '', names = new Names()) => new Reach(readConfig({ WEBHOOK_ALLOWED_NETWORKS: allowed }), names);

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

const QUERY = { query: 'select 1 as a', cursorColumn: 'a', cursor: null, limit: 1 };
/** Each way by which an address that people type in is asked. Every one answers `refused`, or with what else happened. */
const WAYS: [string, readonly string[], (url: string) => Promise<string>][] = [
  ['webhooks, chats, alarms and events out, when typed in', DRESSED, async (url) => ((await guard().refusal(url)) === null ? 'taken' : 'refused')],
  ['webhooks, chats, alarms and events out, when used', DRESSED, async (url) => (await guard().post({ url, headers: {}, body: '{}' })).kind],
  ['a CSV file by its address', DRESSED.filter((url) => /^h/.test(url)), (url) => fetchCsv(reach(), url, { etag: null, modified: null }).then(() => 'read', refusalOf)],
  ['a PostgreSQL that is asked', [
    ...INSIDE.map((host) => `postgres://u:p@${host}/x`), ...INSIDE.slice(0, 12).map((host) => `postgresql://u:p@${host}:5432/x?host=public.example&hostaddr=93.184.216.34`), 'postgres://%2Fvar%2Frun%2Fpostgresql/x', 'postgres:///x?host=/var/run/postgresql', 'postgres://u:p@public.example%40127.0.0.1/x', 'postgres://u:p@127.0.0.1,public.example/x',
  ], (url) => readPostgres(reach(), url, QUERY).then(() => 'read', refusalOf)],
];
/** A name that nobody knows is not asked either; everything else would be a connection that was tried. */
const refusalOf = (error: { code?: string; message: string }) => (['pull.refused', 'pull.plain', 'ERR_INVALID_URL'].includes(error.code ?? '') || /name of this address is not known/.test(error.message) ? 'refused' : error.message);

describe('an address that leads inside', () => {
  test.each(WAYS)('is refused by %s', async (_, urls, ask) => {
    expect(new Set(urls).size).toBeGreaterThan(80);
    const said = await Promise.all(urls.map(async (url) => [url, await ask(url)] as const));
    expect(said.filter(([, answer]) => answer !== 'refused')).toEqual([]);
  });

  test('and one that leads outside is not', async () => {
    expect([await guard().refusal('https://public.example/hook'), await guard().refusal('https://93.184.216.34/'), await reach().to('public.example')]).toEqual([null, null, { address: '93.184.216.34', isPublic: true }]);
  });

  test('is not followed to by a redirect, of a webhook or of a file', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.resume();
      asked.push(request.url ?? '');
      response.writeHead([301, 302, 303, 307, 308][(asked.length - 1) % 5] ?? 302, { location: 'http://127.0.0.1:' + String((server.address() as AddressInfo).port) + '/inside' }).end();
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/start`;
    for (const status of [301, 302, 303, 307, 308]) expect(await guard('127.0.0.1').post({ url, headers: {}, body: '{}' })).toMatchObject({ kind: 'answer', status });
    for (const status of [301, 302, 303, 307, 308]) await expect(fetchCsv(reach('127.0.0.1'), url, { etag: null, modified: null })).rejects.toMatchObject({ code: 'pull.status', message: expect.stringContaining(String(status)) });
    expect(asked).toEqual(Array(10).fill('/start'));
    await new Promise((done) => { server.close(done); });
  });

  test.each([
    ['speaks something else from now on', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'network', 'pull.unreachable'], ['hangs up', '', 'network', 'pull.unreachable'], ['is no HTTP', 'SSH-2.0-OpenSSH\r\n', 'network', 'pull.unreachable'], ['never ends its head', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`, 'network', 'pull.unreachable'],
    ['says less than it promised', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nid\n1', 'answer', 'pull.unreachable'], ['says two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nid', 'network', 'pull.unreachable'],
    ['answers without end', `HTTP/1.1 200 OK\r\n\r\n${'id\n'.repeat(7_500_000)}`, 'answer', 'pull.too-large'],
  ] as const)('and whoever %s is given up at once', async (_, said, posted, fetched) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => { if (said === '') socket.destroy(); else if (said.includes('Length: 100')) socket.end(said); else socket.write(said); });
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const url = `http://100%:%zz@127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect((await guard('127.0.0.1').post({ url, headers: {}, body: '{}' })).kind).toBe(posted);
    await expect(fetchCsv(reach('127.0.0.1'), url, { etag: null, modified: null })).rejects.toMatchObject({ code: fetched });
    if (said === '') await expect(readPostgres(reach('127.0.0.1'), `${url.replace('http:', 'postgres:')}%zz`, QUERY)).rejects.toMatchObject({ code: 'pull.postgres' });
    server.close();
  });

  test('is not reached by a name that changes its answer: each request asks once, and goes to what it was told', async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      request.resume();
      got.push(request.headers.host ?? '');
      response.end('id\n1\n');
    });
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const { port } = server.address() as AddressInfo;
    /** The first answer is an allowed address, every later one leads to the metadata of a cloud. */
    const turning = () => {
      const names = new Names();
      names.resolve = async () => ((names.asked += 1) === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '169.254.169.254', family: 4 }]);
      return names;
    };
    const [posted, fetched, queried] = [turning(), turning(), turning()];
    expect(await guard('127.0.0.1', posted).post({ url: `http://turning.example:${port}/`, headers: {}, body: '{}' })).toMatchObject({ kind: 'answer', status: 200 });
    expect(await fetchCsv(reach('127.0.0.1', fetched), `http://turning.example:${port}/`, { etag: null, modified: null })).toMatchObject({ kind: 'rows', rows: [{ id: '1' }] });
    await expect(readPostgres(reach('127.0.0.1', queried), `postgres://u:p@turning.example:${port}/x`, QUERY)).rejects.toMatchObject({ code: 'pull.postgres' });
    expect([posted.asked, fetched.asked, queried.asked, got]).toEqual([1, 1, 1, Array(2).fill(`turning.example:${port}`)]);
    // Typed in while it was good, used when it is not any more.
    const later = guard('127.0.0.1', posted);
    expect(await later.post({ url: `http://turning.example:${port}/`, headers: {}, body: '{}' })).toMatchObject({ kind: 'refused' });
    await expect(fetchCsv(reach('127.0.0.1', fetched), `http://turning.example:${port}/`, { etag: null, modified: null })).rejects.toMatchObject({ code: 'pull.refused' });
    await expect(readPostgres(reach('127.0.0.1', queried), `postgres://u:p@turning.example:${port}/x`, QUERY)).rejects.toMatchObject({ code: 'pull.refused' });
    expect(got.length).toBe(2);
    await new Promise((done) => { server.close(done); });
  });
});

/** Whatever opens a connection by itself, and where it leads. A new one belongs here, behind a guard when people type its address in. */
const CONNECTING: Record<string, string> = {
  'delivery/hooks/guarded-post.ts': 'guarded', 'people/sources/pull/fetch-csv.ts': 'guarded', 'people/sources/pull/read-postgres.ts': 'guarded', 'delivery/returns/providers/outside.ts': 'Amazon only',
  'platform/database/reach.ts': 'our database', 'platform/database/embedded.ts': 'our database', 'platform/jobs/wake-channel.ts': 'our database', 'platform/jobs/agenda-alarms.ts': 'our database', 'cli/server.ts': 'the server that the operator names',
};
test('nothing else opens a connection to an address', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const opens = /(?<![.\w]|private )fetch\(|globalThis\.fetch|from '(?:node:)?https?'.*|new pg\.(?:Client|Pool)\(|from 'undici'/;
  const found = files.filter((file) => readFileSync(`src/${file}`, 'utf8').split('\n').some((line) => opens.test(line) && !/^import type/.test(line) && !/^\s*(?:\*|\/\/)/.test(line) && !/import \{ (?:type \w+(?:, )?)+ \}/.test(line)));
  expect(found.filter((file) => CONNECTING[file] === undefined)).toEqual([]);
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
