import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rows } from '../../src/platform/database/db.js';
import { inApp, series } from '../support/campaign-definitions.js';
import { DAY, HOUR, ids, ORDER, twoArms, VerdictWorld } from '../support/verdict-world.js';

let world: VerdictWorld;
beforeAll(async () => { world = await VerdictWorld.start('2026-03-02T00:00:00Z'); }, 60_000);
afterAll(() => world.app.close());

/** Every `of`-th person of an arm, the same ones each time. */
const every = (people: readonly string[], of: number): string[] => people.filter((_, n) => n % of === 0);

describe('a planned test of a series', () => {
  let campaignId: string;
  const enter = async (day: number, shareB: number) => {
    const { A, B } = await world.drawn(campaignId, 'a', `d${day}`, { A: 30, B: 30 });
    await world.do([...A, ...B], 'Signed Up');
    await world.do([...every(A, 5), ...every(B, shareB)], 'Order Completed');
    await world.pass(DAY);
  };

  test('collects, and names an early winner only after seven full days of entries', async () => {
    campaignId = await world.publish(series({ goals: [ORDER], steps: [inApp('a', twoArms({ readoutAt: '2026-04-02T00:00:00Z' }))] }));
    for (let day = 0; day < 5; day += 1) await enter(day, 2);
    const early = await world.result(campaignId);
    // B converts 2.5 times as often and the interval says so; five days are too few all the same.
    expect(early.comparisons[0]!.lift!.lo).toBeGreaterThan(0);
    expect({ ...early.verdict, gates: early.verdict.gates.length }).toMatchObject({ state: 'collecting', winner: null, reason: 'too_few_days', recorded: null });
    expect(early.sentence.en).toMatch(/^Still collecting\. B is .* better than A so far\. A winner is named after 7 full days of entries\. Read-out on 2 April/);
    expect(early.sentence.ko).toMatch(/^아직 모으는 중이에요\./);
    for (let day = 5; day < 9; day += 1) await enter(day, 2);
    const won = await world.result(campaignId);
    expect(won.verdict).toMatchObject({ state: 'winner', winner: 'B', recorded: { kind: 'early', winner: 'B' } });
    const looks = await world.looks(won.experimentId);
    const first = looks.findIndex(({ state }) => state === 'winner');
    expect(looks.slice(0, first).every(({ state }) => state === 'collecting')).toBe(true);
    expect(Date.parse(looks[first]!.at)).toBeGreaterThanOrEqual(Date.parse(won.plan.fixedSince!) + 8 * DAY);
    expect(won.sentence.en).toMatch(/^B wins\. It converts \d+% to \d+% better than A\. You could look at any time and this would still hold\.$/);
    expect(won.sentence.ko).toMatch(/^B가 이겼어요\. 전환율이 A보다 \d+%에서 \d+% 더 높아요\. 언제 확인해도 이 결론은 그대로예요\.$/);
    expect(won.promise.en).toContain('fewer than 1 in 20 tests');
  });

  test('stays what it was when the live numbers turn', async () => {
    const before = await world.result(campaignId);
    for (let day = 9; day < 14; day += 1) await enter(day, 60);
    const after = await world.result(campaignId);
    expect(after.arms.map(({ matured }) => matured)).not.toEqual(before.arms.map(({ matured }) => matured));
    expect(after.comparisons[0]!.lift).not.toEqual(before.comparisons[0]!.lift);
    expect({ verdict: after.verdict.recorded, sentence: after.sentence }).toEqual({ verdict: before.verdict.recorded, sentence: before.sentence });
  });

  test('counts what a recount of the raw rows counts, by arm and week of entry', async () => {
    await world.do(Object.values(await world.drawn(campaignId, 'a', 'young', { A: 10, B: 10 })).flat(), 'Signed Up');
    const { arms, entryWeeks } = await world.result(campaignId);
    const recounted = await rows<{ variant: string; at: Date; ordered: Date[] }>(world.app.db, `
      select a.variant, a.assigned_at as at, array(select e.occurred_at from event as e where e.person_id = a.person_id and e.name = 'Order Completed') as ordered from assignment as a where a.campaign_id = $1`, [campaignId]);
    const now = world.clock.now().getTime();
    const count = (people: typeof recounted) => {
      const matured = people.filter(({ at }) => at.getTime() + DAY <= now);
      return { matured: matured.length, converted: matured.filter(({ at, ordered }) => ordered.some((order) => order >= at && order.getTime() < at.getTime() + DAY)).length };
    };
    for (const { key, assigned, eligible, matured, converted, mean, maturing } of arms) {
      const own = recounted.filter(({ variant }) => variant === key);
      expect({ assigned, eligible, matured, converted }).toEqual({ assigned: own.length, eligible: own.length, ...count(own) });
      expect(mean).toBeCloseTo(converted / matured, 12);
      expect(maturing.people).toBe(own.length - matured);
    }
    expect(arms.map(({ matured }) => matured)).toEqual([14 * 30, 14 * 30]);
    const mondays = (at: Date) => new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * DAY).toISOString().slice(0, 10);
    expect(entryWeeks.map(({ week, arms: counted }) => ({ week, arms: counted.map(({ key, matured, converted }) => ({ key, matured, converted })) })))
      .toEqual([...new Set(recounted.map(({ at }) => mondays(at)))].sort().map((week) => ({ week, arms: ['A', 'B'].map((key) => ({ key, ...count(recounted.filter(({ at, variant }) => variant === key && mondays(at) === week)) })) })));
  });
});

