import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { EntryWorker } from '../../src/campaigns/jobs/entry.job.js';
import { MembershipWorker } from '../../src/segments/jobs/membership.worker.js';
import { ConfirmationWorker } from '../../src/delivery/rules/jobs/confirmation.worker.js';
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
  expect(await at('2028-03-12T00:05:00Z')).toBe(2);
  // Whoever could not be reached is told within ten minutes of having an address.
  expect((await app.api('PATCH', `/v1/people/${nowhere}`, { attributes: { email: 'nowhere@example.org' } })).body).toMatchObject({ email: 'nowhere@example.org' });
  expect(await at('2028-03-12T00:15:00Z')).toBe(3);
});

describe('people who turn out to be one', () => {
  const NEWS = { channel: 'email', topic: 'product-updates' };
  let count = 0;
  beforeEach(async () => {
    await app.api('PATCH', '/v1/workspace', { name: '단비 상점', timeZone: 'Asia/Seoul', language: 'ko' });
    await app.runner.runUntilIdle();
    await rows(app.db, 'truncate sandbox_mail; delete from consent');
    clock.advance(86_400_000);
  });

  /** Somebody unknown and somebody known, each of whom agreed two years ago or never; told since, when said. */
  async function two(from: { told?: Date } | null, into: { told?: Date } | null): Promise<{ into: string; merge(): Promise<void> }> {
    count += 1;
    const anonymousId = crypto.randomUUID();
    const ids = [(await app.api('POST', '/v1/people', { anonymousId, email: `v${count}@example.org` })).body.id, (await app.api('POST', '/v1/people', { externalId: `known${count}`, email: `k${count}@example.org` })).body.id] as [string, string];
    const ago = new Date(clock.now().getTime() - 2 * 366 * 86_400_000);
    for (const [index, consent] of [from, into].entries()) if (consent) await rows(app.db, `insert into consent (person_id, channel, topic, state, at, source, confirmed_at) values ($1, $2, $3, 'subscribed', $4, 'desk', $5)`, [ids[index], NEWS.channel, NEWS.topic, ago, consent.told ?? null]);
    return { into: ids[1], merge: async () => {
      await app.api('POST', '/v1/identify', { userId: `known${count}`, anonymousId });
      // News of a merge is followed in a moment, long before the hourly look at consents.
      for (const worker of [MembershipWorker, EntryWorker]) await app.nest.get<{ runOnce(): Promise<unknown> }>(worker, { strict: false }).runOnce();
      await app.runner.runUntilIdle();
    } };
  }
  const queueNotices = () => app.nest.get(ConfirmationWorker, { strict: false }).runOnce();
  const consentOf = async (id: string) => (await rows<{ confirmedAt: Date | null; waits: boolean }>(app.db, `select c.confirmed_at as "confirmedAt", c.confirmation_id is not null as waits from consent as c where c.person_id = $1`, [id]))[0];
  const notices = () => rows<{ state: string; reason: string | null }>(app.db, `select d.state, d.reason from delivery as d where d.topic = '$notices' and d.queued_at >= $1 order by d.state`, [clock.now()]);

  test.each<[string, { told?: number } | null, { told?: number } | null, number]>([
    ['told as somebody unknown', { told: 10 }, null, 0],
    ['told as somebody unknown, not as somebody known', { told: 10 }, {}, 0],
    ['told as somebody known, not as somebody unknown', {}, { told: 10 }, 0],
    ['told as both', { told: 20 }, { told: 10 }, 0],
    ['never told as either', {}, {}, 1],
  ])('%s', async (_name, from, into, mailCount) => {
    const told = (one: { told?: number } | null) => one && (one.told === undefined ? {} : { told: new Date(clock.now().getTime() - one.told * 86_400_000) });
    const one = await two(told(from), told(into));
    await one.merge();
    expect((await mails()).length).toBe(mailCount);
    const latest = Math.min(...[from, into].flatMap((each) => each?.told ?? []));
    expect(await consentOf(one.into)).toEqual({ confirmedAt: mailCount === 1 ? clock.now() : new Date(clock.now().getTime() - latest * 86_400_000), waits: false });
    clock.advance(600 * 86_400_000);
    await app.runner.runUntilIdle();
    expect((await mails()).length).toBe(mailCount);
  });

  test.each<[string, boolean, boolean, string[]]>([
    ['on its way to somebody unknown', true, false, ['sent']],
    ['on its way to both', true, true, ['cancelled', 'sent']],
  ])('a notice %s arrives once', async (_name, from, into, states) => {
    const one = await two(from ? {} : null, into ? {} : null);
    await queueNotices();
    expect(await notices()).toHaveLength(states.length);
    await one.merge();
    expect([await notices(), (await mails()).length]).toEqual([states.map((state) => ({ state, reason: state === 'sent' ? null : 'PERSON_MERGED' })), 1]);
    expect(await consentOf(one.into)).toEqual({ confirmedAt: clock.now(), waits: false });
    const proof = (await app.api('GET', `/v1/people/${one.into}/consent/proof`)).body.items.filter(({ state }: { state: string }) => state === 'confirmation_sent');
    expect(proof).toHaveLength(1);
  });

  test('a notice on its way to somebody known stays in the queue no longer, when they were told as somebody unknown', async () => {
    const one = await two({ told: new Date(clock.now().getTime() - 10 * 86_400_000) }, {});
    await queueNotices();
    await one.merge();
    expect([await notices(), (await mails()).length]).toEqual([[{ state: 'cancelled', reason: 'PERSON_MERGED' }], 0]);
  });
});
