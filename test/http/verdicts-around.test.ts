import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Counters } from '../../src/analytics/verdicts/counter.js';
import { Verdicts } from '../../src/analytics/verdicts/verdicts.service.js';
import { rows } from '../../src/platform/database/db.js';
import { AuditLog } from '../../src/platform/audit.js';
import { broadcast, email, inApp, series } from '../support/campaign-definitions.js';
import { expectVerdictCounts } from '../support/results/tested.js';
import { DAY, HOUR, ids, ORDER, twoArms, VerdictWorld } from '../support/verdict-world.js';

let world: VerdictWorld;
beforeAll(async () => { world = await VerdictWorld.start('2026-03-02T00:00:00Z'); }, 60_000);
afterAll(() => world.app.close());

const every = (people: readonly string[], of: number): string[] => people.filter((_, n) => n % of === 0);
const REVENUE = { ...ORDER, value: { property: 'revenue', currency: 'KRW' } };

describe('a broadcast of amounts with a control, some of whose people have no address', () => {
  let campaignId: string;
  let people: Record<'A' | 'B' | 'control', string[]>;
  const hasAddress = (n: number) => n % 10 !== 0;
  const of = (arm: 'A' | 'B' | 'control', reachable = true) => people[arm].filter((_, n) => hasAddress(n) === reachable);

  test('says that it is collecting until everybody has matured, and counts only who could get it', async () => {
    const variants = ['A', 'B'].map((key) => ({ key, name: `제안 ${key}`, content: { subject: key, body: `<mj-section><mj-column><mj-text>${key}</mj-text></mj-column></mj-section>` } }));
    campaignId = await world.publish(broadcast({
      audience: { type: 'attribute', key: 'cohort', op: 'is', value: 'b' }, goals: [REVENUE, { key: 'seen', name: 'Seen', window: { hours: 12 }, event: { name: 'Seen' } }],
      message: email('message', null, { variants, control: { weight: 1 }, test: { measure: 'amount', cap: 100 } }),
    }), async (id) => {
      people = await world.drawn(id, 'message', 'b', { A: 300, B: 300, control: 300 });
      const reachable = new Set((['A', 'B', 'control'] as const).flatMap((arm) => of(arm)));
      await world.do(Object.values(people).flat(), '', { traits: (person) => ({ cohort: 'b', ...(reachable.has(person) ? { email: `${person}@example.test` } : {}) }) });
    });
    await world.pass(HOUR);
    // A buys for 10, B for 30 (one of them for 5,000, of which 100 count), the control for 10 and rarely.
    await world.do([...every(of('A'), 3), ...every(of('control'), 6)], 'Order Completed', { properties: { revenue: 10 } });
    await world.do(every(of('B'), 3).slice(1), 'Order Completed', { properties: { revenue: 30 } });
    await world.do(every(of('B'), 3).slice(0, 1), 'Order Completed', { properties: { revenue: 5_000 } });
    await world.do(of('A', false), 'Order Completed', { properties: { revenue: 70 } });
    await world.do(every(of('B'), 2), 'Seen');
    await world.pass(12 * HOUR);
    const open = await world.result(campaignId);
    expect(open.verdict).toMatchObject({ state: 'collecting', recorded: null });
    expect(open.plan).toMatchObject({ mode: 'single', measure: 'amount', cap: 100, alphaEarly: 0, alphaFinal: 0.05, fixedSince: '2026-03-02T00:00:00.000Z', readoutAt: '2026-03-03T00:00:00.000Z' });
    expect(open.arms.map(({ key, isControl, assigned, eligible, matured, maturing }) => ({ key, isControl, assigned, eligible, matured, maturing })))
      .toEqual((['A', 'B', 'control'] as const).map((key) => ({ key, isControl: key === 'control', assigned: of(key).length + of(key, false).length, eligible: of(key).length, matured: 0, maturing: { people: of(key).length, from: '2026-03-03T00:00:00.000Z', until: '2026-03-03T00:00:00.000Z' } })));
    expect(open.split.eligible).toBeGreaterThan(0.01);
  });

  test('is read out at once when they have: the better amount wins, capped, and what messages caused is said in plain numbers', async () => {
    await world.pass(11 * HOUR);
    const read = await world.result(campaignId);
    const sumB = (every(of('B'), 3).length - 1) * 30 + 100;
    expect(read.arms.map(({ key, matured, sum }) => ({ key, matured, sum }))).toEqual([
      { key: 'A', matured: of('A').length, sum: every(of('A'), 3).length * 10 }, { key: 'B', matured: of('B').length, sum: sumB }, { key: 'control', matured: of('control').length, sum: every(of('control'), 6).length * 10 }]);
    expect(read.verdict).toMatchObject({ state: 'winner', winner: 'B', recorded: { kind: 'readout' } });
    expect(read.comparisons.map(({ a, b }) => [a, b])).toEqual([['A', 'B'], ['A', 'control'], ['B', 'control']]);
    expect(read.sentence.en).toMatch(/^제안 B wins\. It brings in .* more per person than 제안 A and .* more per person than control\. This is the read-out that was fixed at launch/);
    expect(read.sentence.ko).toMatch(/^제안 B가 이겼어요\. 1인당 금액이/);
    expect(read.promise.en).toContain('about 1 in 20');
    const { holdout } = read;
    expect(holdout).toMatchObject({ control: 'control', messaged: of('A').length + of('B').length, conversions: sumB + every(of('A'), 3).length * 10 });
    expect(holdout!.caused!.lo).toBeGreaterThan(0);
    expect(holdout!.sentence.en).toMatch(/^Of [A-Z]{3} [\d,]+ from people you messaged, [\d,]+ to [\d,]+ would not have come in without the message\.$/);
  });

  test('shows the other goals and what people did to the message for context only', async () => {
    const { secondary, guardrails, verdict } = await world.result(campaignId);
    expect(secondary.map(({ measure, label }) => [measure, label.en])).toEqual([['bought', 'Order, for context'], ['seen', 'Seen, for context'], ['opened', 'Opened (includes machine opens: shown apart)'], ['clicked', 'Clicked']]);
    expect(secondary[1]!.arms.map(({ key, count }) => [key, count])).toEqual([['A', 0], ['B', every(of('B'), 2).length], ['control', 0]]);
    expect(guardrails.map(({ measure, arms: counted, harm }) => ({ measure, affected: counted.map(({ key, affected }) => [key, affected]), harm }))).toEqual(['unsubscribed', 'complained', 'bounced'].map((measure) => ({ measure, affected: [['A', 0], ['B', 0]], harm: [] })));
    expect(verdict.winner).toBe('B');
    const { status, body } = await world.app.api('POST', `/v1/experiments/${(await world.result(campaignId)).experimentId}/extend`);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'experiment.decided' });
  });

  test('harm of one arm is found by few cases, said, and kept', async () => {
    const harmed = of('B').slice(0, 25);
    await rows(world.app.db, `
      insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict)
      select d.id, d.person_id, 'complaint', 'test', $3::timestamptz, 'human' from delivery as d join person_identity as i on i.person_id = d.person_id and i.value = any($2::text[]) where d.campaign_id = $1`, [campaignId, harmed, new Date('2026-03-02T05:00:00Z')]);
    await world.pass(DAY);
    const [, complained] = (await world.result(campaignId)).guardrails;
    expect(complained).toMatchObject({ arms: [{ key: 'A', affected: 0 }, { key: 'B', affected: 25 }], harm: [{ arm: 'B', against: 'A' }] });
    expect(complained!.sentence!.en).toMatch(/^제안 B does harm: 25 spam complaints against 0 with 제안 A\. While this stands, it is not chosen automatically\.$/);
    const stored = await rows<{ arms: string[] }>(world.app.db, `select array(select h #>> '{}' from jsonb_path_query(v.harm, 'lax $.*[*].arm') as h) as arms from experiment_verdict as v where v.campaign_id = $1`, [campaignId]);
    expect(stored).toEqual([{ arms: ['B'] }]);
    expect(await expectVerdictCounts(world.app, campaignId, world.clock.now())).toBeGreaterThan(800);
  });
});

