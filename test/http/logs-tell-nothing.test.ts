import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { symbols } from 'pino';
import { createTransport } from 'nodemailer';
import { Setup } from '../../src/access/setup.service.js';
import { ReturnPaths } from '../../src/delivery/identity/return-paths.service.js';
import { MailListener } from '../../src/delivery/returns/intake/mail-listener.js';
import { row, rows } from '../../src/platform/database/db.js';
import type { Log } from '../../src/platform/logging.js';
import { LOG } from '../../src/platform/tokens.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { publishAuto } from '../support/displays.js';
import { Receiver } from '../support/receiver.js';
import { dsn } from '../support/returned-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** In every address, name, text, password, token and key of this file. */
const MARK = 'zqxmark';
const EMAIL = `${MARK}@example.org`;
const OWNER = `owner.${MARK}@example.org`;
const PASSWORD = `${MARK} 비가 오는 날`;
const SECRET = `${MARK}_secret_of_the_shop`;
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
const lines: string[] = [];
const secrets = new Set<string>();
let app: TestApp;
let sink: SmtpSink;
let receiver: Receiver;
const outputs = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));

beforeAll(async () => {
  sink = await new SmtpSink({ rcpt: (address) => (address.startsWith('refused') ? { code: 550, text: `5.1.1 <${address}> unknown, says ${MARK}` } : address.startsWith('later') ? { code: 451, text: `4.2.1 <${address}> ${MARK} busy` } : undefined) }).start();
  receiver = await new Receiver().start();
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, INBOUND_PORT: '0', INBOUND_DOMAINS: 'bounce.news.example', WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' } });
  // What pino writes goes by a file descriptor; everything else by the streams of the process.
  const log = app.nest.get<Log>(LOG, { strict: false });
  log.level = 'debug';
  (log as unknown as Record<symbol, unknown>)[symbols.streamSym] = { write: (line: string) => { lines.push(line); } };
  for (const { stream, write } of outputs) stream.write = ((text: string | Uint8Array, ...rest: []) => { lines.push(String(text)); return write(text as string, ...rest); }) as typeof stream.write;
});
afterAll(async () => {
  for (const { stream, write } of outputs) stream.write = write;
  await app.close();
  await sink.stop();
  await receiver.stop();
});

