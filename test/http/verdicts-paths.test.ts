import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { thinEvaluations } from '../../src/analytics/verdicts/store/experiments.store.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { broadcast, email, inApp, series } from '../support/campaign-definitions.js';
import { expectVerdictCounts } from '../support/results/tested.js';
import { DAY, HOUR, ORDER, twoArms, VerdictWorld } from '../support/verdict-world.js';

let world: VerdictWorld;
beforeAll(async () => { world = await VerdictWorld.start('2026-03-02T00:00:00Z'); }, 60_000);
afterAll(() => world.app.close());

const counted = (arms: { key: string; matured: number; converted: number }[]) => arms.map(({ key, matured, converted }) => [key, matured, converted]);

test('a condition decides: who came to meet it in the window counts, who met it before does not', async () => {
  const pro = { key: 'pro', name: 'Customer', window: { days: 2 }, condition: { type: 'attribute', key: 'plan', op: 'is', value: 'pro' } };
  const campaignId = await world.publish(series({ entry: { type: 'event', event: 'Tried' }, goals: [pro], steps: [inApp('a', twoArms({ mode: 'open' }))] }));
  const { A, B } = await world.drawn(campaignId, 'a', 'c', { A: 30, B: 30 });
  const become = (people: readonly string[], plan: string) => world.do(people, '', { traits: () => ({ plan }) });
  await become(A.slice(0, 5), 'pro');
  await world.pass(HOUR);
  await world.do([...A, ...B], 'Tried');
  await world.pass(HOUR);
  await become([...A.slice(5, 9), ...B.slice(0, 12)], 'pro');
  await world.pass(2 * DAY);
  await become(B.slice(12, 20), 'pro');
  await world.pass(HOUR);
  const { plan, arms, sentence } = await world.result(campaignId);
  expect(plan.goal).toMatchObject({ key: 'pro', windowSeconds: 2 * 86_400 });
  expect(counted(arms)).toEqual([['A', 30, 4], ['B', 30, 12]]);
  expect(sentence.en).toMatch(/^Still collecting\./);
  await expectVerdictCounts(world.app, campaignId, world.clock.now());
});

test('a split that only gates make uneven blocks the verdict, and says that it is the people who could get it', async () => {
  const campaignId = await world.publish(series({ entry: { type: 'event', event: 'Asked' }, goals: [ORDER], steps: [email('a', null, { ...twoArms({ mode: 'open' }), variants: ['A', 'B'].map((key) => ({ key, content: { subject: key, body: '<mj-section><mj-column><mj-text>a</mj-text></mj-column></mj-section>' } })) })] }));
  const { A, B } = await world.drawn(campaignId, 'a', 'g', { A: 300, B: 300 });
  const reachable = [...A, ...B.slice(0, 150)];
  await world.do(reachable, '', { traits: (id) => ({ email: `${id}@example.test` }) });
  await world.do([...A, ...B], 'Asked');
  await world.pass(DAY + HOUR);
  const { arms, split, verdict, sentence, comparisons } = await world.result(campaignId);
  expect(arms.map(({ key, assigned, eligible }) => [key, assigned, eligible])).toEqual([['A', 300, 300], ['B', 300, 150]]);
  expect(split.assigned).toBeGreaterThan(0.5);
  expect(split.eligible).toBeLessThan(0.01);
  expect(verdict).toMatchObject({ state: 'traffic_problem', winner: null, reason: 'split_of_eligible' });
  expect(sentence.en).toContain('Do not use these results.');
  expect(comparisons[0]!.lift).toBeNull();
});

test('a planned test of a series is read out at its date, by who has matured until then', async () => {
  const began = world.clock.now().getTime();
  const campaignId = await world.publish(series({ entry: { type: 'event', event: 'Began' }, goals: [ORDER], steps: [inApp('a', twoArms({ readoutAt: new Date(began + 9 * DAY).toISOString() }))] }));
  for (let turn = 0; turn < 4; turn += 1) {
    const { A, B } = await world.drawn(campaignId, 'a', `p${turn}`, { A: 40, B: 40 });
    await world.do([...A, ...B], 'Began');
    await world.do([...A.slice(0, 10), ...B.slice(0, 12)], 'Order Completed');
    await world.pass(turn < 3 ? 3 * DAY - HOUR : began + 9 * DAY - world.clock.now().getTime());
    if (turn < 3) expect((await world.result(campaignId)).verdict).toMatchObject({ state: 'collecting', recorded: null });
  }
  // Those who came three hours before the read-out had not matured; two days later they have, and nothing else changes.
  await world.pass(2 * DAY);
  const read = await world.result(campaignId);
  expect(read.verdict).toMatchObject({ state: 'no_clear_winner', winner: null, recorded: { kind: 'readout', arms: [{ key: 'A', matured: 120, converted: 30 }, { key: 'B', matured: 120, converted: 36 }] } });
  expect(counted(read.arms)).toEqual([['A', 160, 40], ['B', 160, 48]]);
  expect(Date.parse(read.verdict.recorded!.at)).toBe(began + 9 * DAY);
  expect((await world.looks(read.experimentId)).filter(({ phase }) => phase === 'readout')).toHaveLength(1);
});

