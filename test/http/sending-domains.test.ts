import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { DnsServer } from '../support/dns-server.js';
import { testKey } from '../support/dkim.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
let dns: DnsServer;
let app: TestApp;
beforeAll(async () => {
  dns = await new DnsServer().start();
  app = await startTestApp({ clock: new VirtualClock(START), env: { DNS_SERVERS: dns.address, PUBLIC_URL: 'https://mail.acme.example', SMTP_URL: 'smtp://email-smtp.eu-west-1.amazonaws.com:587', MAIL_FROM: 'x@elsewhere.example' } });
  await rows(app.db, `insert into topic (key, name, kind, created_at) values ('news', 'News', 'marketing', $1), ('receipts', 'Receipts', 'transactional', $1) on conflict (key) do nothing`, [START]);
});
afterAll(async () => {
  await app.close();
  await dns.stop();
});
afterEach(async () => {
  for (const map of [dns.txt, dns.mx, dns.silent]) map.clear();
  await rows(app.db, 'delete from dkim_key; delete from sending_domain');
});

const create = async (more: object = {}) => (await app.api('POST', '/v1/sending-domains', { domain: 'news.acme.example', bounceDomain: 'b.news.acme.example', ...more })).body;
const records = async (id: string) => (await app.api('GET', `/v1/sending-domains/${id}/records`)).body.items as { kind: string; type: string; name: string; value: string; strings: string[] }[];
/** Publishes what was asked for. */
async function publish(id: string): Promise<void> {
  for (const { type, name, value } of await records(id)) {
    if (type === 'TXT') dns.txt.set(name, [value]);
    else dns.mx.set(name, [[10, value.split(' ')[1]!]]);
  }
}
const check = async (id: string) => (await app.api('POST', `/v1/sending-domains/${id}/check`)).body;
const verdicts = (checked: { checks: { kind: string; verdict: string }[] }) => Object.fromEntries(checked.checks.map(({ kind, verdict }) => [kind, verdict]));

test('a new domain has a key, and says exactly what to publish', async () => {
  const domain = await create({ domain: '단비.EXAMPLE', bounceDomain: null });
  expect(domain).toMatchObject({ domain: 'xn--6j1bl9s.example', fromLocal: 'hello', status: 'unchecked', isDefault: false, keys: [{ selector: expect.stringMatching(/^danbi-20260302-[0-9a-f]{4}$/), state: 'active' }] });
  const [key, spf, dmarc, ...rest] = await records(domain.id);
  expect(key).toMatchObject({ kind: 'dkim', type: 'TXT', name: `${domain.keys[0].selector}._domainkey.xn--6j1bl9s.example`, value: `v=DKIM1; k=rsa; p=${domain.keys[0].publicKey}` });
  expect([key!.strings.join(''), key!.strings.map(({ length }) => length <= 255), key!.strings.length]).toEqual([key!.value, [true, true], 2]);
  expect([spf!.name, spf!.value, dmarc!.name, rest]).toEqual(['xn--6j1bl9s.example', 'v=spf1 include:amazonses.com ~all', '_dmarc.xn--6j1bl9s.example', []]);
});

test('what is published as told is found right, in both languages', async () => {
  const { id } = await create();
  expect(verdicts(await check(id))).toEqual({ dkim: 'missing', spf: 'missing', dmarc: 'missing', return_path: 'missing' });
  await publish(id);
  const checked = await check(id);
  expect(verdicts(checked)).toEqual({ dkim: 'ok', spf: 'ok', dmarc: 'ok', return_path: 'ok' });
  expect([checked.domain.status, checked.domain.verifiedAt, checked.domain.checks.length]).toEqual(['verified', START.toISOString(), 4]);
  for (const { sentence, expected, found } of checked.checks) expect([sentence.en.length > 10, /[가-힣]/.test(sentence.ko), found[0].split(' ').at(-1)]).toEqual([true, true, expected.split(' ').at(-1)]);
});