const statuses: number[] = [];
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${app.url}${path}`, { method, redirect: 'manual', headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body) });
  statuses.push(answer.status);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
  if (cookie.length > 30) secrets.add(cookie.split('=')[1]!);
  const text = await answer.text();
  return { status: answer.status, cookie, body: (text.startsWith('{') ? JSON.parse(text) : text) as any }; // eslint-disable-line typescript/no-explicit-any -- answers of many routes
}
const api = (method: string, path: string, body?: unknown) => call(method, path, body, { authorization: `Bearer ${app.key}` });
const done = async (answer: Promise<{ status: number; body: any }>) => { // eslint-disable-line typescript/no-explicit-any -- answers of many routes
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};
const work = () => app.runner.runUntilIdle();
const batch = (messages: object[], more = {}) => call('POST', '/v1/batch', { writeKey: app.writeKey, batch: messages, ...more });
/** Makes the database refuse rows of a table, with an error that names the row. */
const broken = async (table: string, check: string, doing: () => Promise<unknown>) => {
  await rows(app.db, `alter table ${table} add constraint broken_${table} check (${check}) not valid`);
  await doing();
  await rows(app.db, `alter table ${table} drop constraint broken_${table}`);
};

async function colleagues(): Promise<void> {
  const token = (await app.nest.get(Setup, { strict: false }).issue())!;
  secrets.add(token);
  const made = await done(call('POST', '/v1/setup', { token, email: OWNER, name: MARK, password: PASSWORD, workspace: { name: MARK, timeZone: 'Asia/Seoul', language: 'ko' } }));
  secrets.add(made.serverKey).add(made.writeKey);
  await call('POST', '/v1/session', { email: OWNER, password: `${PASSWORD} wrong` });
  const { cookie } = await call('POST', '/v1/session', { email: OWNER, password: PASSWORD });
  await call('POST', '/login', new URLSearchParams({ email: OWNER, password: MARK }).toString(), { 'content-type': 'application/x-www-form-urlencoded' });
  await call('GET', `/setup?token=${MARK}-token`, undefined, { accept: 'text/html' });
  const factor = await done(call('POST', '/v1/me/second-factor', undefined, { cookie, 'x-danbi-csrf': '1' }));
  secrets.add(factor.secret);
  await call('POST', '/v1/me/second-factor/confirm', { code: '000000' }, { cookie, 'x-danbi-csrf': '1' });
  const { inviteUrl } = await done(api('POST', '/v1/users', { email: `second.${EMAIL}`, name: MARK, role: 'marketer' }));
  secrets.add(new URL(inviteUrl).searchParams.get('token')!);
  await call('DELETE', '/v1/session', undefined, { cookie, 'x-danbi-csrf': '1' });
  await call('GET', '/v1/people', undefined, { authorization: `Bearer dnb_sk_${MARK}` });
  await call('GET', '/v1/people', undefined, { cookie: `danbi_session=${MARK}` });
}

async function sends(): Promise<void> {
  const hook = await done(api('POST', '/v1/webhook-endpoints', { kind: 'standard', name: MARK, url: `${receiver.url}/${MARK}`, headers: { 'x-key': MARK } }));
  secrets.add(hook.secret);
  receiver.answer = () => ({ status: 500, body: `no ${MARK}` });
  await done(api('PUT', `/v1/webhook-endpoints/${hook.endpoint.id}/subscription`, { kinds: ['sent', 'refused', 'bounced'] }));
  const content = { subject: `Hello {{person.name}} ${MARK}`, body: `<mj-section><mj-column><mj-text>{{person.name}} ${MARK}</mj-text></mj-column></mj-section>` };
  const steps = [
    { id: 'mail', type: 'message', channel: 'email', topic: 'account', variants: [{ key: 'A', content }], next: 'hook' },
    { id: 'hook', type: 'message', channel: 'webhook', variants: [{ key: 'A', content: { endpointId: hook.endpoint.id, event: 'ordered', data: { name: '{{person.name}}' } } }], next: null },
  ];
  await publishAuto(app, series({ entry: { type: 'event', event: 'Order' }, start: 'mail', steps }));
  await batch([EMAIL, `refused.${EMAIL}`, `later.${EMAIL}`].map((email, at) => ({ type: 'identify', userId: `${MARK}-${at}`, traits: { email, name: `${MARK} Kim` } })));
  await work();
  await batch([0, 1, 2].map((at) => ({ type: 'track', userId: `${MARK}-${at}`, event: 'Order', properties: { item: `${MARK} shoes` } })));
  await work();
  expect([...sink.accepted.map(({ to }) => to), ...sink.offered]).toEqual(expect.arrayContaining([EMAIL, `refused.${EMAIL}`, `later.${EMAIL}`]));
  const mail = (await row<{ id: string }>(app.db, `select d.id from delivery as d where d.channel = 'email' and d.state = 'sent' limit 1`))!;
  const address = await app.nest.get(ReturnPaths, { strict: false }).addressOf(mail.id, 'bounce.news.example');
  const transport = createTransport({ host: '127.0.0.1', port: app.nest.get(MailListener, { strict: false }).port!, secure: false, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: '', to: [address] }, raw: dsn({ recipients: [{ address: EMAIL, status: '5.1.1', diagnostic: `550 5.1.1 <${EMAIL}>: unknown ${MARK}` }] }) });
  await transport.sendMail({ envelope: { from: '', to: ['postmaster@bounce.news.example'] }, raw: Buffer.from(`From: ${EMAIL}\r\nSubject: ${MARK}\r\n\r\n${MARK}\r\n`) });
  transport.close();
  const links = [...sink.accepted[0]!.raw.replaceAll('=\r\n', '').matchAll(/https?:\/\/[^\s"'<>]+/g)].map(([url]) => url.replaceAll('=3D', '='));
  for (const link of links.slice(0, 4)) await call('GET', `${new URL(link).pathname}${new URL(link).search}`);
  await work();
  clock.advance(600_000);
  await work();
}

async function others(): Promise<void> {
  const { id } = await done(api('POST', '/v1/sources', { kind: 'shopify', name: MARK, secret: SECRET }));
  const order = JSON.stringify({ id: 1, name: MARK, created_at: MARK, email: EMAIL, customer: { id: 5, email: EMAIL, first_name: MARK } });
  const signed = (text: string, secret: string) => ({ 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': MARK, 'x-shopify-hmac-sha256': createHmac('sha256', secret).update(text).digest('base64') });
  await call('POST', `/in/${id}`, order, signed(order, `${SECRET}_other`));
  await call('POST', `/in/${id}`, `{"${MARK}`, signed(`{"${MARK}`, SECRET));
  await broken('source_delivery', `topic <> 'orders/create'`, () => call('POST', `/in/${id}`, order, signed(order, SECRET)));
  await call('POST', `/in/${id}`, order, signed(order, SECRET));
  await broken('person', `email <> '${EMAIL}'`, work);
  await work();
  // Asked on a schedule: an address with a password, and answers that name people.
  const { id: asked } = await done(api('POST', '/v1/sources', { kind: 'json', name: MARK, proof: { kind: 'address' } }));
  for (const [status, text] of [[500, MARK], [200, `id,email\n"${MARK}`], [200, `id,email\n${MARK},${EMAIL}\n`]] as const) {
    receiver.answer = () => ({ status, body: text });
    await done(api('PUT', `/v1/sources/${asked}/pull`, { kind: 'csv', address: `http://${MARK}:${MARK}@127.0.0.1:${receiver.port}/${MARK}?key=${MARK}`, everyMinutes: 60 }));
    await work();
  }
  await done(api('PUT', `/v1/sources/${asked}/pull`, { kind: 'postgres', address: `postgres://${MARK}:${MARK}@127.0.0.1:1/${MARK}`, query: `select '${MARK}' as id`, cursorColumn: 'id', everyMinutes: 60 }));
  await work();
  await call('POST', `/v1/imports/people`, `id,email,name\n${MARK}-9,${EMAIL},${MARK}\n${MARK},not an address ${MARK},x\n`, { authorization: `Bearer ${app.key}`, 'content-type': 'text/csv' });
  await broken('attribute_history', `value::text not like '%${MARK}%'`, work);
  await work();
}

