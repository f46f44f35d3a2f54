import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { EmailContent } from '../../src/contract/message.js';
import { generateDkimKey } from '../../src/delivery/identity/dkim-keys.js';
import { ReturnPaths } from '../../src/delivery/identity/return-paths.service.js';
import { deleteSendingDomain, insertDkimKey, insertSendingDomain, setDefaultDomain, switchDkimKey } from '../../src/delivery/identity/store/sending-domains.store.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { GatedQueue } from '../../src/delivery/sending/gated-claims.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { deliveries, makePeople, makePlace, queue, tally } from '../support/deliveries.js';
import { mailauthVerdict } from '../support/dkim.js';
import { dkimpyVerifies, hasDkimpy } from '../support/python-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const FROM = 'danbi@fallback.example';
let clock: VirtualClock;
let sink: SmtpSink;
let app: TestApp;

beforeAll(async () => {
  sink = await new SmtpSink({ smtpUtf8: true }).start();
  clock = new VirtualClock(START);
  app = await startTestApp({ clock, env: { SMTP_URL: sink.url, SMTP_CONNECTIONS: '3', MAIL_FROM: FROM } });
  await app.api('PATCH', '/v1/workspace', { name: '단비 상점' });
});
afterAll(async () => {
  await app.close();
  await sink.stop();
});
beforeEach(() => { clock.set(START); });
afterEach(async () => {
  for (const list of [sink.accepted, sink.read, sink.offered]) list.length = 0;
  await rows(app.db, 'truncate delivery, person, sending_domain, dkim_key');
});

interface Made { id: string; dns: Record<string, string> }

