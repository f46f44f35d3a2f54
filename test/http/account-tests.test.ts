import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import type { ExperimentResult } from '../../src/contract/experiment.js';
import { expectVerdictCounts } from '../support/results/tested.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = 86_400_000;
const clock = new VirtualClock(new Date('2026-03-16T09:00:00Z'));
let app: TestApp;
beforeAll(async () => { app = await startTestApp({ clock }); });
afterAll(() => app.close());

const ok = <T extends { status: number; body: unknown }>(answer: T): T => { if (answer.status >= 300) throw new Error(JSON.stringify(answer.body)); return answer; };
const draft = async (plan: object) => ok(await app.api('POST', '/v1/campaigns', { name: 'By account', definition: series({
  entry: { type: 'event', event: 'Signed Up' }, start: 'm', goals: [{ key: 'bought', name: 'Bought', event: { name: 'Bought' } }],
  steps: [inApp('m', { variants: [{ key: 'A', content: { body: 'A' } }, { key: 'B', content: { body: 'B' } }], test: plan })],
}) })).body.id as string;
const errors = async (plan: object) => (ok(await app.api('POST', `/v1/campaigns/${await draft(plan)}/check`)).body.findings as { path: string; code: string; messageKo?: string }[])
  .filter(({ code }) => code.includes('account')).map(({ path, code, messageKo }) => `${path} ${code}${/[가-힣]/.test(messageKo ?? '') ? '' : ' without Korean'}`);

const resultOf = async (campaign: string): Promise<ExperimentResult> => ok(await app.api('GET', `/v1/campaigns/${campaign}/results`)).body.experiments[0];

test('what a test by account can not be is said with its place', async () => {
  expect(await errors({ unit: 'account' })).toEqual(['steps.0.test.account campaign.account-missing']);
  expect(await errors({ account: 'company' })).toEqual(['steps.0.test.account campaign.account-unused']);
  expect(await errors({ unit: 'account', account: 'company', autoWinner: {} })).toEqual([]);
});

test('all people of an account get the arm of its value, who has none their own; a few accounts are too few to say anything', async () => {
  const people: { id: string; company?: string | number }[] = [];
  for (let index = 0; index < 24; index += 1) {
    const company = index % 6 === 5 ? undefined : index % 6 === 4 ? 7 : `company-${index % 6}`;
    const { id } = ok(await app.api('POST', '/v1/people', { externalId: `p${index}`, attributes: { email: `p${index}@example.test`, ...(company === undefined ? {} : { company }) } })).body;
    people.push({ id, ...(company === undefined ? {} : { company }) });
  }
  const campaign = await draft({ unit: 'account', account: 'company' });
  ok(await app.api('POST', `/v1/campaigns/${campaign}/publish`));
  for (const [index] of people.entries()) ok(await app.api('POST', '/v1/track', { userId: `p${index}`, event: 'Signed Up', messageId: crypto.randomUUID() }));
  await app.runner.runUntilIdle();
  const [{ salt, arms }] = await rows<{ salt: string; arms: { key: string; basisPoints: number }[] }>(app.db, 'select e.salt, e.arms from experiment as e where e.campaign_id = $1', [campaign]) as [{ salt: string; arms: { key: string; basisPoints: number }[] }];
  const given = new Map((await rows<{ id: string; variant: string }>(app.db, 'select a.person_id as id, a.variant from assignment as a where a.campaign_id = $1', [campaign])).map(({ id, variant }) => [id, variant]));
  expect(people.map(({ id }) => given.get(id))).toEqual(people.map(({ id, company }) => armOf(arms, bucketOf(salt, company === undefined ? id : String(company)))));

  clock.advance(40 * 86_400_000);
  await app.runner.runUntilIdle();
  const result = await resultOf(campaign);
  expect(result).toMatchObject({ unit: 'account', accounts: { attribute: 'company', designEffect: null, detectable: null }, verdict: { state: 'collecting', winner: null, reason: 'gates' } });
  expect(result.arms.reduce((sum, { assigned }) => sum + assigned, 0)).toBe(24);
  // Five companies, and four people without one.
  expect(result.arms.reduce((sum, { accounts }) => sum + accounts!.assigned, 0)).toBe(9);
  // Another unit is another test: results of both may not be added up.
  const { body } = ok(await app.api('GET', `/v1/campaigns/${campaign}`));
  const { test: _test, ...step } = body.definition.steps[0];
  ok(await app.api('PUT', `/v1/campaigns/${campaign}`, { name: body.name, revision: body.revision, definition: { ...body.definition, steps: [step] } }));
  ok(await app.api('POST', `/v1/campaigns/${campaign}/publish`));
  expect(await rows(app.db, 'select e.id from experiment as e where e.campaign_id = $1', [campaign])).toHaveLength(2);
});

/** Some of the accounts are large. Everybody of a large one buys, which makes people look better than accounts are. */
const sizeOf = (company: number): number => (company % 20 === 0 ? 6 : 1 + (company % 3));