describe('a read-out', () => {
  let campaignId: string;
  let experimentId: string;
  test('comes once, at its date, and is frozen: what arrives late moves the live numbers only', async () => {
    campaignId = await world.publish({ type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [ORDER], test: { mode: 'planned', readoutAt: new Date(world.clock.now().getTime() + 5 * DAY).toISOString() } });
    const [a, b] = [ids('ra', 300), ids('rb', 300)];
    await world.do([...a, ...b], 'Seen');
    await world.assign(campaignId, { A: a, B: b });
    await world.do([...every(a, 5), ...every(b, 5)], 'Order Completed');
    const assignedAt = world.clock.now();
    await world.pass(5 * DAY - HOUR);
    ({ experimentId } = await world.result(campaignId));
    expect((await world.result(campaignId)).verdict).toMatchObject({ state: 'collecting', recorded: null });
    await world.pass(HOUR);
    const read = await world.result(campaignId);
    expect(read.verdict).toMatchObject({ state: 'no_clear_winner', winner: null, recorded: { kind: 'readout', arms: [{ key: 'A', matured: 300, converted: 60 }, { key: 'B', matured: 300, converted: 60 }] } });
    expect(read.verdict.recorded!.at).toBe(read.plan.readoutAt);
    expect(read.sentence.en).toMatch(/^No clear winner\. B is between \d+% worse and \d+% better than A\./);
    // z of section 2 by hand: sqrt(4/60·.8·2 …) with c_final = 2.0537 of 4 %.
    expect(read.verdict.recorded!.comparisons[0]!.lift!.hi).toBeCloseTo(Math.expm1(2.0537489106318225 * Math.sqrt(2 * (0.8 / 60))), 9);
    await world.do(b.filter((_, n) => n % 5 !== 0), 'Order Completed', { at: new Date(assignedAt.getTime() + 2 * HOUR) });
    await world.pass(2 * DAY);
    const late = await world.result(campaignId);
    expect(late.arms.map(({ converted }) => converted)).toEqual([60, 300]);
    expect({ verdict: late.verdict.recorded, state: late.verdict.state, sentence: late.sentence }).toEqual({ verdict: read.verdict.recorded, state: 'no_clear_winner', sentence: read.sentence });
    expect((await world.looks(experimentId)).filter(({ phase }) => phase === 'readout')).toHaveLength(1);
  });

  test('may be extended, with the budget for early looks alone', async () => {
    await world.do(every(ids('rb', 300), 1), 'Seen');
    const { status, body } = await world.app.api('POST', `/v1/experiments/${experimentId}/extend`);
    expect({ status, extendedAt: body.verdict.extendedAt }).toEqual({ status: 200, extendedAt: world.clock.now().toISOString() });
    // All of B converted: there is nobody without the outcome, so nothing can be said yet.
    expect(body.verdict).toMatchObject({ state: 'collecting', readout: { state: 'no_clear_winner' }, gates: [{ arm: 'B', gate: 'without_outcome' }] });
    expect((await world.looks(experimentId)).at(-1)).toMatchObject({ phase: 'extended' });
    const more = ids('rc', 100);
    await world.do(more, 'Seen');
    await world.assign(campaignId, { A: more.slice(0, 50), B: more.slice(50) });
    await world.pass(DAY + HOUR);
    const won = await world.result(campaignId);
    expect(won.verdict).toMatchObject({ state: 'winner', winner: 'B', recorded: { kind: 'extension' }, readout: { state: 'no_clear_winner' } });
    // The multiplier is that of 1 %, not of 5 %.
    expect(won.verdict.recorded!.multiplier).toBeGreaterThan(3.3);
    expect(await world.app.api('POST', `/v1/experiments/${experimentId}/extend`)).toMatchObject({ status: 409, body: { code: 'experiment.decided' } });
    expect(await rows(world.app.db, `select l.action, l.detail from audit_entry as l where l.action = 'experiment.extend'`)).toEqual([{ action: 'experiment.extend', detail: { readout: 'no_clear_winner' } }]);
  });
});