test('the arms of a split are compared by everybody assigned, and coming again adds nobody', async () => {
  const campaignId = await world.publish(series({
    entry: { type: 'event', event: 'Came' }, reentry: { policy: 'after_exit' }, goals: [ORDER], start: 's',
    steps: [{ id: 's', type: 'split', arms: [{ key: 'x', weight: 1, next: 'm' }, { key: 'y', weight: 1, next: null }], test: { mode: 'open' } }, inApp('m')],
  }));
  const people = ids('s', 40);
  await world.do(people, 'Came');
  const first = await world.result(campaignId);
  expect(first.plan).toMatchObject({ mode: 'open', readoutAt: null, alphaEarly: 0.05, alphaFinal: 0 });
  await world.pass(2 * DAY);
  await world.do(people, 'Came');
  const again = await world.result(campaignId);
  expect(await rows(world.app.db, `select count(*)::int as runs from enrollment as r where r.campaign_id = $1`, [campaignId])).toEqual([{ runs: 80 }]);
  expect(again.arms.map(({ key, assigned, eligible, matured }) => [key, assigned, eligible, matured])).toEqual(first.arms.map(({ key, assigned }) => [key, assigned, assigned, assigned]));
  expect(again.arms.reduce((sum, { assigned }) => sum + assigned, 0)).toBe(40);
  expect(await expectVerdictCounts(world.app, campaignId, world.clock.now())).toBeGreaterThan(40);
  expect(again.sentence.en).toMatch(/^Still collecting\. Too early to compare: x has \d+ people whose time to convert has passed, and every version needs 100\.$/);
});

