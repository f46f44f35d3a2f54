import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { simpleParser } from 'mailparser';
import type { DataSource } from 'typeorm';
import { startApp, type RunningApp } from '../src/app.js';
import { EmailContent } from '../src/contract/message.js';
import { compileMessage } from '../src/delivery/content/compile.js';
import type { CompiledEmail } from '../src/delivery/content/compiled.js';
import { renderEmail } from '../src/delivery/content/render.js';
import { EmailWorker } from '../src/delivery/jobs/email.worker.js';
import { LinkKeys } from '../src/delivery/links/link-keys.service.js';
import { compose } from '../src/delivery/sending/compose.js';
import { publishContent } from '../src/delivery/store/content.store.js';
import { enqueueDeliveries } from '../src/delivery/store/deliveries.store.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';

const CONNECTIONS = 10;
const ROUNDS = 3;
const MESSAGES = 2_000;
const FROM = { name: 'Danbi', address: 'news@example.org' };

/** About 10 KB of HTML and 20 signed links, like a newsletter. */
const CONTENT = EmailContent.parse({
  subject: '안녕하세요 {{person.name}}님, 이번 주 소식입니다',
  preheader: 'What is new this week',
  body: `<mj-section><mj-column>${Array.from({ length: 20 }, (_, index) => `<mj-text>Hello {{person.name}}, this is paragraph ${index} about your plan {{person.plan}}. <a href="https://example.org/articles/${index}?from=mail">Read on</a></mj-text>`).join('')}</mj-column></mj-section>`,
});

interface Measure { perSecond: number; cpuMicros: number }

/**
 * The whole path of an e-mail (claim, render, sign links, compose, SMTP, settle) beside two floors over the same sink: a
 * loop of nodemailer's `sendMail({html, text})`, and its pool sending bytes that were prepared before.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const count = Math.min(people, MESSAGES);
  const dataDir = await mkdtemp(join(tmpdir(), 'danbi-bench-mail-'));
  const sink = await startSink();
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), MAIL_FROM: FROM.address });
  const app = await startApp({ config, databaseUrl: url, workers: 'manual' });
  const db = app.nest.get<DataSource>((await import('typeorm')).DataSource, { strict: false });
  try {
    const compiled = (await compileMessage('email', CONTENT)) as CompiledEmail;
    const place = { campaignId: newId(), versionId: newId(), stepId: 'news', variant: 'a' };
    const contentId = await publishContent(db, { ...place, channel: 'email', source: CONTENT, compiled, now: new Date() });
    await rows(db, `insert into topic (key, name, kind, created_at) values ('bench', 'Bench', 'marketing', now()) on conflict do nothing`);
    const persons = await addPeople(db, count);
    const rendered = await renderAll(app, compiled, persons);
    const floors = { loop: [] as Measure[], raw: [] as Measure[], danbi: [] as Measure[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const measured = { loop: await sendLoop(sink.url, rendered), raw: await sendRaw(sink.url, rendered), danbi: await sendDanbi(app, db, { ...place, contentId }, persons) };
      if (round > 0) for (const key of ['loop', 'raw', 'danbi'] as const) floors[key].push(measured[key]);
    }
    process.stdout.write(`${count} messages of ${(await sizeOf(rendered[0]!.raw)).join(' + ')} bytes HTML + text, ${rendered[0]!.raw.length} on the wire, ${CONNECTIONS} connections, median of ${ROUNDS} rounds\n`);
    return report(floors);
  } finally {
    await app.close();
    sink.process.disconnect();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function report({ loop, raw, danbi }: Record<'loop' | 'raw' | 'danbi', Measure[]>): BenchRow[] {
  const rate = (measures: Measure[]) => median(measures.map(({ perSecond }) => perSecond));
  const cpu = (measures: Measure[]) => median(measures.map(({ cpuMicros }) => cpuMicros));
  const against = (name: string, floor: number, least: number): BenchRow => ({ name, value: rate(danbi), unit: 'msg/s', floor, ratio: rate(danbi) / floor, budget: `>= ${least}`, ok: rate(danbi) / floor >= least });
  return [
    against('whole path / sendMail({html, text})', rate(loop), 1.5),
    against('whole path / pool with prepared raw', rate(raw), 0.6),
    { name: 'CPU of the whole path / sendMail', value: cpu(danbi), unit: 'µs/msg', floor: cpu(loop), ratio: cpu(danbi) / cpu(loop), budget: 'report', ok: true },
    { name: 'CPU of the whole path / prepared raw', value: cpu(danbi), unit: 'µs/msg', floor: cpu(raw), ratio: cpu(danbi) / cpu(raw), budget: 'report', ok: true },
  ];
}

interface Person { id: string; email: string; attributes: Record<string, string> }
interface Prepared { to: string; subject: string; html: string; text: string; raw: Buffer }

async function addPeople(db: DataSource, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({ id: newId(), email: `p${index}@example.com`, attributes: { name: `이름 ${index}`, plan: 'pro' } }));
  await rows(db, `insert into person (id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select p."id", 'user', p."email", p."attributes", now(), now(), now(), now() from jsonb_to_recordset($1::jsonb) as p("id" uuid, "email" text, "attributes" jsonb)`, [JSON.stringify(people)]);
  return people;
}

async function renderAll(app: RunningApp, compiled: CompiledEmail, people: Person[]): Promise<Prepared[]> {
  const links = await app.nest.get(LinkKeys, { strict: false }).signer();
  return people.map(({ id, email, attributes }) => {
    const deliveryId = newId();
    const content = renderEmail(compiled, { person: { ...attributes, id, email }, event: null, workspace: { name: 'Danbi', timeZone: 'UTC', language: 'en' }, deliveryId, personId: id }, links);
    const { raw } = compose({ deliveryId, campaignId: newId(), stepId: 'news', topic: 'bench', transactional: false, from: FROM, to: email, date: new Date(), content });
    return { to: email, subject: content.subject, html: content.html, text: content.text, raw };
  });
}

/** As many senders as connections, each sending one message after the other. */
async function timed<T>(messages: readonly T[], send: (message: T) => Promise<unknown>): Promise<Measure> {
  const before = process.cpuUsage();
  const start = performance.now();
  const waiting = [...messages];
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => { for (let next = waiting.pop(); next; next = waiting.pop()) await send(next); }));
  return measure(messages.length, start, before);
}