test.each<[string, string, (value: string) => string[], string, RegExp]>([
  ['dkim', 'another key', () => [testKey().record], 'wrong', /another key/],
  ['dkim', 'a key cut off at 255', (value) => [value.slice(0, 255)], 'wrong', /cut off/],
  ['dkim', 'a revoked key', () => ['v=DKIM1; p='], 'wrong', /revoked/],
  ['dkim', 'two keys', (value) => [value, testKey().record], 'wrong', /several/],
  ['dkim', 'a key in test mode', (value) => [value.replace('k=rsa;', 'k=rsa; t=y;')], 'warning', /t=y/],
  ['dkim', 'a key for sha1', (value) => [value.replace('k=rsa;', 'h=sha1;')], 'wrong', /h=/],
  ['dkim', 'a key with blanks and other tags', (value) => [value.replace('k=rsa; p=', 'p= ').replace('v=DKIM1; ', '')], 'ok', /ours/],
  ['spf', 'two records', (value) => [value, 'v=spf1 -all'], 'wrong', /several/],
  ['spf', 'everybody', () => ['v=spf1 +all'], 'wrong', /anybody/],
  ['spf', 'another relay', () => ['v=spf1 include:sendgrid.net -all'], 'warning', /amazonses/],
  ['spf', 'ours among others', () => ['google-site-verification=x', 'v=spf1 mx include:amazonses.com -all'], 'ok', /named/],
  ['dmarc', 'no policy', () => ['v=DMARC1; rua=mailto:x@acme.example'], 'wrong', /p=/],
  ['dmarc', 'two records', (value) => [value, value], 'wrong', /several/],
  ['dmarc', 'strict SPF', () => ['v=DMARC1; p=reject; aspf=s'], 'warning', /aspf=s/],
])('%s, %s: %s', async (kind, _name, change, verdict, sentence) => {
  const { id } = await create();
  await publish(id);
  const wanted = (await records(id)).find((record) => record.kind === kind)!;
  dns.txt.set(wanted.name, change(wanted.value));
  const found = (await check(id)).checks.find((one: { kind: string }) => one.kind === kind);
  expect([found.verdict, found.sentence.en]).toEqual([verdict, expect.stringMatching(sentence)]);
});

test('DMARC of the domain above holds; a foreign or null MX is seen', async () => {
  const { id } = await create();
  await publish(id);
  dns.txt.delete('_dmarc.news.acme.example');
  dns.txt.set('_dmarc.acme.example', ['v=DMARC1; p=quarantine']);
  dns.mx.set('b.news.acme.example', [[10, 'mx.other.example']]);
  expect(verdicts(await check(id))).toMatchObject({ dmarc: 'ok', return_path: 'warning' });
  dns.mx.set('b.news.acme.example', [[0, '']]);
  expect(verdicts(await check(id))).toMatchObject({ return_path: 'wrong' });
});

test('DNS that does not answer takes nothing away; a key that is gone does', async () => {
  const { id } = await create();
  await publish(id);
  await check(id);
  const [key] = await records(id);
  dns.silent.add(key!.name);
  const silent = await check(id);
  expect([verdicts(silent).dkim, verdicts(silent).spf, silent.domain.status]).toEqual(['unknown', 'ok', 'verified']);
  dns.silent.clear();
  dns.txt.delete(key!.name);
  expect((await check(id)).domain).toMatchObject({ status: 'failing', verifiedAt: null });
}, 30_000);

test('rotation: the old key signs until the new one is in DNS', async () => {
  const { id, keys: [first] } = await create();
  expect((await app.api('POST', `/v1/sending-domains/${id}/switch`, {})).body.code).toBe('sending-domain.no-next-key');
  const rotated = (await app.api('POST', `/v1/sending-domains/${id}/rotate`, { selector: 'second' })).body;
  expect(rotated.keys.map(({ selector, state }: { selector: string; state: string }) => [selector, state])).toEqual(expect.arrayContaining([['second', 'next'], [first.selector, 'active']]));
  expect((await app.api('POST', `/v1/sending-domains/${id}/rotate`, {})).body.code).toBe('sending-domain.rotating');
  expect((await app.api('POST', `/v1/sending-domains/${id}/switch`, {})).body.code).toBe('sending-domain.next-key-unpublished');
  expect((await records(id)).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['dkim', 'dkim_next']));
  await publish(id);
  expect((await app.api('DELETE', `/v1/sending-domains/${id}/keys/${first.selector}`)).body.code).toBe('sending-domain.key-in-use');
  const switched = (await app.api('POST', `/v1/sending-domains/${id}/switch`, {})).body;
  expect(switched.keys.map(({ selector, state }: { selector: string; state: string }) => [selector, state])).toEqual(expect.arrayContaining([['second', 'active'], [first.selector, 'retired']]));
  expect(verdicts(await check(id)).dkim).toBe('ok');
  expect((await app.api('DELETE', `/v1/sending-domains/${id}/keys/${first.selector}`)).body.keys).toHaveLength(1);
});

