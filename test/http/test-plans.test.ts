import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { broadcast, email, EVERYBODY, inApp, series } from '../support/campaign-definitions.js';
import { VirtualClock } from '../support/virtual-clock.js';

const DAY = 86_400_000;
const NOW = '2026-03-02T09:00:00.000Z';
const clock = new VirtualClock(new Date(NOW));
let app: TestApp;

/** What earlier campaigns told: 400 people, 40 of whom bought within the window and 80 after it, one of them for very much. */
beforeAll(async () => {
  app = await startTestApp({ clock });
  clock.set(new Date(Date.parse(NOW) - 27 * DAY));
  const id = await draft({ type: 'broadcast', external: true, arms: [{ key: 'a' }, { key: 'b' }], goals: [buying] });
  await app.api('POST', `/v1/campaigns/${id}/publish`, {});
  const people = Array.from({ length: 400 }, (_, n) => `p-${n}`);
  await track(people.map((userId) => ({ userId, event: 'Signed Up', at: clock.now() })));
  await app.api('POST', `/v1/campaigns/${id}/assignments`, { assignments: people.map((externalId, n) => ({ externalId, variant: n % 2 ? 'a' : 'b', at: clock.now().toISOString() })) });
  clock.advance(DAY);
  const buy = (who: string[]) => track(who.map((userId) => ({ userId, event: 'Order Completed', at: clock.now(), properties: { revenue: userId === 'p-0' ? 5_000 : 10 } })));
  await buy(people.slice(0, 40));
  clock.advance(20 * DAY);
  await buy(people.slice(200, 280));
  clock.set(new Date(NOW));
}, 60_000);
afterAll(() => app.close());

const buying = { key: 'bought', name: '구매', event: { name: 'Order Completed' }, value: { property: 'revenue', currency: 'KRW' } };
const twoArms = (asked?: object) => ({ variants: ['A', 'B'].map((key) => ({ key, content: { body: key } })), ...(asked ? { test: asked } : {}) });

async function draft(definition: object): Promise<string> {
  const { status, body } = await app.api('POST', '/v1/campaigns', { name: `t ${Math.random()}`, definition });
  expect({ status, body: status < 300 ? null : body }).toEqual({ status: 201, body: null });
  return body.id as string;
}

async function track(events: { userId: string; event: string; at: Date; properties?: object }[]): Promise<void> {
  const batch = events.map(({ userId, event, at, properties = {} }, n) => ({ type: 'track', userId, event, messageId: `${event}-${userId}-${at.getTime()}-${n}`, timestamp: at.toISOString(), properties }));
  const answer = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.key, batch }) });
  expect(await answer.json()).toEqual({ success: true });
}

const preview = async (definition: object) => (await app.api('POST', `/v1/campaigns/${await draft(definition)}/test-plan`)).body;
const problems = async (definition: object) => {
  const { status, body } = await app.api('POST', `/v1/campaigns/${await draft(definition)}/publish`, {});
  return { status, problems: (body.problems ?? []).map(({ path, code }: { path: string; code: string }) => [path, code]) };
};

test('a series is planned from what is known: rate of earlier campaigns, people who did the event lately', async () => {
  const { tests: [planned], findings } = await preview(series({ goals: [buying], steps: [inApp('a', twoArms())] }));
  expect(planned).toMatchObject({ stepId: 'a', path: 'steps.0', fixed: false });
  const { plan } = planned;
  expect(plan).toMatchObject({
    goal: { key: 'bought', currency: 'KRW', windowSeconds: 7 * 86_400 }, measure: 'rate', mode: 'planned', alphaEarly: 0.01, alphaFinal: 0.04, minEffect: 0.05, lift: 0.2, minDays: 7,
    weights: { A: 0.5, B: 0.5 }, baseline: { rate: 0.1, from: 'history' }, volume: { perDay: 400 / 27, atOnce: 0, from: 'history' }, fixedSince: null,
  });
  // Section 6 by hand: (z + z_power)² · ((1-p1)/p1 + (1-p2)/p2) / ln(1.2)², z = 2.0537, p1 = .1, p2 = .12.
  expect(plan.peoplePerArm).toBe(Math.ceil(((2.0537489106 + 0.8416212336) ** 2 * (9 + 0.88 / 0.12)) / Math.log(1.2) ** 2));
  // 15 people a day are not enough within eight weeks: the bound holds, and what can be seen then is said in both languages.
  expect(plan.readoutAt).toBe(new Date(Date.parse(NOW) + (56 + 7) * DAY).toISOString());
  expect(plan.plannedPeople).toBe(Math.floor((400 / 27) * 56));
  const [warning] = findings.filter(({ code }: { code: string }) => code === 'campaign.test-underpowered');
  expect(warning).toMatchObject({ severity: 'warning', path: 'steps.0.test', message: expect.stringMatching(/^With the people who come today only differences of \d+ % or more .* you asked for 20 %\.$/), messageKo: expect.stringContaining('이상의 차이만') });
  expect(warning.message).toContain(`of ${Number((plan.detectable * 100).toPrecision(2))} %`);
});