test('what was done with a winner is said apart from what is known', async () => {
  const definition = (keep: number) => series({ entry: { type: 'event', event: 'Chosen' }, goals: [ORDER], steps: [inApp('a', twoArms({ autoWinner: { keep } }))] });
  const campaignId = await world.publish(definition(0.1));
  const { experimentId, action } = await world.result(campaignId);
  expect(action).toBeNull();
  await rows(world.app.db, `insert into experiment_choice (id, experiment_id, campaign_id, variant, keep, claim, chosen_by, since) values (gen_random_uuid(), $1, $2, 'B', 1000, 'winner', 'verdict', $3)`, [experimentId, campaignId, new Date('2026-03-02T09:00:00Z')]);
  const { action: done, verdict } = await world.result(campaignId);
  expect(done).toMatchObject({ type: 'auto_winner', arm: 'B', proven: true, at: '2026-03-02T09:00:00.000Z', sentence: { en: expect.stringMatching(/^B won; since 2 March new people get it/), ko: expect.stringContaining('이겨서') } });
  expect(verdict).toMatchObject({ state: 'collecting', winner: null });
  // What the plan keeps of the author's wishes is what the engine acts by, also after the test has begun.
  const asked = () => rows(world.app.db, `select p.asked -> 'autoWinner' as wish from experiment_plan as p where p.campaign_id = $1`, [campaignId]);
  expect(await asked()).toEqual([{ wish: { keep: 0.1 } }]);
  await world.do(['chosen-1'], 'Chosen');
  const { revision, name } = (await world.app.api('GET', `/v1/campaigns/${campaignId}`)).body;
  await world.app.api('PUT', `/v1/campaigns/${campaignId}`, { revision, name, definition: definition(0.2) });
  expect((await world.app.api('POST', `/v1/campaigns/${campaignId}/publish`, {})).status).toBe(200);
  expect(await asked()).toEqual([{ wish: { keep: 0.2 } }]);
});

