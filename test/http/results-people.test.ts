import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { series } from '../support/campaign-definitions.js';
import { ReportWorld, twoArms } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
let app: TestApp;
let world: ReportWorld;

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
  await world.publish(series({ steps: [twoArms('a', null)] }), '환영 시리즈');
  const at = '2026-03-02T10:00:00Z';
  const people = (await world.people(12)) as [string, string, string, string, string, string, ...string[]];
  const [p1, p2, p3, p4, p5, p6, ...others] = people;
  const m1 = await world.message({ person: p1, state: 'delivered', language: 'ko', at });
  await world.react(m1, p1, 'open', '2026-03-02T12:00:00Z', 'human');
  await world.react(m1, p1, 'click', '2026-03-02T12:00:01Z', 'human');
  await world.react(m1, p1, 'unsubscribe', '2026-03-02T12:00:02Z');
  await world.event(p1, 'Project Created', '2026-03-03T00:00:00Z');
  const m2 = await world.message({ person: p2, state: 'sent', language: 'en', at });
  await world.react(m2, p2, 'open', '2026-03-02T11:00:00Z', 'machine');
  await world.message({ person: p3, state: 'bounced', reason: 'SUPPRESSED_BOUNCE', language: 'en', at });
  await world.message({ person: p4, state: 'failed', reason: 'RENDER_MISSING_VAR', at });
  // Twice in the campaign: one person, two messages.
  await world.message({ person: p5, variant: 'B', state: 'sent', language: 'en', at });
  await world.message({ person: p5, variant: 'B', state: 'sent', language: 'ko', at: '2026-03-05T10:00:00Z' });
  await world.event(p5, 'Project Created', '2026-03-04T10:00:00Z');
  await world.message({ person: p6, variant: 'B', state: 'queued', at, settledAt: null, attempts: 0 });
  for (const person of others.slice(0, 3)) await world.message({ person, variant: 'control', isControl: true, state: 'ghost', at: '2026-03-16T10:00:00Z' });
  const chosen = await world.message({ person: others[3]!, variant: 'B', source: 'choice', state: 'delivered', at });
  await world.react(chosen, others[3]!, 'click', '2026-03-02T13:00:00Z', 'human');
  await world.event(others[3]!, 'Project Created', '2026-03-03T10:00:00Z');
  await rows(app.db, `insert into experiment_choice (id, experiment_id, campaign_id, variant, keep, claim, chosen_by, since) values ($1, $2, $3, 'B', 0, 'none', 'owner', $4)`, [newId(), world.campaign.experiments.a!.experimentId, world.campaign.id, at]);
  await world.refuse({ person: others[4]!, code: 'NO_CONSENT', at });
  await world.refuse({ person: others[5]!, code: 'REENTRY_BLOCKED', at });
  await app.api('PATCH', `/v1/people/${p1}`, { attributes: { name: '박지우' } });
  clock.set(new Date('2026-03-20T00:00:00Z'));
});
afterAll(() => app.close());

interface Listed { personId: string; name: string | null; times: number }

/** Every page of a list, one person each: the cursor is part of what is shown. */
async function listed(number: string, of: Record<string, string | number> = {}): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let after: string | null = null; ;) {
    const query = new URLSearchParams({ number, limit: '1', ...Object.fromEntries(Object.entries(of).map(([key, value]) => [key, String(value)])), ...(after ? { after } : {}) });
    const { status, body } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results/people?${query.toString()}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { pending: 0 } });
    found.push(...(body.items as Listed[]));
    after = body.next as string | null;
    if (after === null) return found;
  }
}
const sum = async (...asked: Parameters<typeof listed>) => (await listed(...asked)).reduce((total, { times }) => total + times, 0);

