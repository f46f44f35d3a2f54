import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue } from '../support/deliveries.js';
import { dsn } from '../support/returned-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const DOVECOT = '/usr/sbin/dovecot';
/** A real IMAP server, where one is installed (Debian: dovecot-imapd); elsewhere the tests say that they are skipped. */
const ifInstalled = existsSync(DOVECOT) ? test : test.skip;

let folder: string;
let port: number;
let owner: { uid: number; gid: number };
let dovecot: ChildProcess | null = null;
let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;

beforeAll(async () => {
  if (!existsSync(DOVECOT)) return;
  folder = mkdtempSync(join(tmpdir(), 'danbi-imap-'));
  chmodSync(folder, 0o755);
  // Dovecot opens no mail as root.
  owner = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : { uid: process.getuid!(), gid: process.getgid!() };
  port = await freePort();
  await startDovecot();
  sink = await new SmtpSink().start();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, INBOUND_IMAP_URL: `imap://returns:secret@127.0.0.1:${port}/INBOX` } });
});
afterAll(async () => {
  await app?.close();
  await sink?.stop();
  await stopDovecot();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const { port: free } = server.address() as AddressInfo;
  await new Promise<void>((done) => { server.close(() => done()); });
  return free;
}

/** Dovecot 2.3 over one Maildir, any user with the one password. */
function configuration(): string {
  const isRoot = process.getuid!() === 0;
  const self = spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim();
  const group = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail
first_valid_uid = ${isRoot ? 500 : owner.uid}
${isRoot ? '' : `default_login_user = ${self}\ndefault_internal_user = ${self}\ndefault_internal_group = ${group}\n`}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${folder}/mail
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
`;
}

async function startDovecot(): Promise<void> {
  for (const each of ['run', 'state', 'mail', 'mail/new', 'mail/cur', 'mail/tmp']) mkdirSync(join(folder, each), { recursive: true });
  for (const each of ['mail', 'mail/new', 'mail/cur', 'mail/tmp']) chownSync(join(folder, each), owner.uid, owner.gid);
  writeFileSync(join(folder, 'dovecot.conf'), configuration());
  dovecot = spawn(DOVECOT, ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries += 1) {
    if (await answers()) return;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error('dovecot did not start');
}

function answers(): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => { socket.destroy(); done(true); });
    socket.once('error', () => done(false));
  });
}

async function stopDovecot(): Promise<void> {
  const running = dovecot;
  dovecot = null;
  if (!running || running.exitCode !== null) return;
  await new Promise<void>((done) => { running.once('exit', () => done()); running.kill('SIGTERM'); });
}

let mails = 0;
/** Puts a mail into the mailbox as a mail server does. */
function deliver(raw: Buffer): void {
  mails += 1;
  const path = join(folder, 'mail', 'new', `${1_772_441_000 + mails}.M${mails}P1.test`);
  writeFileSync(path, raw);
  chownSync(path, owner.uid, owner.gid);
}
const inMailbox = () => ['new', 'cur'].reduce((sum, each) => sum + readdirSync(join(folder, 'mail', each)).length, 0);
const filed = async () => (await rows<{ count: number }>(app.db, 'select count(*)::int as count from inbound_event'))[0]!.count;
const later = () => clock.set(new Date(clock.now().getTime() + 61_000));

ifInstalled('a bounce in a real mailbox is collected, applied, and only then gone from there', async () => {
  const [id] = await queue(app.db, await makePlace(app.db, START), await makePeople(app.db, 1, START), START);
  await app.runner.runUntilIdle();
  later();
  deliver(dsn({ recipients: [{ address: 'p0@example.com', status: '5.1.1', diagnostic: '550 5.1.1 User unknown' }], messageId: `<${id}@news.example>` }));
  for (let index = 0; index < 60; index += 1) deliver(Buffer.from(`Subject: other ${index}\r\n\r\nHello\r\n`));
  await app.runner.runUntilIdle();
  expect([(await deliveries(app.db)).get(id!)!.state, await filed(), inMailbox()]).toEqual(['bounced', 61, 0]);
});

ifInstalled('killed between filing and deleting: the mail is there again and is filed once', async () => {
  const before = await filed();
  const raw = Buffer.from('Message-ID: <once@x.example>\r\nSubject: once\r\n\r\nHello\r\n');
  deliver(raw);
  later();
  await app.runner.runUntilIdle();
  deliver(raw);
  later();
  await app.runner.runUntilIdle();
  expect([(await filed()) - before, inMailbox()]).toEqual([1, 0]);
});

ifInstalled('while our database refuses, nothing is deleted', async () => {
  const before = await filed();
  deliver(Buffer.from('Subject: kept\r\n\r\nHello\r\n'));
  await rows(app.db, 'alter table inbound_event add constraint refused check (false) not valid');
  later();
  await app.runner.runUntilIdle();
  expect([await filed(), inMailbox()]).toEqual([before, 1]);
  await rows(app.db, 'alter table inbound_event drop constraint refused');
  later();
  await app.runner.runUntilIdle();
  expect([(await filed()) - before, inMailbox()]).toEqual([1, 0]);
});

ifInstalled('the server goes away and comes back', async () => {
  const before = await filed();
  await stopDovecot();
  deliver(Buffer.from('Subject: later\r\n\r\nHello\r\n'));
  later();
  await app.runner.runUntilIdle();
  expect(await filed()).toBe(before);
  await startDovecot();
  later();
  await app.runner.runUntilIdle();
  expect([(await filed()) - before, inMailbox()]).toEqual([1, 0]);
});
