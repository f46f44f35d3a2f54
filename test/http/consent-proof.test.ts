import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 } from 'uuid';
import { LinkKeys } from '../../src/delivery/tracking/link-keys.service.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');
const clock = new VirtualClock(START);
let app: TestApp;
let personId: string;

beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());
beforeEach(async () => {
  clock.advance(3_600_000);
  personId = (await app.api('POST', '/v1/people', { externalId: v7(), email: `${v7()}@example.org` })).body.id;
});

const put = (consents: { channel: string; topic: string; state: string }[], more: object = {}, id = personId) => app.api('PUT', `/v1/people/${id}/consent`, { consents, ...more });
const proof = async (id = personId) => (await app.api('GET', `/v1/people/${id}/consent/proof`)).body.items as Record<string, unknown>[];
const news = { channel: 'email', topic: 'product-updates' };

async function links(id = personId) {
  const deliveryId = v7();
  await app.db.query(`
    insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, sent_at)
    values ($1, $2, $3, $3, 's', $3, 'email', 'a', 'product-updates', 'sent', $4, $4, $4)`, [deliveryId, id, v7(), clock.now()]);
  return { deliveryId, ...(await app.nest.get(LinkKeys, { strict: false }).signer()).forMessage(deliveryId, id) };
}
const post = (url: string, body: string) => fetch(`${app.url}${new URL(url).pathname}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Post/1' }, body });

test('what the customer reports is proved with wording, version, moment, network and who told us', async () => {
  const saidAt = '2024-05-01T10:00:00.000Z';
  const reported = await put([{ ...news, state: 'subscribed' }], { source: 'signup form', method: 'form', saidAt, wording: '마케팅 정보 수신에 동의합니다', policyVersion: 'v3', ip: '203.0.113.77', userAgent: 'Firefox' });
  expect([reported.status, reported.body.items]).toEqual([200, [{ ...news, state: 'subscribed', at: saidAt, source: 'signup form' }]]);
  expect(await proof()).toEqual([{
    id: expect.any(String), personId, fromId: null, ...news, state: 'subscribed', at: saidAt, recordedAt: clock.now().toISOString(), method: 'form', source: 'signup form',
    actor: expect.stringMatching(/^server_key:/), wording: '마케팅 정보 수신에 동의합니다', policyVersion: 'v3', network: '203.0.113.0/24', userAgent: 'Firefox', deliveryId: null,
  }]);
  expect((await put([{ ...news, state: 'subscribed' }], { saidAt: '2030-01-01T00:00:00Z' })).body).toMatchObject({ code: 'consent.future' });
  expect((await put([{ ...news, state: 'subscribed' }], { ip: 'house' })).status).toBe(400);
});

test('the same choice reported every night adds nothing; a new policy version does', async () => {
  for (let night = 0; night < 3; night += 1) await put([{ ...news, state: 'subscribed' }], { source: 'nightly sync' });
  expect(await proof()).toHaveLength(1);
  for (const policyVersion of ['v1', 'v2', 'v2']) await put([{ ...news, state: 'subscribed' }], { policyVersion });
  expect((await proof()).map((row) => row.policyVersion)).toEqual(['v2', 'v1', null]);
});

test('an old statement that arrives late is proved but does not undo what was said after it', async () => {
  await put([{ ...news, state: 'unsubscribed' }]);
  await put([{ ...news, state: 'subscribed' }], { saidAt: '2025-01-01T00:00:00Z', method: 'import' });
  expect((await app.api('GET', `/v1/people/${personId}/consent`)).body.items).toMatchObject([{ state: 'unsubscribed' }]);
  expect((await proof()).map(({ state, method }) => [state, method])).toEqual([['subscribed', 'import'], ['unsubscribed', 'api']]);
});

test('the buttons and pages of a message prove what a person did by their own link', async () => {
  await put([{ ...news, state: 'subscribed' }]);
  const own = await links();
  clock.advance(1000);
  await post(own.unsubscribe(), 'List-Unsubscribe=One-Click');
  clock.advance(1000);
  await post(own.unsubscribe(), 'action=subscribe');
  clock.advance(1000);
  await post(own.preferences(), 'action=save&shown=email:product-updates');
  const rows = await proof();
  expect(rows.map(({ method, state, actor }) => [method, state, actor])).toEqual([
    ['preference_page', 'unsubscribed', 'person'], ['unsubscribe_page', 'subscribed', 'person'], ['one_click', 'unsubscribed', 'person'], ['api', 'subscribed', expect.stringMatching(/^server_key:/)]]);
  expect(rows[0]).toMatchObject({ deliveryId: own.deliveryId, network: expect.stringMatching(/\/(24|48)$/), userAgent: 'Post/1' });
});

test('pages of the log follow each other without gap; the log of all can be asked by topic', async () => {
  for (const state of ['subscribed', 'unsubscribed', 'subscribed', 'unsubscribed', 'subscribed']) { clock.advance(1000); await put([{ ...news, state }]); }
  const seen: unknown[] = [];
  for (let after: string | null = ''; after !== null;) {
    const page: { body: { items: { state: string }[]; next: string | null } } = await app.api('GET', `/v1/people/${personId}/consent/proof?limit=2${after ? `&after=${after}` : ''}`);
    seen.push(...page.body.items.map(({ state }) => state));
    after = page.body.next;
  }
  expect(seen).toEqual(['subscribed', 'unsubscribed', 'subscribed', 'unsubscribed', 'subscribed']);
  await put([{ channel: 'in_app', topic: '$night', state: 'subscribed' }]);
  expect((await app.api('GET', '/v1/consent-proof?topic=$night')).body.items).toMatchObject([{ personId, topic: '$night', state: 'subscribed' }]);
  expect((await app.api('GET', `/v1/people/${v7()}/consent/proof`)).status).toBe(404);
  const exported = (await (await fetch(`${app.url}/v1/exports/people.ndjson`, { headers: { authorization: `Bearer ${app.key}` } })).text()).split('\n').filter(Boolean).map((line) => JSON.parse(line) as { id: string; consentProof: { topic: string }[] });
  expect(exported.find(({ id }) => id === personId)!.consentProof.map(({ topic }) => topic)).toEqual([...Array<string>(5).fill('product-updates'), '$night']);
});

test('a merge carries the proof over and proves what the strictest rule changed', async () => {
  const anonymousId = v7();
  const [{ id: visitor }] = [(await app.api('POST', '/v1/people', { anonymousId })).body];
  await put([{ ...news, state: 'subscribed' }]);
  clock.advance(1000);
  await put([{ ...news, state: 'unsubscribed' }], {}, visitor);
  clock.advance(1000);
  const { externalId } = (await app.api('GET', `/v1/people/${personId}`)).body;
  await fetch(`${app.url}/v1/identify`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ userId: externalId, anonymousId, messageId: v7() }) });
  await app.runner.runUntilIdle();
  expect((await app.api('GET', `/v1/people/${personId}/consent`)).body.items).toMatchObject([{ state: 'unsubscribed' }]);
  expect((await proof()).map(({ state, method, fromId }) => [state, method, fromId])).toEqual([['unsubscribed', 'merge', null], ['unsubscribed', 'api', visitor], ['subscribed', 'api', null]]);
});

test('after erasure the proof remains without what tells who it was; nobody can change or delete a row', async () => {
  await put([{ ...news, state: 'subscribed' }], { wording: 'yes please, Kim', ip: '198.51.100.9', userAgent: 'Phone', source: 'desk' });
  await expect(app.db.query(`delete from consent_proof where person_id = $1`, [personId])).rejects.toThrow('kept');
  await expect(app.db.query(`update consent_proof set state = 'unsubscribed' where person_id = $1`, [personId])).rejects.toThrow('does not change');
  await expect(app.db.query(`update consent_proof set wording = 'no' where person_id = $1`, [personId])).rejects.toThrow('does not change');
  await app.api('DELETE', `/v1/people/${personId}`);
  await app.runner.runUntilIdle();
  const [row] = await app.db.query(`select c.state, c.method, c.source, c.wording, c.network, c.user_agent as agent from consent_proof as c where c.person_id = $1`, [personId]) as Record<string, unknown>[];
  expect(row).toEqual({ state: 'subscribed', method: 'api', source: 'erased', wording: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), network: null, agent: null });
});

test('a transactional topic says why it is no advertising', async () => {
  const refused = await app.api('POST', '/v1/topics', { key: 'orders', name: 'Orders', kind: 'transactional' });
  expect([refused.status, refused.body.code, refused.body.problems[0].path]).toEqual([400, 'topic.reason-missing', 'reason']);
  const made = await app.api('POST', '/v1/topics', { key: 'orders', name: 'Orders', kind: 'transactional', reason: 'receipt', reasonText: 'Order confirmations' });
  expect([made.status, made.body.reason]).toEqual([201, 'receipt']);
  expect((await app.api('POST', '/v1/topics', { key: 'sale', name: 'Sale', reason: 'receipt' })).body.code).toBe('topic.reason-of-marketing');
  expect((await app.api('PATCH', '/v1/topics/product-updates', { reason: 'receipt' })).body.code).toBe('topic.reason-of-marketing');
  expect((await app.api('GET', '/v1/topics')).body.items.find(({ key }: { key: string }) => key === 'account')).toMatchObject({ reason: 'contract' });
});

test('the page of choices asks for the night consent where the night rule is on, and proves it and the frequency', async () => {
  const own = await links();
  const page = async () => (await fetch(app.url + new URL(own.preferences()).pathname)).text();
  expect(await page()).not.toContain('$night');
  await app.api('PATCH', '/v1/workspace', { timeZone: 'Asia/Seoul', language: 'ko' });
  try {
    const asked = await page();
    expect([asked.includes('value="in_app:$night">'), asked.includes('value="email:$night"'), asked.includes('야간 광고 수신 (21:00~08:00)')]).toEqual([true, false, true]);
    await post(own.preferences(), 'action=save&shown=in_app:$night&choice=in_app:$night&frequency=weekly');
    const [often, night] = (await proof()).toSorted((a, b) => String(a.topic).localeCompare(String(b.topic)));
    expect(night).toMatchObject({ channel: 'in_app', topic: '$night', state: 'subscribed', method: 'preference_page', actor: 'person', deliveryId: own.deliveryId });
    expect(often).toMatchObject({ channel: 'email', topic: '$frequency', state: 'weekly', method: 'preference_page', actor: 'person', deliveryId: own.deliveryId });
    await post(own.preferences(), 'action=save&frequency=weekly');
    expect(await proof()).toHaveLength(2);
    clock.advance(1000);
    await post(own.preferences(), 'action=leave&shown=in_app:$night');
    expect((await proof())[0]).toMatchObject({ topic: '$night', state: 'unsubscribed' });
    expect(await app.db.query(`select e.kind from delivery_event as e where e.person_id = $1`, [personId])).toEqual([]);
    expect((await app.api('GET', '/v1/consent-proof?topic=$frequency')).body.items).toMatchObject([{ personId, state: 'weekly' }]);
  } finally {
    await app.api('PATCH', '/v1/workspace', { timeZone: 'UTC', language: 'en' });
  }
});
