import { fork, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
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
import { generateDkimKey, type KeyMaterial } from '../src/delivery/identity/dkim-keys.js';
import { EmailWorker } from '../src/delivery/sending/jobs/email.worker.js';
import { LinkKeys } from '../src/delivery/tracking/link-keys.service.js';
import { compose } from '../src/delivery/sending/compose.js';
import { publishContent } from '../src/delivery/content/store/content.store.js';
import { enqueueDeliveries } from '../src/delivery/sending/store/deliveries.store.js';
import { newId } from '../src/kernel/ids.js';
import { readConfig } from '../src/platform/config.js';
import { row, rows } from '../src/platform/database/db.js';
import { keyFileOf } from '../src/platform/secrets/key-ring.js';
import { median, type BenchContext, type BenchRow } from './bench.js';
import { startTraceCollector } from './trace-collector.js';
import { measured, memoryDuring, sendLoop, sendParallel, sendRaw, type Measure, type Prepared, type Relay } from './delivery-floors.js';

const CONNECTIONS = 10;
/** Messages of one measurement, and how often each is repeated. */
const MESSAGES = 1_000;
const ROUNDS = 7;
/** Rounds before, which are not counted: what is compiled while it runs costs twice as much until some thousand messages have gone. */
const WARM_UPS = 4;
const FROM = { name: 'Danbi', address: 'news@example.org' };
/** Messages made before for the floors, which go round them: all of them at once would be most of the memory reported. */
const PREPARED = 200;
/** People of a broadcast are made so many at a time. */
const PAGE = 5_000;
const PARAGRAPHS = 3;
const PROSE = 'We have worked on the things you asked for most, and the first of them are ready today for everybody on your plan. Nothing you made before changes, and you can go back at any time.';
const LINKS = ['Read on', 'Watch it', 'Try it', 'Share it', 'Save it', 'Tell us'];

/** A newsletter of about 10 KB of HTML and 22 signed links: three articles with six links each, beside the links of the layout. */
const CONTENT = EmailContent.parse({
  subject: '안녕하세요 {{person.name}}님, 이번 주 소식입니다',
  preheader: 'What is new this week',
  body: `<mj-section><mj-column>${Array.from({ length: PARAGRAPHS }, (_, index) => `<mj-text>Hello {{person.name}}, this is article ${index} for the plan {{person.plan}}. ${PROSE} ${LINKS.map((text, link) => `<a href="https://example.org/articles/${index}/${link}">${text}</a>`).join(' ')}</mj-text>`).join('')}</mj-column></mj-section>`,
});

const KINDS = ['danbi', 'raw', 'loop', 'parallel', 'danbiSigned', 'rawSigned', 'loopSigned', 'untold', 'told', 'traced'] as const;
type Kind = (typeof KINDS)[number];

/**
 * The whole path of an e-mail (claim, gates, render, sign links, compose, journal, SMTP, settle) beside nodemailer over the
 * same sink: a plain loop of `sendMail({html, text})`, and its pool sending bytes that were prepared before.
 */
export async function bench({ url, people, broadcast }: BenchContext): Promise<BenchRow[]> {
  const count = Math.min(people, MESSAGES);
  const dataDir = await mkdtemp(join(tmpdir(), 'danbi-bench-mail-'));
  const sink = await startSink();
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), MAIL_FROM: FROM.address });
  const app = await startApp({ config, databaseUrl: url, workers: 'manual' });
  const db = app.nest.get(DataSource, { strict: false });
  const collector = await startTraceCollector();
  const tracedDir = await mkdtemp(join(tmpdir(), 'danbi-bench-traced-'));
  await copyFile(keyFileOf(dataDir), keyFileOf(tracedDir));
  const tracedApp = await startApp({ config: readConfig({ PORT: '0', LOG_LEVEL: 'error', DATA_DIR: tracedDir, SMTP_URL: sink.url, SMTP_CONNECTIONS: String(CONNECTIONS), MAIL_FROM: FROM.address, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }), databaseUrl: url, workers: 'manual' });
  try {
    const compiled = (await compileMessage('email', CONTENT)) as CompiledEmail;
    const place = { campaignId: newId(), versionId: newId(), stepId: 'news', variant: 'a' };
    const contentId = await publishContent(db, { ...place, channel: 'email', source: CONTENT, compiled, now: new Date() });
    await rows(db, `insert into topic (key, name, kind, created_at) values ('bench', 'Bench', 'marketing', now()) on conflict do nothing`);
    // First of all, so that the memory it is seen to take is its own.
    const large = broadcast > 0 ? await sendBroadcast(app, db, { ...place, contentId }, broadcast) : [];
    const persons = await addPeople(db, count);
    const made = await renderAll(app, compiled, persons.slice(0, PREPARED));
    const prepared = persons.map((_, index) => made[index % made.length]!);
    const relay: Relay = { url: sink.url, from: FROM, connections: CONNECTIONS };
    const key = await generateDkimKey();
    const signed: Relay = { ...relay, dkim: { domainName: 'example.org', keySelector: 'bench', privateKey: key.privateKey } };
    const found = Object.fromEntries(KINDS.map((kind) => [kind, []])) as unknown as Record<Kind, Measure[]>;
    const run: Record<Kind, () => Promise<Measure>> = {
      danbi: () => sendDanbi(app, db, { ...place, contentId }, persons), raw: () => sendRaw(relay, prepared), loop: () => sendLoop(relay, prepared), parallel: () => sendParallel(relay, prepared),
      danbiSigned: () => whileSigning(db, key, () => sendDanbi(app, db, { ...place, contentId }, persons)), rawSigned: () => sendRaw(signed, prepared), loopSigned: () => sendLoop(signed, prepared),
      untold: () => withoutTriggers(db, () => sendDanbi(app, db, { ...place, contentId }, persons)), told: () => whileHeard(db, () => sendDanbi(app, db, { ...place, contentId }, persons)),
      traced: () => sendDanbi(tracedApp, db, { ...place, contentId }, persons),
    };
    // One after the other within a round, each time from another one on, so that a busy moment of the machine meets all.
    for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
      for (const index of KINDS.keys()) {
        const kind = KINDS[(index + round + WARM_UPS) % KINDS.length]!;
        const measure = await run[kind]();
        if (round >= 0) found[kind].push(measure);
      }
    }
    const [html, text] = await sizeOf(prepared[0]!.raw);
    const table = report(found, `${(html / 1_000).toFixed(1)} KB HTML + ${(text / 1_000).toFixed(1)} KB text, ${(prepared[0]!.raw.length / 1_000).toFixed(1)} KB sent, ${prepared[0]!.html.match(/href="/g)?.length ?? 0} links`);
    return [...table, ...large];
  } finally {
    await tracedApp.close();
    collector.stop();
    await app.close();
    sink.process.disconnect();
    for (const directory of [dataDir, tracedDir]) await rm(directory, { recursive: true, force: true });
  }
}

