import { afterEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { settingsOfUrl, SmtpTransport } from '../../src/delivery/sending/smtp-transport.js';
import { RawSink, type Answer } from '../support/raw-sink.js';

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => { for (const each of opened.splice(0)) await each.stop(); });

const mail = (body = 'Subject: x\r\n\r\nhello\r\n', to = 'a@example.org') => ({ envelope: { from: 'news@example.org', to }, raw: Buffer.from(body) });
const FULL = ['PIPELINING', 'SIZE 1000000', '8BITMIME', 'SMTPUTF8'];

async function sink(extensions: string[], answer?: (line: string, connection: number) => Answer) {
  const raw = await new RawSink(extensions, answer).start();
  const transport = new SmtpTransport({ host: '127.0.0.1', port: raw.port, secure: false, name: 'test.example' });
  opened.push({ stop: async () => { transport.close(true); await raw.stop(); } });
  const begun: string[] = [];
  return { raw, transport, begun, send: (message = mail()) => transport.send(message, () => { begun.push(message.envelope.to); }) };
}

test.each([['with PIPELINING', FULL], ['without it', []]])('several messages over one session, byte for byte, %s', async (_name, extensions) => {
  const { raw, send, begun } = await sink(extensions);
  const bodies = ['Subject: x\r\n\r\n.\r\n..\r\n.dot\r\nend', '.first line\r\n\r\nx\r\n', `Subject: long\r\n\r\n${'.가나다\r\n'.repeat(30_000)}`];
  for (const body of bodies) expect(await send(mail(body))).toMatchObject({ kind: 'accepted' });
  const unstuffed = raw.bodies.map((body) => Buffer.from(body.replaceAll(/^\./gm, ''), 'latin1').toString());
  expect(unstuffed).toEqual(bodies.map((body) => (body.endsWith('\r\n') ? body : `${body}\r\n`)));
  expect([raw.connections, begun.length]).toEqual([1, 3]);
});

test.each<[string, string[], (line: string) => Answer, object, number]>([
  ['RCPT refused, DATA refused too', FULL, (line) => (line.startsWith('RCPT') ? '550 5.1.1 no such user' : line === 'DATA' ? '503 5.5.1 no recipient' : undefined), { kind: 'rejected', refusal: 'invalid_recipient' }, 0],
  ['RCPT refused, DATA taken all the same', FULL, (line) => (line.startsWith('RCPT') ? '550 5.1.1 no such user' : line === '.' ? '554 5.5.1 no recipient' : undefined), { kind: 'rejected', refusal: 'invalid_recipient' }, 0],
  ['RCPT refused without PIPELINING', [], (line) => (line.startsWith('RCPT') ? '450-4.2.0 in\r\n450 4.2.0 two lines' : undefined), { kind: 'deferred', detail: '450-4.2.0 in 450 4.2.0 two lines' }, 0],
  ['the sender refused', FULL, (line) => (line.startsWith('MAIL') ? '550 5.7.1 not you' : line.startsWith('RCPT') || line === 'DATA' ? '503 5.5.1 no' : undefined), { kind: 'transport_down' }, 0],
  ['refused after the dot', FULL, (line) => (line === '.' ? '554 5.7.1 spam' : undefined), { kind: 'rejected', refusal: 'block_reputation' }, 1],
  ['closed after the dot', FULL, (line) => (line === '.' ? 'close' : undefined), { kind: 'uncertain' }, 1],
  ['reset after the dot', FULL, (line) => (line === '.' ? 'reset' : undefined), { kind: 'uncertain' }, 1],
  ['nonsense after the dot', FULL, (line) => (line === '.' ? 'fine, thank you' : undefined), { kind: 'uncertain' }, 1],
  ['421 after the dot', FULL, (line) => (line === '.' ? '421 4.3.2 closing' : undefined), { kind: 'lost' }, 1],
  ['closed at RCPT', FULL, (line) => (line.startsWith('RCPT') ? 'close' : undefined), { kind: 'lost' }, 0],
  ['421 at MAIL', FULL, (line) => (line.startsWith('MAIL') ? '421 4.7.0 slow down' : undefined), { kind: 'lost' }, 0],
])('%s', async (_name, extensions, answer, expected, begins) => {
  let trouble = true;
  const { raw, send, begun } = await sink(extensions, (line) => (trouble ? answer(line) : undefined));
  expect(await send()).toMatchObject(expected);
  expect(begun).toHaveLength(begins);
  trouble = false;
  const bodies = raw.bodies.length;
  expect(await send()).toMatchObject({ kind: 'accepted' });
  expect(raw.bodies.slice(bodies)).toEqual(['Subject: x\r\n\r\nhello\r\n']);
});