test('the verdict counts accounts: sums over them from the ledger, kept rows and here are the same, and what people seem to prove accounts do not', async () => {
  const companies = Array.from({ length: 200 }, (_, index) => index);
  const people = companies.flatMap((company) => Array.from({ length: sizeOf(company) }, (_, one) => ({ userId: `c${company}-${one}`, company })));
  const send = async (messages: object[]) => { ok({ status: (await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch: messages }) })).status, body: null }); await app.runner.runUntilIdle(); };
  await send(people.map(({ userId, company }) => ({ type: 'identify', userId, traits: { company: `c-${company}`, email: `${userId}@example.test` } })));
  const campaign = await draft({ unit: 'account', account: 'company', readoutAt: new Date(clock.now().getTime() + 10 * DAY).toISOString() });
  ok(await app.api('POST', `/v1/campaigns/${campaign}/publish`));
  await send(people.map(({ userId }) => ({ type: 'track', userId, event: 'Signed Up', messageId: crypto.randomUUID() })));
  const [{ salt, arms }] = await rows<{ salt: string; arms: { key: string; basisPoints: number }[] }>(app.db, 'select e.salt, e.arms from experiment as e where e.campaign_id = $1', [campaign]) as [{ salt: string; arms: { key: string; basisPoints: number }[] }];
  const armOfCompany = companies.map((company) => armOf(arms, bucketOf(salt, `c-${company}`)));
  // In B every second account buys whole, in A every fifth: a difference of accounts.
  const buys = (company: number) => (armOfCompany[company] === 'B' ? company % 2 === 0 : company % 5 === 0);
  clock.advance(DAY);
  await send(people.filter(({ company }) => buys(company)).map(({ userId }) => ({ type: 'track', userId, event: 'Bought', messageId: crypto.randomUUID() })));
  // Somebody changes companies afterwards: the arm was drawn for the one before, and so are they counted.
  await send([{ type: 'identify', userId: 'c1-0', traits: { company: 'c-2' } }]);
  clock.advance(15 * DAY);
  await app.runner.runUntilIdle();

  const result = await resultOf(campaign);
  const sums = (['A', 'B'] as const).map((key) => companies.filter((company) => armOfCompany[company] === key).map((company) => ({ n: sizeOf(company), y: buys(company) ? sizeOf(company) : 0 }))
    .reduce<{ k: number; n: number; y: number; nn: number; ny: number; yy: number }>((sum, { n, y }) => ({ k: sum.k + 1, n: sum.n + n, y: sum.y + y, nn: sum.nn + n * n, ny: sum.ny + n * y, yy: sum.yy + y * y }), { k: 0, n: 0, y: 0, nn: 0, ny: 0, yy: 0 }));
  const variances = sums.map(({ k, n, y, nn, ny, yy }) => { const mean = y / n; return ((k / (k - 1)) * (yy - 2 * mean * ny + mean * mean * nn)) / (n * mean) ** 2; });
  const alone = sums.map(({ n, y }) => (n - y) / (n * y));
  expect(result.arms.map(({ accounts, matured, converted }) => ({ accounts: accounts?.matured, matured, converted, even: accounts?.even }))).toEqual(sums.map(({ k, n, y, nn }) => ({ accounts: k, matured: n, converted: y, even: Math.floor((n * n) / nn) })));
  expect(result.comparisons[0]!.evidence.standardError).toBeCloseTo(Math.sqrt(variances[0]! + variances[1]!), 10);
  expect(result.accounts!.designEffect).toBeCloseTo((variances[0]! + variances[1]!) / (alone[0]! + alone[1]!), 10);
  expect(result.accounts!.designEffect).toBeGreaterThan(1.5);
  expect(result.verdict).toMatchObject({ recorded: { state: result.verdict.state }, gates: [] });
  expect(result.promise.en).toContain('People of one account are counted together');
  expect(result.promise.ko).toContain('하나로 묶어');
  expect(await expectVerdictCounts(app, campaign, clock.now())).toBeGreaterThan(people.length);
  // A file of its people says who belongs together, and not to whom.
  const file = await (await fetch(`${app.url}/v1/campaigns/${campaign}/exports/people?format=ndjson`, { headers: { authorization: `Bearer ${app.key}` } })).text();
  const draws = new Map(file.trim().split('\n').map((line) => { const { external_id: id, account_draw: draw } = JSON.parse(line) as { external_id: string; account_draw: string }; return [id, draw]; }));
  expect([new Set(draws.values()).size, new Set(people.filter(({ company }) => company === 20).map(({ userId }) => draws.get(userId))).size]).toEqual([companies.length, 1]);
  // Rows from before accounts were kept: those of one bucket are taken for one.
  await rows(app.db, 'update assignment as a set unit = null where a.campaign_id = $1', [campaign]);
  const buckets = new Set(companies.map((company) => bucketOf(salt, `c-${company}`)));
  expect((await resultOf(campaign)).arms.reduce((sum, { accounts }) => sum + accounts!.matured, 0)).toBe(buckets.size);
});