test('who is in the segment already comes at once, and enough of them make the shortest test', async () => {
  const segment = await app.api('POST', '/v1/segments', { name: 'everybody', definition: EVERYBODY });
  await app.runner.runUntilIdle();
  const { tests: [{ plan }] } = await preview(series({ entry: { type: 'segment', segmentId: segment.body.id }, goals: [buying], steps: [inApp('a', twoArms({ lift: 5 }))] }));
  expect(plan.volume).toEqual({ perDay: 0, atOnce: 400, from: 'history' });
  expect(plan.readoutAt).toBe(new Date(Date.parse(NOW) + 14 * DAY).toISOString());
  expect(plan.plannedPeople).toBe(400);
});

test('a broadcast has one read-out, when everybody has matured: with a local time, the last zone', async () => {
  const launchAt = '2026-03-10T00:00:00.000Z';
  const at = async (change: object) => (await preview(broadcast({ audience: EVERYBODY, goals: [buying], launchAt, message: inApp('message', twoArms()), ...change }))).tests[0].plan;
  expect(await at({})).toMatchObject({ mode: 'single', alphaEarly: 0, alphaFinal: 0.05, minDays: 0, readoutAt: '2026-03-17T00:00:00.000Z', plannedPeople: 400, volume: { atOnce: 400 } });
  expect(await at({ localTime: '09:00' })).toMatchObject({ readoutAt: '2026-03-18T01:00:00.000Z' });
});

test('amounts are limited to the 99th percentile of buyers, or as the author says', async () => {
  const plan = async (asked: object) => (await preview(series({ goals: [buying], steps: [inApp('a', twoArms({ measure: 'amount', ...asked }))] }))).tests[0].plan;
  // 120 buyers: 119 of 10, one of 5,000; percentile_cont(.99) lies between the last two of 10.
  expect((await plan({})).cap).toBe(10);
  expect(await plan({ cap: 70 })).toMatchObject({ cap: 70, baseline: { mean: 1, from: 'history' } });
});

test('nothing known: 5,000 a pair, and it is said', async () => {
  const { tests: [{ plan }], findings } = await preview(series({ entry: { type: 'event', event: 'Never Seen' }, goals: [{ key: 'g', name: 'g', event: { name: 'Unheard Of' } }], steps: [email('a', null, { control: { weight: 1 } })] }));
  expect(plan).toMatchObject({ plannedPeople: null, baseline: { rate: null, from: 'unknown' }, volume: { perDay: null, atOnce: 0, from: 'unknown' }, weights: { A: 0.5, control: 0.5 } });
  expect(findings.map(({ code }: { code: string }) => code)).toContain('campaign.test-unplanned');
});

test.each([
  { name: 'a goal that does not exist', definition: series({ steps: [inApp('a', twoArms({ goal: 'nope' }))] }), path: 'steps.0.test.goal', code: 'unknown-goal' },
  { name: 'an amount without a value', definition: series({ steps: [inApp('a', twoArms({ measure: 'amount' }))] }), path: 'steps.0.test.measure', code: 'no-amount' },
  { name: 'a cap on a rate', definition: series({ steps: [inApp('a', twoArms({ cap: 10 }))] }), path: 'steps.0.test.cap', code: 'cap-without-amount' },
  { name: 'a decrease by all of it', definition: series({ steps: [inApp('a', twoArms({ direction: 'lower', lift: 1 }))] }), path: 'steps.0.test.lift', code: 'lift-below-nothing' },
  { name: 'one arm', definition: series({ steps: [inApp('a', { test: {} })] }), path: 'steps.0.test', code: 'test-without-arms' },
  { name: 'no goal', definition: series({ goals: [], steps: [inApp('a', twoArms({}))] }), path: 'steps.0.test', code: 'test-without-goal' },
  { name: 'a read-out in the past', definition: series({ steps: [inApp('a', twoArms({ readoutAt: '2026-03-01T00:00:00Z' }))] }), path: 'steps.0.test.readoutAt', code: 'readout-past' },
  { name: 'a read-out before anybody matures', definition: series({ steps: [inApp('a', twoArms({ readoutAt: '2026-03-05T00:00:00Z' }))] }), path: 'steps.0.test.readoutAt', code: 'readout-early' },
  { name: 'a read-out of an open test', definition: series({ steps: [inApp('a', twoArms({ mode: 'open', readoutAt: '2026-06-05T00:00:00Z' }))] }), path: 'steps.0.test.readoutAt', code: 'open-readout' },
  { name: 'a series read out once', definition: series({ steps: [inApp('a', twoArms({ mode: 'single' }))] }), path: 'steps.0.test.mode', code: 'series-mode' },
  { name: 'test-then-send in a series', definition: series({ steps: [inApp('a', twoArms({ send: { share: 0.2, wait: { hours: 4 } } }))] }), path: 'steps.0.test.send', code: 'send-not-broadcast' },
  { name: 'early looks at a broadcast', definition: broadcast({ audience: EVERYBODY, message: inApp('message', twoArms({ mode: 'open' })) }), path: 'message.test.mode', code: 'broadcast-mode' },
  { name: 'an automatic winner of a broadcast', definition: broadcast({ audience: EVERYBODY, message: inApp('message', twoArms({ autoWinner: {} })) }), path: 'message.test.autoWinner', code: 'no-new-people' },
  { name: 'the test of a broadcast beside its message', definition: broadcast({ audience: EVERYBODY, test: {}, message: inApp('message', twoArms()) }), path: 'test', code: 'test-place' },
  { name: 'a planned external experiment without a date', definition: { type: 'broadcast', external: true, arms: [{ key: 'a' }, { key: 'b' }], goals: [buying], test: { mode: 'planned' } }, path: 'test.readoutAt', code: 'no-readout' },
])('publishing refuses $name', async ({ definition, path, code }) => {
  expect(await problems(definition)).toEqual({ status: 400, problems: [[path, `campaign.${code}`]] });
});