test.each<[string, (line: string) => Answer]>([['says 421', (line) => (line.startsWith('MAIL') ? '421 4.4.2 idle too long' : undefined)], ['just closes', (line) => (line.startsWith('MAIL') ? 'close' : undefined)]])('a used session that the server %s goes over a new one, and nothing is judged', async (_name, answer) => {
  let messages = 0;
  const { raw, send, begun } = await sink(FULL, (line, connection) => {
    if (line === '.') messages += 1;
    return connection === 1 && messages === 1 ? answer(line) : undefined;
  });
  expect([await send(), await send()]).toMatchObject([{ kind: 'accepted' }, { kind: 'accepted' }]);
  expect([raw.connections, raw.bodies.length, begun.length]).toEqual([2, 2, 2]);
});

test('what stops us before the dot keeps the message here', async () => {
  const { raw, transport } = await sink(FULL);
  expect(await transport.send(mail(), () => { throw new Error('the claim ran out'); })).toMatchObject({ kind: 'lost', detail: 'the claim ran out' });
  expect(raw.bodies).toEqual([]);
});

test('an early answer to a long message is its answer', async () => {
  const server = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], logger: false, onData: (stream, _session, done) => { stream.on('end', () => done(Object.assign(new Error('5.3.4 too big'), { responseCode: 552 }))); stream.resume(); } });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const transport = new SmtpTransport({ host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, secure: false, name: 'x' });
  opened.push({ stop: async () => { transport.close(true); await new Promise<void>((done) => { server.close(done); }); } });
  expect(await transport.send(mail(`Subject: x\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(50_000)), () => undefined)).toMatchObject({ kind: 'rejected', refusal: 'too_big', bounce: false });
});

test('what the server has said it can not take is not offered', async () => {
  const { raw, send } = await sink(['PIPELINING', 'SIZE 100']);
  expect(await send(mail('x'.repeat(200)))).toMatchObject({ kind: 'rejected', refusal: 'too_big', suppress: false });
  expect(await send(mail('Subject: x\r\n\r\n', 'ünï@example.org'))).toMatchObject({ kind: 'unreachable', detail: expect.stringContaining('SMTPUTF8') });
  expect(raw.lines.filter((line) => !line.startsWith('EHLO'))).toEqual([]);
  const able = await sink(FULL);
  expect(await able.send(mail('Subject: x\r\n\r\n', 'ünï@example.org'))).toMatchObject({ kind: 'accepted' });
  expect(Buffer.from(able.raw.lines.join('\n'), 'latin1').toString()).toMatch(/MAIL FROM:<news@example\.org> SIZE=14 SMTPUTF8 BODY=8BITMIME\nRCPT TO:<ünï@example\.org>/);
});

test('STARTTLS and TLS, with login, and a certificate nobody knows is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'danbi-cert-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', join(folder, 'k'), '-out', join(folder, 'c')], { stdio: 'ignore' });
  const [key, cert] = [readFileSync(join(folder, 'k')), readFileSync(join(folder, 'c'))];
  rmSync(folder, { recursive: true });
  for (const secure of [false, true]) {
    const taken: { secured: boolean; user: unknown }[] = [];
    const server = new SMTPServer({ secure, key, cert, logger: false, onAuth: ({ password }, _session, done) => (password === 'p@ss' ? done(null, { user: 'danbi' }) : done(Object.assign(new Error('no'), { responseCode: 535 }))), onData: (stream, session, done) => { taken.push({ secured: session.secure, user: session.user }); stream.on('end', () => done()); stream.resume(); } });
    server.on('error', () => undefined);
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
    const url = (password: string, query: string) => `${secure ? 'smtps' : 'smtp'}://danbi:${encodeURIComponent(password)}@localhost:${(server.server.address() as AddressInfo).port}${query}`;
    const send = async (address: string, tls?: Record<string, unknown>) => {
      const transport = new SmtpTransport({ ...settingsOfUrl(address), ...(tls ? { tls } : {}) });
      try {
        return await transport.send(mail(), () => undefined);
      } finally {
        transport.close();
      }
    };
    expect(await send(url('p@ss', ''), { ca: cert })).toMatchObject({ kind: 'accepted' });
    expect(await send(url('p@ss', '?tls.rejectUnauthorized=false'))).toMatchObject({ kind: 'accepted' });
    expect(await send(url('p@ss', ''))).toMatchObject({ kind: 'transport_down', detail: expect.stringMatching(/self.signed/) });
    expect(await send(url('wrong', ''), { ca: cert })).toMatchObject({ kind: 'transport_down', detail: expect.stringContaining('535') });
    expect(taken).toEqual([{ secured: true, user: 'danbi' }, { secured: true, user: 'danbi' }]);
    await new Promise<void>((done) => { server.close(done); });
  }
});
