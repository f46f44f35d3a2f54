import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { EntryWorker } from '../../src/campaigns/jobs/entry.job.js';
import { refusals } from '../../src/delivery/preferences/store/reachability.store.js';
import { rows } from '../../src/platform/database/db.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = 86_400_000;
const NEWS = { channel: 'email', topic: 'letter', state: 'subscribed' };
const clock = new VirtualClock(new Date('2026-03-02T09:00:00Z'));
let app: TestApp;
let person = '';
let count = 0;
beforeAll(async () => {
  app = await startTestApp({ clock });
  expect((await app.api('POST', '/v1/topics', { key: 'letter', name: 'Letter', nameKo: '단비 소식', optIn: true, doubleOptIn: true })).body).toMatchObject({ doubleOptIn: true });
});
afterAll(() => app.close());
beforeEach(async () => {
  await rows(app.db, 'truncate sandbox_mail');
  count += 1;
  person = (await app.api('POST', '/v1/people', { externalId: `u${count}`, email: `u${count}@example.org` })).body.id;
});

const put = (consents: object[] = [NEWS], more: object = {}, who = person) => app.api('PUT', `/v1/people/${who}/consent`, { consents, ...more });
const choices = async (who = person) => (await app.api('GET', `/v1/people/${who}/consent`)).body;
const refusal = async (who = person) => (await refusals(app.db, { personIds: [who], channel: 'email', topic: 'letter', now: clock.now() })).get(who) ?? null;
const proof = async (who = person): Promise<{ state: string; method: string; actor: string }[]> => (await app.api('GET', `/v1/people/${who}/consent/proof`)).body.items;
async function mails() {
  await app.runner.runUntilIdle();
  return Promise.all((await rows<{ raw: Buffer }>(app.db, 'select s.raw from sandbox_mail as s order by s.id')).map(({ raw }) => simpleParser(raw)));
}
/** Where the link of the newest mail leads, past the counting of clicks. */
async function link(): Promise<string> {
  const href = /href="([^"]+\/(?:c|y)\/[^"]+)"/.exec((await mails()).at(-1)!.html as string)![1]!;
  const to = href.includes('/y/') ? href : (await fetch(href, { redirect: 'manual' })).headers.get('location')!;
  return `${app.url}${new URL(to).pathname}`;
}
const press = (url: string) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Phone' }, body: 'action=confirm' });

test('a subscription waits until the person presses the button; opening the page, as scanners do, changes nothing', async () => {
  const said = await put([NEWS], { source: 'footer form', method: 'form', wording: 'Send me the letter', ip: '198.51.100.9' });
  expect([said.status, said.body]).toEqual([200, { items: [], pending: [{ channel: 'email', topic: 'letter', askedAt: clock.now().toISOString(), expiresAt: new Date(clock.now().getTime() + 7 * DAY).toISOString(), source: 'footer form' }] }]);
  expect(await refusal()).toBe('NO_CONSENT');
  const [mail] = await mails();
  expect([mail!.subject, mail!.text!.includes('Letter')]).toEqual(['Danbi: please confirm your subscription', true]);
  const url = await link();
  for (let times = 0; times < 5; times += 1) expect([(await fetch(url)).status, (await fetch(url, { method: 'HEAD' })).status]).toEqual([200, 200]);
  expect([await refusal(), (await proof()).map(({ state }) => state)]).toEqual(['NO_CONSENT', ['requested']]);
  const page = await fetch(`${url}?lang=ko`);
  expect([page.headers.get('cache-control'), await page.text()]).toEqual(['no-store', expect.stringMatching(/lang="ko".*수신 동의 확인.*단비 소식.*<form method="post"/s)]);
  const done = await press(url);
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Your subscription is confirmed')]);
  expect(await refusal()).toBeNull();
  expect(await choices()).toEqual({ items: [{ channel: 'email', topic: 'letter', state: 'subscribed', at: clock.now().toISOString(), source: 'footer form' }], pending: [] });
  expect(await proof()).toMatchObject([
    { state: 'subscribed', method: 'double_opt_in', actor: 'person', wording: 'Send me the letter', userAgent: 'Phone', source: 'footer form' },
    { state: 'requested', method: 'form', actor: expect.stringMatching(/^server_key:/), wording: 'Send me the letter', network: '198.51.100.0/24' },
  ]);
  expect([(await press(url)).status, (await proof()).length, (await mails()).length]).toEqual([200, 2, 1]);
});