test('faster is not better: the arm that converts sooner wins nothing when as many convert in the window', async () => {
  const campaignId = await world.publish({ type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [{ ...ORDER, window: { days: 3 } }], test: { mode: 'open' } });
  const people = (day: number, arm: string) => ids(`f${day}${arm}`, 100);
  let inFlight = 0;
  for (let day = 0; day < 8; day += 1) {
    await world.do([...people(day, 'A'), ...people(day, 'B')], 'Seen');
    await world.assign(campaignId, { A: people(day, 'A'), B: people(day, 'B') });
    await world.pass(HOUR);
    await world.do([...every(people(day, 'B'), 3), ...(day >= 2 ? every(people(day - 2, 'A'), 3) : [])], 'Order Completed');
    await world.pass(DAY - HOUR);
    const { body } = await world.app.api('GET', `/v1/campaigns/${campaignId}/results`);
    const [a, b] = body.steps[0].variants.map(({ assigned, goals: [goal] }: { assigned: number; goals: { converted: number }[] }) => ({ n: assigned, x: goal!.converted }));
    const z = Math.log(b.x / b.n / (a.x / a.n)) / Math.sqrt(1 / a.x - 1 / a.n + 1 / b.x - 1 / b.n);
    if (z > 3.1) inFlight += 1;
    expect(body.experiments[0].verdict).toMatchObject({ state: 'collecting', winner: null });
  }
  // What has not matured would have named B the winner, even by an always-valid rule.
  expect(inFlight).toBeGreaterThan(2);
  expect((await world.result(campaignId)).arms.map(({ matured, converted }) => ({ matured, converted }))).toEqual([{ matured: 600, converted: 204 }, { matured: 600, converted: 204 }]);
});

test('a split that is off blocks the verdict for good', async () => {
  const campaignId = await world.publish({ type: 'broadcast', external: true, arms: [{ key: 'A' }, { key: 'B' }], goals: [ORDER], test: { mode: 'open' } });
  const [a, b] = [ids('sa', 400), ids('sb', 250)];
  await world.do([...a, ...b], 'Seen');
  await world.assign(campaignId, { A: a, B: b });
  await world.do([...every(a, 20), ...every(b, 2)], 'Order Completed');
  await world.pass(2 * DAY);
  const result = await world.result(campaignId);
  expect(result.verdict).toMatchObject({ state: 'traffic_problem', winner: null, reason: 'split_of_assigned' });
  expect(result.split.assigned).toBeLessThan(0.01);
  expect(result.sentence).toEqual({ en: 'Do not use these results. The split is off: 400/250 instead of 50/50.', ko: expect.stringContaining('이 결과는 사용하지 마세요') });
  expect(result.comparisons[0]!.lift).toBeNull();
  const more = ids('sc', 150);
  await world.do(more, 'Seen');
  await world.assign(campaignId, { B: more });
  await world.pass(2 * DAY);
  expect((await world.result(campaignId)).verdict).toMatchObject({ state: 'traffic_problem' });
  expect(await world.app.api('POST', `/v1/experiments/${result.experimentId}/extend`)).toMatchObject({ status: 409, body: { code: 'experiment.traffic-problem' } });
});
