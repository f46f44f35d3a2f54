import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import { DataSource } from 'typeorm';
import { startApp, type RunningApp } from '../src/app.js';
import { EmailContent } from '../src/contract/message.js';
import { compileMessage } from '../src/delivery/content/compile.js';
import type { CompiledEmail } from '../src/delivery/content/compiled.js';
import { renderEmail } from '../src/delivery/content/render.js';
import { EmailWorker } from '../src/delivery/sending/jobs/email.worker.js';
import { LinkKeys } from '../src/delivery/tracking/link-keys.service.js';
import { compose } from '../src/delivery/sending/compose.js';
import { publishContent } from '../src/delivery/content/store/content.store.js';
import { enqueueDeliveries } from '../src/delivery/sending/store/deliveries.store.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import { measured, sendLoop, sendParallel, sendRaw, type Measure, type Prepared, type Relay } from './email-floors.js';

const CONNECTIONS = 10;
const ROUNDS = 3;
const MESSAGES = 4_000;
const FROM = { name: 'Danbi', address: 'news@example.org' };
/** Messages made before for the floors, which go round them: all of them at once would be most of the memory reported. */
const PREPARED = 200;
const PARAGRAPHS = 7;
const PROSE = 'We have worked on the things you asked for most, and the first of them are ready today for everybody on your plan. Nothing you made before changes, and you can go back at any time.';

/** A newsletter of about 10 KB of HTML and 3 KB of text: seven articles, each with a link, beside the links of the layout. */
const CONTENT = EmailContent.parse({
  subject: '안녕하세요 {{person.name}}님, 이번 주 소식입니다',
  preheader: 'What is new this week',
  body: `<mj-section><mj-column>${Array.from({ length: PARAGRAPHS }, (_, index) => `<mj-text>Hello {{person.name}}, this is article ${index} for the plan {{person.plan}}. ${PROSE} <a href="https://example.org/articles/${index}?from=mail">Read on</a></mj-text>`).join('')}</mj-column></mj-section>`,
});

type Kind = 'loop' | 'parallel' | 'raw' | 'danbi';

/**
 * The whole path of an e-mail (claim, gates, render, sign links, compose, journal, SMTP, settle) beside nodemailer over the
 * same sink: a plain loop of `sendMail({html, text})`, and its pool sending bytes that were prepared before.
 */
export async function bench({ url, people }: BenchContext): Promise<BenchRow[]> {
  const count = Math.min(people, MESSAGES);
  const dataDir = await mkdtemp(join(tmpdir(), 'danbi-bench-mail-'));
  const sink = await startSink();
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), MAIL_FROM: FROM.address });
  const app = await startApp({ config, databaseUrl: url, workers: 'manual' });
  const db = app.nest.get(DataSource, { strict: false });
  try {
    const compiled = (await compileMessage('email', CONTENT)) as CompiledEmail;
    const place = { campaignId: newId(), versionId: newId(), stepId: 'news', variant: 'a' };
    const contentId = await publishContent(db, { ...place, channel: 'email', source: CONTENT, compiled, now: new Date() });
    await rows(db, `insert into topic (key, name, kind, created_at) values ('bench', 'Bench', 'marketing', now()) on conflict do nothing`);
    const persons = await addPeople(db, count);
    const made = await renderAll(app, compiled, persons.slice(0, PREPARED));
    const prepared = persons.map((_, index) => made[index % made.length]!);
    const relay: Relay = { url: sink.url, from: FROM, connections: CONNECTIONS };
    const found: Record<Kind, Measure[]> = { loop: [], parallel: [], raw: [], danbi: [] };
    // The first round only warms up. One after the other within a round, so that a busy moment of the machine meets all.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const measures: Record<Kind, Measure> = {
        danbi: await sendDanbi(app, db, { ...place, contentId }, persons), raw: await sendRaw(relay, prepared),
        loop: await sendLoop(relay, prepared), parallel: await sendParallel(relay, prepared),
      };
      if (round > 0) for (const kind of Object.keys(found) as Kind[]) found[kind].push(measures[kind]);
    }
    const [html, text] = await sizeOf(prepared[0]!.raw);
    return report(found, `${(html / 1_000).toFixed(1)} KB HTML + ${(text / 1_000).toFixed(1)} KB text, ${(prepared[0]!.raw.length / 1_000).toFixed(1)} KB sent`);
  } finally {
    await app.close();
    sink.process.disconnect();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function report(found: Record<Kind, Measure[]>, size: string): BenchRow[] {
  const rate = (kind: Kind) => median(found[kind].map(({ perSecond }) => perSecond));
  const cpu = (kind: Kind) => median(found[kind].map(({ cpuMicros }) => cpuMicros));
  const against = (name: string, kind: Kind, least: number | null): BenchRow => {
    const ratio = rate('danbi') / rate(kind);
    return { name, value: rate('danbi'), unit: 'msg/s', floor: rate(kind), ratio, budget: least === null ? 'report' : `>= ${least}`, ok: least === null || ratio >= least };
  };
  const cost = (name: string, kind: Kind): BenchRow => ({ name, value: cpu('danbi'), unit: 'µs/msg', floor: cpu(kind), ratio: cpu('danbi') / cpu(kind), budget: 'report', ok: true });
  return [
    against(`whole path / loop of sendMail({html, text}); ${size}`, 'loop', 1.5),
    against(`whole path / pool with prepared raw, ${CONNECTIONS} connections`, 'raw', 0.6),
    against(`whole path / sendMail, ${CONNECTIONS} at once`, 'parallel', null),
    cost('CPU of the whole path / loop of sendMail', 'loop'),
    cost('CPU of the whole path / prepared raw', 'raw'),
  ];
}

interface Person { id: string; email: string; attributes: Record<string, string> }

async function addPeople(db: DataSource, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({ id: newId(), email: `p${index}@example.com`, attributes: { name: `이름 ${index}`, plan: 'pro' } }));
  await rows(db, `insert into person (id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
    select p."id", 'user', p."email", p."attributes", now(), now(), now(), now() from jsonb_to_recordset($1::jsonb) as p("id" uuid, "email" text, "attributes" jsonb)`, [JSON.stringify(people)]);
  await rows(db, 'analyze person');
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

async function sendDanbi(app: RunningApp, db: DataSource, place: { campaignId: string; versionId: string; stepId: string; contentId: string }, people: Person[]): Promise<Measure> {
  const now = new Date();
  await rows(db, 'truncate delivery');
  await enqueueDeliveries(db, people.map(({ id }) => ({ ...place, id: newId(), personId: id, enrollmentId: newId(), channel: 'email', experimentId: null, variant: 'a', isControl: false, topic: 'bench', dueAt: now })), now);
  await rows(db, 'analyze delivery');
  const worker = app.nest.get(EmailWorker, { strict: false });
  const result = await measured(people.length, async () => {
    for (let done = 1; done > 0; ) ({ done } = await worker.runOnce());
  });
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
