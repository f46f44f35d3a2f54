import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2024-05-10T03:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const mails = async () => Promise.all((await rows<{ raw: Buffer }>(app.db, 'select s.raw from sandbox_mail as s order by s.id')).map(({ raw }) => simpleParser(raw)));
const at = async (moment: string) => { clock.set(new Date(moment)); await app.runner.runUntilIdle(); return (await mails()).length; };
const listed = async () => (await app.api('GET', '/v1/consent-confirmations')).body;

test('people are told what they agreed to every two years, once, thirty days ahead, with proof; off means nothing', async () => {
  await app.api('PATCH', '/v1/workspace', { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko' });
  const person = async (name: string, email?: string) => (await app.api('POST', '/v1/people', { externalId: name, ...(email ? { email } : {}) })).body.id as string;
  const [yes, no, nowhere] = [await person('yes', 'yes@example.org'), await person('no', 'no@example.org'), await person('nowhere')];
  for (const [id, state] of [[yes, 'subscribed'], [no, 'unsubscribed'], [nowhere, 'subscribed']]) await app.api('PUT', `/v1/people/${id}/consent`, { consents: [{ channel: 'email', topic: 'product-updates', state }] });
  await app.api('PUT', `/v1/people/${yes}/consent`, { consents: [{ channel: 'in_app', topic: '$night', state: 'subscribed' }] });

  expect(await at('2026-04-10T02:59:59Z')).toBe(0);
  expect((await listed()).counts).toEqual({ due: 0, overdue: 0, unreachable: 0, queued: 0, failed: 0 });
  await app.api('PATCH', '/v1/sending-rules', { rules: { consent_confirmation: { on: false } } });
  expect(await at('2026-04-10T03:00:00Z')).toBe(0);
  expect(await listed()).toMatchObject({ on: false, counts: { due: 2, overdue: 0, unreachable: 1 }, items: [{ since: '2024-05-10T03:00:00.000Z' }, {}] });
  await app.api('PATCH', '/v1/sending-rules', { rules: { consent_confirmation: null } });
  expect(await at('2026-04-10T03:00:01Z')).toBe(1);
  const [mail] = await mails();
  expect(mail!.subject).toBe('단비 상점 광고성 정보 수신동의 확인 안내');
  for (const said of ['2024-05-10 동의', '야간 광고(in_app)', '무료로 철회']) expect(mail!.text).toContain(said);
  expect(mail!.text).toMatch(/\/p\/[\w.-]{20,}/);
  const proof = (await app.api('GET', `/v1/people/${yes}/consent/proof`)).body.items.filter(({ state }: { state: string }) => state === 'confirmation_sent');
  expect(proof.map(({ topic, method, at: sent }: Record<string, string>) => [topic, method, sent]).sort()).toEqual([['$night', 'confirmation', '2026-04-10T03:00:01.000Z'], ['product-updates', 'confirmation', '2026-04-10T03:00:01.000Z']]);
  expect(await at('2026-05-11T00:00:00Z')).toBe(1);
  expect(await listed()).toMatchObject({ counts: { due: 1, overdue: 1, unreachable: 1, queued: 0, failed: 0 }, items: [{ personId: nowhere }] });
  expect(await at('2028-03-10T00:00:00Z')).toBe(1);
  expect(await at('2028-03-12T00:00:00Z')).toBe(2);
  expect((await app.api('GET', `/v1/people/${yes}/consent`)).body.items).toMatchObject([{ at: '2024-05-10T03:00:00.000Z' }, {}]);
});