test('a broadcast at local times is read out when the window of its last zone is over', async () => {
  // Ten o'clock in Seoul is one in UTC, in New York it is fourteen.
  const until = (hour: number) => world.pass((new Date(world.clock.now()).setUTCHours(24 + hour, 0, 0, 0) - world.clock.now().getTime()) % DAY || DAY);
  await until(0);
  const campaignId = await world.publish(broadcast({
    audience: { type: 'attribute', key: 'cohort', op: 'is', value: 'local' }, localTime: '10:00', goals: [ORDER], message: inApp('message', twoArms()),
  }), async (id) => {
    const east = Object.values(await world.drawn(id, 'message', 'east', { A: 60, B: 60 })).flat();
    const west = Object.values(await world.drawn(id, 'message', 'west', { A: 60, B: 60 })).flat();
    await world.do([...east, ...west], '', { traits: (person) => ({ cohort: 'local', timezone: person.startsWith('east') ? 'Asia/Seoul' : 'America/New_York' }) });
  });
  const state = async () => {
    const { arms, verdict } = await world.result(campaignId);
    return [arms.map(({ assigned }) => assigned), arms.map(({ matured }) => matured), verdict.state, verdict.recorded?.kind ?? null];
  };
  await until(1);
  expect(await state()).toEqual([[60, 60], [0, 0], 'collecting', null]);
  await until(14);
  const last = world.clock.now();
  expect(await state()).toEqual([[120, 120], [0, 0], 'collecting', null]);
  await until(1);
  // The windows of the first zone are over; it is not read out without the other.
  expect(await state()).toEqual([[120, 120], [60, 60], 'collecting', null]);
  const { plan } = await world.result(campaignId);
  expect(Date.parse(plan.readoutAt!)).toBeGreaterThanOrEqual(last.getTime() + DAY);
  await world.pass(Date.parse(plan.readoutAt!) - world.clock.now().getTime() - 1_000);
  expect(await state()).toEqual([[120, 120], [120, 120], 'collecting', null]);
  await world.pass(1_000);
  expect(await state()).toEqual([[120, 120], [120, 120], 'not_enough_data', 'readout']);
  expect((await world.result(campaignId)).verdict.recorded!.at).toBe(plan.readoutAt);
});

test('of looks older than 90 days the last of each day is kept, and each that said something else', async () => {
  const experimentId = newId();
  const now = new Date('2026-09-01T00:00:00Z');
  const add = async (at: string, state: string) => {
    await rows(world.app.db, 'insert into verdict_evaluation (id, experiment_id, campaign_id, at, inputs, result) values ($1, $2, $2, $3, $4, $5)', [newId(), experimentId, at, '{}', JSON.stringify({ state })]);
  };
  const old = '2026-05-20';
  for (const [at, state] of [[`${old}T01:00:00Z`, 'collecting'], [`${old}T02:00:00Z`, 'collecting'], [`${old}T03:00:00Z`, 'winner'], [`${old}T04:00:00Z`, 'winner'], [`${old}T05:00:00Z`, 'winner'], ['2026-05-21T01:00:00Z', 'winner'], ['2026-08-31T01:00:00Z', 'winner'], ['2026-08-31T02:00:00Z', 'winner']] as const) await add(at, state);
  await thinEvaluations(world.app.db, experimentId, now);
  const kept = async () => (await rows<{ at: Date }>(world.app.db, 'select v.at from verdict_evaluation as v where v.experiment_id = $1 order by v.id', [experimentId])).map(({ at }) => at.toISOString().slice(0, 13));
  const left = ['2026-05-20T01', '2026-05-20T03', '2026-05-20T05', '2026-05-21T01', '2026-08-31T01', '2026-08-31T02'];
  expect(await kept()).toEqual(left);
  await thinEvaluations(world.app.db, experimentId, now);
  expect(await kept()).toEqual(left);
});