describe('a look', () => {
  let experimentId: string;
  let campaignId: string;
  const looks = () => rows<{ looks: number; evaluated: Date | null }>(world.app.db, `select (select count(*)::int from verdict_evaluation as v where v.experiment_id = e.experiment_id) as looks, e.evaluated_at as evaluated from experiment_verdict as e where e.experiment_id = $1`, [experimentId]);

  test('is stored at most once an hour, and only when something has changed', async () => {
    campaignId = await world.publish(series({ entry: { type: 'event', event: 'Looked' }, goals: [ORDER], steps: [inApp('a', twoArms())] }));
    ({ experimentId } = await world.result(campaignId));
    await world.pass(3 * HOUR);
    expect((await looks())[0]!.looks).toBe(0);
    await world.do(ids('l', 30), 'Looked');
    await world.pass(DAY);
    expect((await looks())[0]!.looks).toBe(1);
    await world.do(ids('k', 5), 'Looked');
    await world.pass(40 * 60_000);
    expect((await looks())[0]!.looks).toBe(1);
    await world.pass(HOUR);
    expect((await looks())[0]!.looks).toBe(2);
    await world.pass(20 * DAY);
    const { looks: settled } = (await looks())[0]!;
    await world.pass(20 * DAY);
    expect((await looks())[0]!.looks).toBe(settled);
  });

  test('killed in the middle leaves nothing, and of two processes one makes it', async () => {
    await world.do(ids('j', 5), 'Looked');
    world.clock.advance(60 * DAY);
    const before = await looks();
    const verdicts = world.app.nest.get(Verdicts, { strict: false });
    const holder = world.app.db.createQueryRunner();
    await holder.startTransaction();
    await holder.query('lock table verdict_evaluation in exclusive mode');
    await rows(world.app.db, `update experiment_verdict as e set due_at = null where e.experiment_id <> $1`, [experimentId]);
    const cut = verdicts.lookAtNext().then(() => 'done', (error: Error) => error.message);
    for (let tries = 0; tries < 200; tries += 1) {
      const [waiting] = await rows<{ pid: number }>(world.app.db, `select a.pid from pg_stat_activity as a where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query like '%insert into verdict_evaluation%'`);
      if (waiting) await rows(world.app.db, 'select pg_terminate_backend($1)', [waiting.pid]);
      if (waiting) break;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    expect(await cut).toMatch(/terminat/i);
    await holder.rollbackTransaction();
    await holder.release();
    expect(await looks()).toEqual(before);
    const other = new Verdicts(world.app.db, world.clock, world.app.nest.get(AuditLog, { strict: false }), world.app.nest.get(Counters, { strict: false }));
    expect((await Promise.all([verdicts.lookAtNext(), other.lookAtNext()])).filter(Boolean)).toHaveLength(1);
    expect((await looks())[0]!.looks).toBe(before[0]!.looks + 1);
  });

  test('is listed with what it was made from, newest first', async () => {
    const page = await world.app.api('GET', `/v1/experiments/${experimentId}/evaluations?limit=2`);
    expect(page.body.items).toHaveLength(2);
    expect(page.body.items[0]).toMatchObject({ phase: expect.any(String), arms: [{ key: 'A' }, { key: 'B' }], split: { eligible: null } });
    const rest = await world.app.api('GET', `/v1/experiments/${experimentId}/evaluations?limit=2&after=${page.body.next}`);
    expect(Date.parse(rest.body.items[0].at)).toBeLessThan(Date.parse(page.body.items[1].at));
    expect(await world.app.api('GET', '/v1/experiments/0198c0de-0000-7000-8000-000000000001')).toMatchObject({ status: 404, body: { code: 'experiment.not-found' } });
    expect((await world.app.api('GET', `/v1/experiments/${experimentId}`)).body).toEqual(await world.result(campaignId));
  });
});
