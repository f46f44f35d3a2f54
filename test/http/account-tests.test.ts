import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { armOf, bucketOf } from '../../src/kernel/bucket.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

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

test('what a test by account can not be is said with its place', async () => {
  expect(await errors({ unit: 'account' })).toEqual(['steps.0.test.account campaign.account-missing', 'steps.0.test.unit campaign.account-no-verdict']);
  expect(await errors({ account: 'company' })).toEqual(['steps.0.test.account campaign.account-unused']);
  expect(await errors({ unit: 'account', account: 'company', autoWinner: {} })).toEqual(['steps.0.test.autoWinner campaign.account-no-winner']);
});

test('all people of an account get the arm of its value, who has none their own; the result counts and claims nothing', async () => {
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

  for (let index = 0; index < 12; index += 1) ok(await app.api('POST', '/v1/track', { userId: `p${index}`, event: 'Bought', messageId: crypto.randomUUID() }));
  await app.runner.runUntilIdle();
  clock.advance(40 * 86_400_000);
  await app.runner.runUntilIdle();
  const [result] = ok(await app.api('GET', `/v1/campaigns/${campaign}/results`)).body.experiments;
  expect(result).toMatchObject({ unit: 'account', comparisons: [], holdout: null, split: { assigned: 1, eligible: null }, verdict: { state: 'collecting', winner: null, reason: 'assigned_by_account', gates: [{ gate: 'assigned_by_account' }], recorded: null, readout: null } });
  expect(result.sentence.en).toMatch(/^No verdict: assigned by account\./);
  expect(result.sentence.ko).toContain('계정별로 배정');
  expect(result.arms.reduce((sum: number, { assigned }: { assigned: number }) => sum + assigned, 0)).toBe(24);
  expect([...result.arms.map(({ interval }: { interval: unknown }) => interval), ...[...result.guardrails, ...result.secondary, ...result.entryWeeks].flatMap(({ comparisons }: { comparisons: unknown[] }) => comparisons)].filter((claim) => claim !== null)).toEqual([]);
  // Another unit is another test: results of both may not be added up.
  const { body } = ok(await app.api('GET', `/v1/campaigns/${campaign}`));
  const { test: _test, ...step } = body.definition.steps[0];
  ok(await app.api('PUT', `/v1/campaigns/${campaign}`, { name: body.name, revision: body.revision, definition: { ...body.definition, steps: [step] } }));
  ok(await app.api('POST', `/v1/campaigns/${campaign}/publish`));
  expect(await rows(app.db, 'select e.id from experiment as e where e.campaign_id = $1', [campaign])).toHaveLength(2);
});