function measure(count: number, start: number, before: NodeJS.CpuUsage): Measure {
  const { user, system } = process.cpuUsage(before);
  return { perSecond: count / ((performance.now() - start) / 1000), cpuMicros: (user + system) / count };
}

const poolOf = (url: string) => createTransport({ url, pool: true, maxConnections: CONNECTIONS, maxMessages: Infinity } as Parameters<typeof createTransport>[0]);

async function sendLoop(url: string, messages: Prepared[]): Promise<Measure> {
  const pool = poolOf(url);
  const result = await timed(messages, ({ to, subject, html, text }) => pool.sendMail({ from: FROM, to, subject, html, text }));
  pool.close();
  return result;
}

async function sendRaw(url: string, messages: Prepared[]): Promise<Measure> {
  const pool = poolOf(url);
  const result = await timed(messages, ({ to, raw }) => pool.sendMail({ envelope: { from: FROM.address, to }, raw }));
  pool.close();
  return result;
}

async function sendDanbi(app: RunningApp, db: DataSource, place: { campaignId: string; versionId: string; stepId: string; contentId: string }, people: Person[]): Promise<Measure> {
  const now = new Date();
  await rows(db, 'truncate delivery');
  await enqueueDeliveries(db, people.map(({ id }) => ({ ...place, id: newId(), personId: id, enrollmentId: newId(), channel: 'email', experimentId: null, variant: 'a', isControl: false, topic: 'bench', dueAt: now })), now);
  await rows(db, 'analyze delivery');
  const worker = app.nest.get(EmailWorker, { strict: false });
  const before = process.cpuUsage();
  const start = performance.now();
  for (let done = 1; done > 0; ) ({ done } = await worker.runOnce());
  const result = measure(people.length, start, before);
  const sent = await row<{ count: number }>(db, `select count(*)::int as count from delivery as d where d.state = 'sent'`);
  if (sent!.count !== people.length) throw new Error(`${sent!.count} of ${people.length} messages are sent`);
  return result;
}

async function sizeOf(raw: Buffer): Promise<[number, number]> {
  const mail = await simpleParser(raw, { skipTextToHtml: true });
  return [Buffer.byteLength(mail.html || ''), Buffer.byteLength(mail.text ?? '')];
}

async function startSink(): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('./email-sink.js', import.meta.url)));
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (message: { port: number }) => done(message.port));
    child.once('error', fail);
  });
  return { url: `smtp://127.0.0.1:${port}`, process: child };
}