/** A domain with a key that signs. */
async function addDomain(domain: string, more: { bounceDomain?: string; isDefault?: boolean; fromName?: string } = {}): Promise<Made> {
  const id = newId();
  await insertSendingDomain(app.db, { id, domain, fromName: more.fromName ?? '', fromLocal: 'hello', bounceDomain: more.bounceDomain ?? null, createdBy: 'test' }, START);
  const key = await generateDkimKey();
  await insertDkimKey(app.db, { ...key, id: newId(), domainId: id, selector: 's1', state: 'active' }, START);
  if (more.isDefault) await setDefaultDomain(app.db, id, START);
  return { id, dns: { [`s1._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${key.publicKey}` } };
}

const email = (more: Partial<EmailContent> = {}) => EmailContent.parse({ subject: '(광고) 안녕하세요 {{person.name}}님 🎉', body: '<mj-section><mj-column><mj-text>.<br/>.점 {{person.name}}</mj-text></mj-column></mj-section>', text: '.\n..\n.point {{person.name}}  \n\n\n', ...more });

async function send(content = email(), count = 1, topic = 'news'): Promise<string[]> {
  const ids = await queue(app.db, await makePlace(app.db, START, content, topic), await makePeople(app.db, count, START), START);
  await app.runner.runUntilIdle();
  return ids;
}
const raw = (index = 0) => Buffer.from(sink.accepted[index]!.raw, 'latin1');

test('U3: what arrives over SMTP, dots and all, is signed for the default domain and comes back to its bounce domain', async () => {
  const { dns } = await addDomain('news.example', { isDefault: true, bounceDomain: 'bounce.news.example' });
  const ids = await send(email(), 3);
  expect(await tally(app.db)).toEqual({ sent: 3 });
  for (const [index, mail] of sink.accepted.entries()) {
    const { result, fields } = await mailauthVerdict(raw(index), { txt: dns });
    expect([result, fields.includes('list-unsubscribe'), fields.includes('list-unsubscribe-post')]).toEqual(['pass', true, true]);
    const read = await simpleParser(raw(index));
    expect(read.from!.value).toEqual([{ name: '단비 상점', address: 'hello@news.example' }]);
    expect(read.text).toMatch(/^\.\n\.\.\n\.point 이름/);
    expect(mail.from).toMatch(/^b\+[a-z2-7]{39}@bounce\.news\.example$/);
    const delivery = (await app.nest.get(ReturnPaths, { strict: false }).read(mail.from))!;
    expect([ids.includes(delivery), mail.messageId]).toEqual([true, `<${delivery}@news.example>`]);
  }
  if (hasDkimpy) expect(await dkimpyVerifies(sink.accepted.map((_, index) => raw(index)), dns)).toEqual([true, true, true]);
});

test('D7: rotated keys still read return paths, a retired key does not', async () => {
  await addDomain('news.example', { isDefault: true, bounceDomain: 'bounce.news.example' });
  const [id] = await send();
  const { from } = sink.accepted[0]!;
  const paths = app.nest.get(ReturnPaths, { strict: false });
  const before = (await app.api('GET', '/v1/signing-keys')).body.items as { id: number }[];
  await app.api('POST', '/v1/signing-keys');
  expect([await paths.read(from), await paths.addressOf(id!, 'bounce.news.example') === from]).toEqual([id, false]);
  for (const key of before) await app.api('DELETE', `/v1/signing-keys/${key.id}`);
  expect(await paths.read(from)).toBeNull();
});

test('a message may name its sender among our domains, and no other', async () => {
  await addDomain('one.example', { isDefault: true, fromName: '하나' });
  const two = await addDomain('two.example', { fromName: '둘' });
  await send(email({ fromAddress: 'team@two.example' }));
  await send(email({ fromAddress: 'ceo@bank.example' }));
  await send(email({ fromAddress: FROM, fromName: 'By hand' }));
  expect(sink.accepted.map(({ from }) => from)).toEqual(['team@two.example', FROM]);
  expect((await simpleParser(raw(0))).from!.value).toEqual([{ name: '둘', address: 'team@two.example' }]);
  expect((await mailauthVerdict(raw(0), { txt: two.dns })).result).toBe('pass');
  expect(await mailauthVerdict(raw(1), { txt: two.dns })).toMatchObject({ result: 'none' });
  const refused = [...(await deliveries(app.db)).values()].filter(({ state }) => state === 'failed');
  expect(refused.map(({ reason, detail }) => [reason, detail])).toEqual([['RENDER_ERROR', 'from: ceo@bank.example is of no sending domain.']]);
});

test('without domains the configured sender sends, under the name of the workspace', async () => {
  await send(email(), 1, 'receipts');
  expect((await simpleParser(raw())).from!.value).toEqual([{ name: '단비 상점', address: FROM }]);
  expect(sink.accepted[0]!.from).toBe(FROM);
});

test('the configured sender signs as soon as its domain is one of ours', async () => {
  const { dns } = await addDomain('fallback.example', { bounceDomain: 'b.fallback.example' });
  await send();
  expect([(await mailauthVerdict(raw(), { txt: dns })).result, sink.accepted[0]!.from.endsWith('@b.fallback.example')]).toEqual(['pass', true]);
});

test('C3: a key that does not sign for what is published lets nothing leave, and loses nothing', async () => {
  const { id } = await addDomain('news.example', { isDefault: true });
  const { publicKey } = await generateDkimKey();
  await rows(app.db, 'update dkim_key set public_key = $1', [publicKey]);
  await send(email(), 3);
  expect([await tally(app.db), sink.offered]).toEqual([{ queued: 3 }, []]);
  expect([...(await deliveries(app.db)).values()].map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  await insertDkimKey(app.db, { ...(await generateDkimKey()), id: newId(), domainId: id, selector: 's2', state: 'next' }, START);
  await switchDkimKey(app.db, id, START);
  clock.set(new Date(START.getTime() + 31_000));
  await app.runner.runUntilIdle();
  expect(await tally(app.db)).toEqual({ sent: 3 });
  for (const index of [0, 1, 2]) expect(raw(index).toString('latin1')).toMatch(/^DKIM-Signature: .*\r\n s=s2;/);
});

test('a domain taken away meanwhile sends nothing more', async () => {
  const { id } = await addDomain('gone.example');
  await deleteSendingDomain(app.db, id);
  await send(email({ fromAddress: 'hello@gone.example' }));
  expect([await tally(app.db), sink.offered]).toEqual([{ failed: 1 }, []]);
});

test('an address outside ASCII is reached where the server takes it', async () => {
  const { dns } = await addDomain('news.example', { isDefault: true });
  await queue(app.db, await makePlace(app.db, START, email()), await makePeople(app.db, 1, START, () => '민지@예시.한국'), START);
  await app.runner.runUntilIdle();
  // This server shows A-labels as what they mean.
  expect([await tally(app.db), sink.offered]).toEqual([{ sent: 1 }, ['민지@예시.한국']]);
  expect((await mailauthVerdict(raw(), { txt: dns })).result).toBe('pass');
});

test('what a claim brings that is on its way when sending ends is given back', async () => {
  await addDomain('news.example', { isDefault: true });
  await rows(app.db, 'update dkim_key set public_key = $1', [(await generateDkimKey()).publicKey]);
  const claims = app.nest.get(GatedQueue, { strict: false });
  const real = claims.claim.bind(claims);
  let asked = 0;
  claims.claim = async (request) => {
    asked += 1;
    if (asked > 1) await new Promise((done) => { setTimeout(done, 300); });
    return real(request);
  };
  try {
    await send(email(), 3);
    await new Promise((done) => { setTimeout(done, 600); });
    expect([asked > 1, await tally(app.db)]).toEqual([true, { queued: 3 }]);
  } finally {
    claims.claim = real;
  }
});