test('a private key of the operator signs, and is never answered or written to the audit', async () => {
  const { pem, record } = testKey();
  const domain = await create({ privateKey: pem, selector: 'own' });
  expect(`v=DKIM1; k=rsa; p=${domain.keys[0].publicKey}`).toBe(record);
  const everything = JSON.stringify([domain, await records(domain.id), (await app.api('GET', '/v1/sending-domains')).body, (await app.api('GET', '/v1/audit')).body]);
  for (const secret of ['PRIVATE', pem.split('\n')[3]!]) expect(everything).not.toContain(secret);
});

const pemOf = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
test.each<[string, () => string]>([
  ['Ed25519', () => pemOf(generateKeyPairSync('ed25519').privateKey)],
  ['an elliptic curve', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ['RSA-PSS only', () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey)],
  ['512 bits', () => testKey(512).pem],
  ['a public key', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['with a passphrase', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()],
  ['cut off', () => testKey().pem.slice(0, 800)],
  ['nonsense', () => 'hello'],
])('C3: a key that is %s is refused at save', async (_name, pem) => {
  const refused = await app.api('POST', '/v1/sending-domains', { domain: 'c3.example', privateKey: pem() });
  expect([refused.status, refused.body.code, refused.body.problems[0].path]).toEqual([400, 'sending-domain.bad-key', 'privateKey']);
  const { id } = await create();
  expect((await app.api('POST', `/v1/sending-domains/${id}/rotate`, { privateKey: pem() })).status).toBe(400);
  expect((await app.api('GET', `/v1/sending-domains/${id}`)).body.keys).toHaveLength(1);
});

test('one default at most; settings change; deletion wants the name again; all of it is in the audit', async () => {
  const one = await create({ isDefault: true });
  const two = await create({ domain: 'two.example', isDefault: true });
  const list = (await app.api('GET', '/v1/sending-domains?limit=1')).body;
  expect([list.items[0].isDefault, (await app.api('GET', `/v1/sending-domains?after=${list.next}`)).body.items.map(({ domain, isDefault }: { domain: string; isDefault: boolean }) => [domain, isDefault])]).toEqual([false, [['two.example', true]]]);
  expect((await app.api('PATCH', `/v1/sending-domains/${one.id}`, { fromName: '단비 🌧️', fromLocal: 'team', bounceDomain: null })).body).toMatchObject({ fromName: '단비 🌧️', fromLocal: 'team', bounceDomain: null });
  expect((await app.api('PATCH', `/v1/sending-domains/${two.id}`, { isDefault: false })).body.isDefault).toBe(false);
  for (const confirm of ['', 'two', one.domain]) expect((await app.api('DELETE', `/v1/sending-domains/${two.id}?confirm=${confirm}`)).body.code).toBe('sending-domain.confirm');
  expect((await app.api('DELETE', `/v1/sending-domains/${two.id}?confirm=Two.example`)).status).toBe(204);
  expect((await app.api('GET', `/v1/sending-domains/${two.id}`)).status).toBe(404);
  expect((await app.api('POST', '/v1/sending-domains', { domain: 'News.Acme.example' })).body.code).toBe('sending-domain.exists');
  const actions = (await app.api('GET', '/v1/audit?limit=50')).body.items.map(({ action }: { action: string }) => action);
  expect(actions).toEqual(expect.arrayContaining(['sending-domain.create', 'sending-domain.update', 'sending-domain.delete']));
});

test.each([
  { domain: 'localhost' }, { domain: 'a b.example' }, { domain: 'x.example\r\nTXT' }, { domain: '1.2.3.4' }, { domain: 'x'.repeat(64) + '.example' }, { domain: 'user@x.example' }, { domain: 'ex%61mple.com' },
  { domain: 'x.example', fromLocal: 'a@b' }, { domain: 'x.example', fromLocal: '단비' }, { domain: 'x.example', fromLocal: 'a\r\nBcc' }, { domain: 'x.example', fromName: 'x\r\nBcc: e@y' }, { domain: 'x.example', selector: 'a.b' }, { domain: 'x.example', bounceDomain: 'no' }, { domain: 'x.example', more: 1 },
])('bad input %j is one clear refusal', async (body) => {
  expect((await app.api('POST', '/v1/sending-domains', body)).status).toBe(400);
  expect((await app.api('GET', '/v1/sending-domains')).body.items).toEqual([]);
});

const sending = (fromAddress: string) => ({ type: 'series', entry: { type: 'event', event: 'Bought' }, start: 'm', steps: [{ type: 'message', id: 'm', channel: 'email', topic: 'receipts', variants: [{ key: 'a', content: { subject: 'x', body: '<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>', fromAddress } }] }] });
const draft = async (name: string, fromAddress: string): Promise<string> => (await app.api('POST', '/v1/campaigns', { name, definition: sending(fromAddress) })).body.id;

test('a domain that a campaign in progress sends from stays, and the refusal names the campaigns', async () => {
  const [{ id }, other] = [await create({ domain: '단비.example' }), await create({ domain: 'other.example' })];
  const [spring, autumn] = [await draft('봄', 'a@단비.EXAMPLE'), await draft('Autumn', 'b@xn--6j1bl9s.example')];
  await draft('Only a draft', 'c@other.example');
  for (const campaign of [spring, autumn]) expect((await app.api('POST', `/v1/campaigns/${campaign}/publish`)).status).toBe(200);
  await app.api('POST', `/v1/campaigns/${autumn}/pause`);
  const remove = (of: string, confirm: string) => app.api('DELETE', `/v1/sending-domains/${of}?confirm=${confirm}`);
  const refused = await remove(id, 'xn--6j1bl9s.example');
  expect([refused.status, refused.body.code, refused.body.message]).toEqual([409, 'sending-domain.in-use', expect.stringMatching(/“Autumn”, “봄”/)]);
  expect((await remove(other.id, 'other.example')).status).toBe(204);
  expect((await app.api('POST', `/v1/campaigns/${autumn}/stop`)).status).toBeLessThan(300);
  expect((await remove(id, 'xn--6j1bl9s.example')).body.message).not.toMatch(/Autumn/);
  expect((await app.api('POST', `/v1/campaigns/${spring}/stop`)).status).toBeLessThan(300);
  expect((await remove(id, 'xn--6j1bl9s.example')).status).toBe(204);
});

test('a message is not published from a domain that is being deleted', async () => {
  const { id } = await create();
  const campaign = await draft('Late', 'a@news.acme.example');
  let published: Promise<{ status: number; body: { code: string; message: string } }> | undefined;
  await inTransaction(app.db, async (tx) => {
    await rows(tx, 'delete from dkim_key where domain_id = $1', [id]);
    await rows(tx, 'delete from sending_domain where id = $1', [id]);
    published = app.api('POST', `/v1/campaigns/${campaign}/publish`);
    while ((await rows(tx, `select from pg_locks as l where l.locktype = 'transactionid' and not l.granted`)).length === 0) await new Promise((done) => { setTimeout(done, 10); });
  });
  const answer = await published!;
  expect([answer.status, answer.body.code, answer.body.message]).toEqual([409, 'campaign.changed', expect.stringContaining('news.acme.example')]);
  expect((await app.api('GET', `/v1/campaigns/${campaign}`)).body.state).toBe('draft');
});

test('publishing looks at the sender: only ours, and marketing from verified domains, strictly if wished', async () => {
  const segment = (await app.api('POST', '/v1/segments', { name: 'All', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'x' } })).body;
  const findings = async (topic: string, fromAddress?: string) => {
    const definition = { type: 'broadcast', segmentId: segment.id, message: { id: 'm', type: 'message', channel: 'email', topic, variants: [{ key: 'a', weight: 1, content: { subject: 'x', body: '<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>', ...(fromAddress ? { fromAddress } : {}) } }] } };
    const made = await app.api('POST', '/v1/campaigns', { name: `c${Math.random()}`, definition });
    const answer = await app.api('POST', `/v1/campaigns/${made.body.id}/check`);
    return (answer.body.findings as { severity: string; code: string }[]).filter(({ code }) => code.endsWith('-sender')).map(({ severity, code }) => [severity, code]);
  };
  const { id } = await create();
  expect(await findings('news', 'ceo@bank.example')).toEqual([['error', 'campaign.unknown-sender']]);
  expect(await findings('news', 'a\u200b@news.acme.example')).toEqual([['error', 'campaign.bad-sender']]);
  expect(await findings('news', 'a@news.acme.example')).toEqual([['warning', 'campaign.unverified-sender']]);
  expect(await findings('news')).toEqual([['warning', 'campaign.unverified-sender']]);
  expect(await findings('receipts')).toEqual([]);
  await app.api('PATCH', '/v1/sending-rules', { rules: { verified_sender: { parameters: { strict: true } } } });
  await publish(id);
  expect(await findings('news', 'a@news.acme.example')).toEqual([['error', 'campaign.unverified-sender']]);
  await check(id);
  expect(await findings('news', 'a@news.acme.example')).toEqual([]);
});