function report(found: Record<Kind, Measure[]>, size: string): BenchRow[] {
  const rate = (kind: Kind) => median(found[kind].map(({ perSecond }) => perSecond));
  const cpu = (kind: Kind) => median(found[kind].map(({ cpuMicros }) => cpuMicros));
  const against = (name: string, ours: Kind, kind: Kind, least: number | null): BenchRow => {
    const ratio = rate(ours) / rate(kind);
    return { name, value: rate(ours), unit: 'msg/s', floor: rate(kind), ratio, budget: least === null ? 'report' : `>= ${least}`, ok: least === null || ratio >= least };
  };
  /** As CPU: how many of the floor's messages one of ours costs, turned round so that more is better. */
  const cost = (name: string, ours: Kind, kind: Kind, least: number): BenchRow => {
    const ratio = cpu(kind) / cpu(ours);
    return { name, value: cpu(ours), unit: 'µs/msg', floor: cpu(kind), ratio, budget: `>= ${least}`, ok: ratio >= least };
  };
  return [
    against(`whole path / loop of sendMail({html, text}); ${size}`, 'danbi', 'loop', 1.5),
    against(`whole path / pool with prepared raw, ${CONNECTIONS} connections`, 'danbi', 'raw', 0.6),
    against(`whole path / sendMail, ${CONNECTIONS} at once`, 'danbi', 'parallel', null),
    against('the same with DKIM / loop of sendMail', 'danbiSigned', 'loopSigned', 1.5),
    against('the same with DKIM / prepared raw', 'danbiSigned', 'rawSigned', 0.6),
    cost('CPU of the whole path / loop of sendMail', 'danbi', 'loop', 1.5),
    cost('CPU of the whole path / prepared raw', 'danbi', 'raw', 0.6),
    cost('CPU with DKIM / loop of sendMail', 'danbiSigned', 'loopSigned', 1.5),
    cost('CPU with DKIM / prepared raw', 'danbiSigned', 'rawSigned', 0.6),
    against('events out, nobody listens / without their triggers', 'danbi', 'untold', null),
    against('events out, one endpoint hears of every message / nobody listens', 'told', 'danbi', null),
    against('every message traced / without traces', 'traced', 'danbi', null),
    cost('CPU of every message traced / without traces', 'traced', 'danbi', 0),
  ];
}