test('a test is fixed from the first assignment on, and may be changed before', async () => {
  const goals = [buying, { key: 'seen', name: 'seen', event: { name: 'Seen' } }];
  const definition = (asked: object, change: object = {}) => ({ type: 'broadcast', external: true, arms: [{ key: 'a' }, { key: 'b' }], goals, test: asked, ...change });
  const id = await draft(definition({ mode: 'planned', readoutAt: '2026-05-01T00:00:00Z' }));
  const publish = async (next: object) => {
    const { revision } = (await app.api('GET', `/v1/campaigns/${id}`)).body;
    await app.api('PUT', `/v1/campaigns/${id}`, { revision, name: id, definition: next });
    const { status, body } = await app.api('POST', `/v1/campaigns/${id}/publish`, {});
    return { status, problems: (body.problems ?? []).map(({ path, code }: { path: string; code: string }) => [path, code]) };
  };
  const stored = () => rows<{ goal: string; readout: Date; experiment: string }>(app.db, `select p.goal ->> 'key' as goal, p.readout_at as readout, p.experiment_id as experiment from experiment_plan as p where p.campaign_id = $1 order by p.created_at, p.experiment_id`, [id]);
  expect((await app.api('POST', `/v1/campaigns/${id}/publish`, {})).status).toBe(200);
  const [first] = await stored();
  clock.advance(60_000);
  expect(await publish(definition({ mode: 'planned', goal: 'seen', readoutAt: '2026-05-02T00:00:00Z' }))).toEqual({ status: 200, problems: [] });
  expect(await stored()).toEqual([{ goal: 'seen', readout: new Date('2026-05-02T00:00:00Z'), experiment: first!.experiment }]);
  await app.api('POST', `/v1/campaigns/${id}/assignments`, { assignments: [{ externalId: 'p-1', variant: 'a' }] });
  const refused = (paths: string[]) => ({ status: 400, problems: paths.map((path) => [path, 'campaign.test-begun']) });
  const kept = { mode: 'planned', goal: 'seen', readoutAt: '2026-05-02T00:00:00Z' };
  expect(await publish(definition({ ...kept, readoutAt: '2026-06-02T00:00:00Z', minEffect: 0.1, direction: 'lower' }))).toEqual(refused(['test.direction', 'test.minEffect', 'test.readoutAt']));
  expect(await publish(definition({ ...kept, goal: 'bought', measure: 'amount', cap: 3 }))).toEqual(refused(['test.goal', 'test.measure', 'test.cap']));
  expect(await publish(definition(kept, { goals: [buying, { ...goals[1], window: { days: 8 } }] }))).toEqual(refused(['goals.1']));
  expect(await publish(definition(kept, { goals: [], test: undefined }))).toEqual(refused(['goals']));
  // What carries no guarantee may change, and another round is another test.
  expect(await publish(definition({ ...kept, lift: 0.1 }, { goals: [{ ...buying, name: 'Sales' }, { ...goals[1], name: 'Watched' }] }))).toEqual({ status: 200, problems: [] });
  expect((await stored()).map(({ experiment }) => experiment)).toEqual([first!.experiment]);
  expect(await publish(definition({ mode: 'open', goal: 'bought', round: 2 }))).toEqual({ status: 200, problems: [] });
  expect((await stored()).map(({ goal }) => goal)).toEqual(['seen', 'bought']);
  await expect(app.db.query('update experiment_plan set min_effect = 0.5 where experiment_id = $1', [first!.experiment])).rejects.toThrow('fixed from the first assignment on');
});