/** Each number that the results page shows, beside what its list adds up to. */
async function compare(query: Record<string, string> = {}): Promise<void> {
  const { body } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results?${new URLSearchParams(query).toString()}`);
  const { entered, refusals, runs } = body.entry;
  expect(await sum('entered', query)).toBe(entered);
  for (const state of ['active', 'completed', 'exited', 'cancelled']) expect([state, await sum(state, query)]).toEqual([state, runs[state]]);
  for (const { code, count } of refusals) expect([code, await sum('refused_entry', { ...query, code })]).toEqual([code, count]);
  const [step] = body.steps;
  const at = { ...query, step: step.stepId, version: step.version };
  for (const { code, count } of step.refusals) expect([code, await sum('refused', { ...at, code })]).toEqual([code, count]);
  for (const [number, name] of [['arrived', 'eligible'], ['in_progress', 'inProgress'], ['control', 'control'], ['refused', 'refused'], ['uncertain', 'uncertain']] as const) expect([number, await sum(number, at)]).toEqual([number, step.reconciliation[name]]);
  for (const variant of step.variants) {
    const arm = { ...at, variant: variant.key };
    for (const number of ['assigned', 'chosen', 'reached', 'sent', 'delivered', 'bounced', 'unsubscribed', 'complained', 'dismissed', 'replied']) expect([variant.key, number, await sum(number, arm)]).toEqual([variant.key, number, variant[number]]);
    for (const evidence of ['human', 'machine', 'unknown']) {
      expect([variant.key, evidence, await sum('opened', { ...arm, evidence })]).toEqual([variant.key, evidence, variant.opened[evidence]]);
      expect([variant.key, evidence, await sum('clicked', { ...arm, evidence })]).toEqual([variant.key, evidence, variant.clicked[evidence]]);
    }
    const [goal] = variant.goals;
    expect([variant.key, await sum('converted', arm), await sum('matured', arm), await sum('matured_converted', arm)]).toEqual([variant.key, goal.converted, goal.matured.assigned, goal.matured.converted]);
  }
}

describe('the people behind a number', () => {
  test('are as many as the number says, before it was worked off and after', async () => {
    await compare();
    await app.runner.runUntilIdle();
    await compare();
    expect(await listed('clicked', { variant: 'A' })).toEqual([expect.objectContaining({ name: '박지우', times: 1 })]);
    expect((await listed('sent', { variant: 'B' })).map(({ times }) => times).toSorted()).toEqual([1, 2]);
  });

  test('of some days of entry and of one language only', async () => {
    await compare({ entryFrom: '2026-03-10' });
    await compare({ entryTo: '2026-03-09', language: 'ko' });
    expect(await sum('control', { entryFrom: '2026-03-10' })).toBe(3);
  });

  test('of a test are those who count in it', async () => {
    const { body } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results`);
    const [{ experimentId, arms }] = body.experiments;
    for (const { key, assigned, matured, converted, maturing } of arms) {
      const of = { experiment: experimentId as string, variant: key as string };
      expect([key, await sum('test_assigned', of), await sum('test_matured', of), await sum('test_converted', of), await sum('test_maturing', of)]).toEqual([key, assigned, matured, converted, maturing.people]);
    }
    expect(arms.find(({ key }: { key: string }) => key === 'control').maturing.people).toBe(3);
  });

  test('are refused clearly where the question makes no sense', async () => {
    const ask = (query: string) => app.api('GET', `/v1/campaigns/${world.campaign.id}/results/people?${query}`);
    expect(await ask('number=everything')).toMatchObject({ status: 400 });
    expect(await ask('number=sent&after=x')).toMatchObject({ status: 400, body: { code: 'request.bad-cursor' } });
    expect(await ask('number=test_matured')).toMatchObject({ status: 400, body: { problems: [{ path: 'experiment' }] } });
    expect(await ask(`number=test_matured&experiment=${newId()}`)).toMatchObject({ status: 404 });
    expect(await app.api('GET', `/v1/campaigns/${newId()}/results/people?number=sent`)).toMatchObject({ status: 404 });
  });
});

describe('arms given because they were chosen', () => {
  test('are apart in the funnel, and named in the time series', async () => {
    const { body: funnel } = await world.report('funnel');
    expect(funnel.items.map((item: Record<string, unknown>) => [item.variant, item.chosen, item.eligible, item.clicked, item.converted])).toEqual([['A', false, 4, 1, 1], ['B', false, 2, 0, 1], ['B', true, 1, 1, 1], ['control', false, 3, 0, 0]]);
    const { body: days } = await world.report('time-series', '?from=2026-03-02T00:00:00Z&to=2026-03-05T00:00:00Z&zone=UTC');
    expect(days.items.map((item: Record<string, number>) => [item.sent, item.sentChosen, item.converted, item.convertedChosen])).toEqual([[5, 1, 0, 0], [0, 0, 2, 1], [0, 0, 1, 0]]);
  });
});

describe('the lists of tests and goals', () => {
  test('say of each test what its last look said', async () => {
    const { body } = await app.api('GET', '/v1/experiments');
    const { body: result } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results`);
    expect(body.items).toEqual([expect.objectContaining({ experimentId: result.experiments[0].experimentId, campaign: '환영 시리즈', state: 'collecting', people: 9, choice: 'B', sentence: result.experiments[0].sentence, readoutAt: result.experiments[0].plan.readoutAt, goal: { key: 'active', name: expect.any(String) } })]);
    expect((await app.api('GET', '/v1/experiments?state=winner')).body.items).toEqual([]);
    expect((await app.api('GET', '/v1/experiments?of=ended')).body.items).toEqual([]);
    expect((await app.api('GET', '/v1/experiments?q=환영&of=all')).body.items).toHaveLength(1);
    expect((await app.api('GET', '/v1/experiments?q=없음')).body.items).toEqual([]);
  });

  test('say of each goal who was assigned and who reached it, message by message, page by page', async () => {
    const other = await world.publish(series({ steps: [twoArms('a', null)] }), '두 번째');
    const { body: first } = await app.api('GET', '/v1/goals?limit=1');
    expect(first.items).toEqual([expect.objectContaining({ campaignId: other.id, messages: [{ stepId: 'a', channel: 'email', people: 0, converted: 0, value: null }] })]);
    const { body: second } = await app.api('GET', `/v1/goals?limit=1&after=${first.next}`);
    expect(second).toMatchObject({ items: [{ campaign: '환영 시리즈', version: 1, messages: [{ stepId: 'a', people: 9, converted: 2 }] }], next: null });
    expect((await app.api('GET', '/v1/goals?of=ended')).body.items).toEqual([]);
  });
});