test('after seven days the link is over, and the person can ask again', async () => {
  await put();
  const url = await link();
  clock.advance(7 * DAY);
  expect([(await fetch(url)).status, (await press(url)).status, await refusal()]).toEqual([410, 410, 'NO_CONSENT']);
  expect(await choices()).toEqual({ items: [], pending: [] });
  await put();
  expect((await mails()).length).toBe(2);
  expect((await press(await link())).status).toBe(200);
  expect(await refusal()).toBeNull();
});

test('who fills in the form ten times a day gets one mail; a later mail takes the place of the first', async () => {
  for (let times = 0; times < 10; times += 1) await put();
  expect((await mails()).length).toBe(1);
  const first = await link();
  clock.advance(DAY);
  await put();
  expect((await mails()).length).toBe(2);
  expect([(await press(first)).status, await refusal()]).toEqual([410, 'NO_CONSENT']);
  expect((await press(await link())).status).toBe(200);
});

test('a no before the yes withdraws it', async () => {
  await put();
  const url = await link();
  await put([{ ...NEWS, state: 'unsubscribed' }]);
  expect([(await press(url)).status, await refusal(), (await choices()).pending]).toEqual([410, 'TOPIC_UNSUBSCRIBED', []]);
});

test('forged and foreign tokens say the same as erased people’s', async () => {
  await put();
  const url = await link();
  expect((await fetch(`${url.slice(0, -2)}xx`)).status).toBe(404);
  expect((await fetch(url.replace('/y/', '/u/'))).status).toBe(404);
  await app.api('DELETE', `/v1/people/${person}`);
  await app.runner.runUntilIdle();
  expect([(await fetch(url)).status, (await press(url)).status, await rows(app.db, 'select from consent_request as r where r.person_id = $1', [person])]).toEqual([404, 404, []]);
});

test('other topics and imports count at once, who agreed already is not asked; without an address nothing is written', async () => {
  expect((await put([NEWS, { channel: 'email', topic: 'product-updates', state: 'subscribed' }])).body).toMatchObject({ items: [{ topic: 'product-updates' }], pending: [{ topic: 'letter' }] });
  await press(await link());
  expect((await put()).body.pending).toEqual([]);
  const old = (await app.api('POST', '/v1/people', { externalId: `old${count}`, email: `old${count}@example.org` })).body.id;
  expect((await put([NEWS], { method: 'import' }, old)).body).toMatchObject({ items: [{ topic: 'letter', state: 'subscribed' }], pending: [] });
  const nowhere = (await app.api('POST', '/v1/people', { externalId: `no${count}` })).body.id;
  const refused = await put([{ channel: 'in_app', topic: 'product-updates', state: 'subscribed' }, NEWS], {}, nowhere);
  expect([refused.status, refused.body.code, (await choices(nowhere)).items]).toEqual([400, 'consent.no-address', []]);
});

test('who turns out to be somebody else confirms for them', async () => {
  const anonymousId = crypto.randomUUID();
  const visitor = (await app.api('POST', '/v1/people', { anonymousId, email: `v${count}@example.org` })).body.id;
  await put([NEWS], {}, visitor);
  const url = await link();
  await app.api('POST', '/v1/identify', { userId: `u${count}`, anonymousId });
  for (const worker of [MembershipWorker, EntryWorker]) await app.nest.get<{ runOnce(): Promise<unknown> }>(worker, { strict: false }).runOnce();
  expect((await choices()).pending).toHaveLength(1);
  expect([(await press(url)).status, await refusal()]).toEqual([200, null]);
});

test('only marketing topics with opt-in can ask', async () => {
  for (const more of [{ optIn: false }, { optIn: true, kind: 'transactional', reason: 'receipt' }]) expect((await app.api('POST', '/v1/topics', { key: 'x', name: 'X', doubleOptIn: true, ...more })).body.code).toBe('topic.double-opt-in');
  expect((await app.api('PATCH', '/v1/topics/letter', { optIn: false })).body.code).toBe('topic.double-opt-in');
  expect((await app.api('PATCH', '/v1/topics/product-updates', { optIn: true, doubleOptIn: true })).body).toMatchObject({ optIn: true, doubleOptIn: true });
});