/** A large broadcast: the time to the first and to the last message, and the memory of the process from its start to its end. */
async function sendBroadcast(app: RunningApp, db: DataSource, place: { campaignId: string; versionId: string; stepId: string; contentId: string }, count: number): Promise<BenchRow[]> {
  const now = new Date();
  for (let done = 0; done < count; done += PAGE) {
    const people = await addPeople(db, Math.min(PAGE, count - done), done);
    await enqueue(db, place, people, now);
  }
  await rows(db, 'analyze delivery');
  const worker = app.nest.get(EmailWorker, { strict: false });
  const started = new Date();
  const memory = await memoryDuring(async () => {
    for (let done = 1; done > 0; ) ({ done } = await worker.runOnce());
  });
  const ends = await row<{ first: Date; last: Date; count: number }>(db, `select min(d.sent_at) as first, max(d.sent_at) as last, count(*)::int as count from delivery as d where d.state = 'sent'`);
  if (ends!.count !== count) throw new Error(`${ends!.count} of ${count} messages are sent`);
  const seconds = (at: Date) => (at.getTime() - started.getTime()) / 1_000;
  const line = (name: string, value: number, unit: string, budget = 'report', ok = true): BenchRow => ({ name, value, unit, floor: null, ratio: null, budget, ok });
  await rows(db, 'truncate delivery, person');
  return [
    line(`broadcast to ${count.toLocaleString('en')}: first message`, seconds(ends!.first), 's'), line('broadcast: last message', seconds(ends!.last), 's'), line('broadcast: rate', count / seconds(ends!.last), 'msg/s'),
    line('broadcast: most resident memory', memory.most, 'MB', '<= 400 MB', memory.most <= 400),
    ...(['start', 'middle', 'end'] as const).flatMap((at) => [line(`broadcast: resident memory, ${at}`, memory[at].resident, 'MB'), line(`broadcast: heap in use, ${at}`, memory[at].heap, 'MB')]),
    line('broadcast: heap that is held when it is over', memory.held, 'MB'),
  ];
}

/** With a sending domain that signs. */
async function whileSigning(db: DataSource, key: KeyMaterial, work: () => Promise<Measure>): Promise<Measure> {
  const id = newId();
  await rows(db, `insert into sending_domain (id, domain, from_local, is_default, created_by, created_at, updated_at, verified_at) values ($1, 'example.org', 'news', true, 'bench', now(), now(), now())`, [id]);
  await rows(db, `insert into dkim_key (id, domain_id, selector, private_key, public_key, state, created_at) values ($1, $2, 'bench', $3, $4, 'active', now())`, [newId(), id, key.privateKey, key.publicKey]);
  try {
    return await work();
  } finally {
    await rows(db, 'delete from dkim_key');
    await rows(db, 'delete from sending_domain');
  }
}

/** As before there were events out: the floor of what their triggers cost. */
async function withoutTriggers(db: DataSource, work: () => Promise<Measure>): Promise<Measure> {
  const switched = (how: 'disable' | 'enable') => rows(db, ['outgoing_inserted', 'outgoing_updated'].map((name) => `alter table delivery ${how} trigger ${name};`).join(' '));
  await switched('disable');
  try {
    return await work();
  } finally {
    await switched('enable');
  }
}

/** With an endpoint that hears of all messages: a note is written for each change of a state. Making and posting its events is another worker's work and is not measured here. */
async function whileHeard(db: DataSource, work: () => Promise<Measure>): Promise<Measure> {
  const id = newId();
  await rows(db, `insert into webhook_endpoint (id, kind, name, url, created_by, created_at, updated_at) values ($1, 'standard', 'bench', '', 'bench', now(), now())`, [id]);
  await rows(db, `insert into event_subscription (endpoint_id, format, kinds, since, updated_at) values ($1, 'danbi', '{sent,delivered,refused}', now(), now())`, [id]);
  try {
    const measure = await work();
    const noted = await row<{ count: number }>(db, 'select count(*)::int as count from outgoing_note');
    if (noted!.count === 0) throw new Error('nothing was noted');
    return measure;
  } finally {
    await rows(db, 'delete from webhook_endpoint where id = $1', [id]);
    await rows(db, 'truncate outgoing_note');
  }
}

interface Person { id: string; email: string; attributes: Record<string, string> }

async function addPeople(db: DataSource, count: number, first = 0): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({ id: newId(), email: `p${first + index}@example.com`, attributes: { name: `이름 ${first + index}`, plan: 'pro' } }));
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
  await enqueue(db, place, people, now);
  await rows(db, 'analyze delivery');
  const worker = app.nest.get(EmailWorker, { strict: false });
  const result = await measured(people.length, async () => {
    for (let done = 1; done > 0; ) ({ done } = await worker.runOnce());
  });
  const sent = await row<{ count: number }>(db, `select count(*)::int as count from delivery as d where d.state = 'sent'`);
  if (sent!.count !== people.length) throw new Error(`${sent!.count} of ${people.length} messages are sent`);
  return result;
}

async function enqueue(db: DataSource, place: { campaignId: string; versionId: string; stepId: string; contentId: string }, people: Person[], now: Date): Promise<void> {
  await enqueueDeliveries(db, people.map(({ id }) => ({ ...place, id: newId(), personId: id, enrollmentId: newId(), channel: 'email', experimentId: null, variant: 'a', isControl: false, topic: 'bench', dueAt: now })), now);
}

async function sizeOf(raw: Buffer): Promise<[number, number]> {
  const mail = await simpleParser(raw, { skipTextToHtml: true });
  return [Buffer.byteLength(mail.html || ''), Buffer.byteLength(mail.text ?? '')];
}

async function startSink(): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('./delivery-sink.js', import.meta.url)));
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (message: { port: number }) => done(message.port));
    child.once('error', fail);
  });
  return { url: `smtp://127.0.0.1:${port}`, process: child };
}