async function errors(): Promise<void> {
  for (const [method, path, body] of [
    ['GET', `/v1/people/external:${MARK}-none`, undefined], ['POST', '/v1/lists', { name: MARK, [MARK]: 1 }], ['POST', '/v1/lists', `{"${MARK}": `], ['GET', `/v1/${MARK}?q=${EMAIL}`, undefined], ['POST', '/v1/users', { email: OWNER, name: MARK, role: 'owner' }],
    ['PATCH', `/v1/people/external:${MARK}-0`, { attributes: { email: `${MARK}` } }], ['POST', '/v1/segments', { name: MARK, definition: { type: MARK } }], ['POST', '/v1/test-send', { to: EMAIL }], ['GET', `/v1/people?limit=${MARK}`, undefined], ['GET', `/%ff${MARK}`, undefined],
  ] as [string, string, unknown][]) await api(method, path, body);
  await broken('list', `name not like '%${MARK}%'`, async () => expect((await api('POST', '/v1/lists', { name: `${MARK} list` })).status).toBe(500));
  await broken('event', `properties::text not like '%${MARK}%'`, () => batch([{ type: 'track', userId: `${MARK}-0`, event: 'Order', properties: { item: MARK } }, { type: 'track', userId: `${MARK}-0`, event: '', properties: { item: MARK } }]));
  await rows(app.db, 'alter table list rename to list_gone');
  expect((await api('POST', '/v1/lists', { name: MARK })).status).toBe(500);
  await rows(app.db, 'alter table list_gone rename to list');
  // What the database can not read it quotes.
  await rows(app.db, `create function refuse_mark() returns trigger language plpgsql as $$ begin perform new.name::uuid; return new; end $$`);
  await rows(app.db, 'create trigger refuse_mark before insert on list for each row execute function refuse_mark()');
  expect((await api('POST', '/v1/lists', { name: `${MARK} "quoted"` })).status).toBe(500);
  await rows(app.db, 'drop trigger refuse_mark on list');
}

test('nothing that is logged names a person or a colleague, or has a text, password, token or key in it', async () => {
  await colleagues();
  await sends();
  await others();
  await errors();
  // The proof is worth something only when there was much to say.
  expect(new Set(statuses)).toEqual(new Set([...statuses, 200, 201, 400, 401, 404, 409, 500]));
  const said = lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as { msg?: string }).msg : 'text'));
  expect(said).toEqual(expect.arrayContaining(['a request failed', 'a body of another system was refused', 'a source could not be asked; it is asked again at its time', 'the database refused an event', 'an import failed']));
  expect(said.length).toBeGreaterThan(12);
  const told = lines.filter((line) => [MARK, 'zqx', app.key, app.writeKey, Buffer.from(MARK).toString('base64').slice(0, 8), ...secrets].some((secret) => line.toLowerCase().includes(secret.toLowerCase())) || /[\w.]@[\w.]/.test(line));
  expect(told).toEqual([]);
  // What is needed to mend it is there.
  expect(lines.find((line) => line.includes('broken_list'))).toMatch(/"type":"QueryFailedError".*"code":"23514".*"constraint":"broken_list".*"query":"\s*\S.*"stack":"\s+at /);
});
