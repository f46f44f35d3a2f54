import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { row, rows } from '../../src/platform/database/db.js';
import { random } from '../story/world.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { comparable, numbersOf } from '../support/results/answer.js';
import { exportRows, placesOf } from '../support/results/export.js';
import { Numbers, recountResults } from '../support/results/recount.js';
import { expectVerdictCounts } from '../support/results/tested.js';
import { chaosSeries, ChaosWorld } from '../support/results/world.js';
import { breakEachPart, breakEachSum, everythingKept } from '../support/results/breakage.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PEOPLE = 300;
const HOUR = 3_600_000;
const clock = new VirtualClock(new Date());
let app: TestApp;
let campaignId: string;
let world: ChaosWorld;

const answerOf = async (query = '') => (await app.api('GET', `/v1/campaigns/${campaignId}/results${query}`)).body;
const checks = async () => (await app.api('GET', `/v1/analytics/reconciliation?campaignId=${campaignId}`)).body.items;

async function expectExact(): Promise<void> {
  const into = new Numbers();
  recountResults(await exportRows(app.db, campaignId, 0, 1), await placesOf(app.db, campaignId, 'as_published'), clock.now().getTime(), into);
  expect(comparable(numbersOf(await answerOf()))).toEqual(comparable(into));
  expect(await expectVerdictCounts(app, campaignId, clock.now())).toBeGreaterThan(PEOPLE);
}

beforeAll(async () => {
  app = await startTestApp({ clock });
  const batch = Array.from({ length: PEOPLE }, (_, index) => ({ type: 'track', event: 'Order', userId: `u-${index}`, messageId: `o-${index}`, properties: { total: index / 4 } }));
  await fetch(`${app.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ writeKey: app.writeKey, batch }) });
  campaignId = (await app.api('POST', '/v1/campaigns', { name: 'Checked', definition: chaosSeries(24) })).body.id;
  expect((await app.api('POST', `/v1/campaigns/${campaignId}/publish`, {})).status).toBe(200);
  await app.runner.runUntilIdle();
  world = new ChaosWorld(app, campaignId, random(7));
  const people = await rows<{ id: string }>(app.db, 'select p.id from person as p order by p.id');
  for (let from = 0; from < PEOPLE; from += 60) await world.enter(people.slice(from, from + 60).map(({ id }) => id));
  for (let round = 0; round < 3; round += 1) {
    await world.settle(PEOPLE);
    await world.react(PEOPLE);
  }
});
afterAll(() => app.close());

describe('results and their ledger', () => {
  test('before anything was worked off, the answer is complete; afterwards it is the same', async () => {
    await expectExact();
    const before = await answerOf();
    expect(before).toMatchObject({ pending: 0, recount: null, people: null, goals: 'as_published' });
    await app.runner.runUntilIdle();
    expect(await answerOf()).toEqual(before);
    await expectExact();
  });

  test('goals mature by the clock alone', async () => {
    const matured = async () => (await answerOf()).steps.flatMap((step: { variants: { goals: { matured: { assigned: number } }[] }[] }) => step.variants.flatMap(({ goals }) => goals)).reduce((sum: number, goal: { matured: { assigned: number } }) => sum + goal.matured.assigned, 0);
    const before = await matured();
    clock.advance(30 * HOUR);
    await expectExact();
    const after = await matured();
    expect(after).toBeGreaterThan(before);
    await app.runner.runUntilIdle();
    expect(await matured()).toBe(after);
    expect(await rows(app.db, 'select 1 from result_person as p where p.next_at <= $1', [clock.now()])).toEqual([]);
  });

  test('a night finds results equal to the ledger', async () => {
    clock.advance(72 * HOUR);
    await app.runner.runUntilIdle();
    const found = await checks();
    // One, or two when the clock of the machine had the hours before end in a night.
    expect(found.length).toBeGreaterThan(0);
    for (const check of found) expect(check).toMatchObject({ campaignId, name: 'Checked', state: 'equal', people: expect.any(Number), differences: [], repaired: 0 });
    expect(found[0].people).toBeGreaterThan(PEOPLE * 0.9);
  });

  test('what was written past the marks is found, named and repaired', async () => {
    const victim = (await row<{ id: string }>(app.db, `select d.id from delivery as d where d.campaign_id = $1 and d.state = 'sent' order by d.id limit 1`, [campaignId]))!.id;
    await rows(app.db, 'alter table delivery disable trigger result_updated');
    await rows(app.db, `update delivery as d set state = 'failed', reason = 'EXPIRED' where d.id = $1`, [victim]);
    await rows(app.db, 'alter table delivery enable trigger result_updated');
    await rows(app.db, `update result_cell as c set count = c.count + 5 where c.campaign_id = $1 and c.measure = 'visit' and c.step_id = 'last'`, [campaignId]);
    await expect(expectExact()).rejects.toThrow();
    expect((await app.api('POST', '/v1/analytics/reconciliation', { campaignId })).status).toBe(202);
    await app.runner.runUntilIdle();
    const [check] = await checks();
    expect(check).toMatchObject({ state: 'repaired' });
    expect(check.repaired).toBeGreaterThan(0);
    expect(check.repaired).toBeLessThanOrEqual(64);
    expect(check.differences.map(({ number }: { number: string }) => number.split(' ')[0])).toEqual(expect.arrayContaining(['delivery', 'sum']));
    await expectExact();
    const audit = await rows<{ action: string }>(app.db, `select a.action from audit_entry as a where a.subject = $1 and a.action like 'results.%' order by a.id`, [`campaign:${campaignId}`]);
    expect(audit.map(({ action }) => action)).toEqual(['results.check', 'results.repair']);
    await app.api('POST', '/v1/analytics/reconciliation', { campaignId });
    await app.runner.runUntilIdle();
    expect((await checks())[0]).toMatchObject({ state: 'equal', differences: [] });
  });

  test('some people only: by day of entry in a zone, and by a segment at entry', async () => {
    const days = await rows<{ day: string; people: number }>(app.db, `select (p.entered_at at time zone 'Asia/Seoul')::date::text as day, count(*)::int as people from result_person as p where p.campaign_id = $1 and p.entered_at is not null group by 1 order by 1`, [campaignId]);
    for (const { day, people } of days) {
      const part = await answerOf(`?entryFrom=${day}&entryTo=${day}&zone=Asia/Seoul`);
      expect(part.people).toBe(people);
      expect(part.steps[0].variants.reduce((sum: number, { assigned }: { assigned: number }) => sum + assigned, 0)).toBe(people);
    }
    const whole = await answerOf('?entryFrom=2000-01-01');
    const { people: _some, ...numbers } = whole;
    const { people: _all, ...all } = await answerOf();
    expect(numbers.steps).toEqual(all.steps);
    expect((await app.api('GET', `/v1/campaigns/${campaignId}/results?segmentAtEntry=${campaignId}`)).status).toBe(404);
    expect((await app.api('GET', `/v1/campaigns/${campaignId}/results?entryFrom=2026-02-01&entryTo=2026-01-01`)).body).toMatchObject({ code: 'results.no-days' });
    const inside = (await rows<{ id: string }>(app.db, 'select p.person_id as id from result_person as p where p.campaign_id = $1 and p.entered_at is not null order by p.person_id limit 40', [campaignId])).map(({ id }) => id);
    const segment = (await app.api('POST', '/v1/segments', { name: 'Then', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'then' } })).body.id;
    await rows(app.db, `insert into membership_change (segment_id, person_id, entered, at, cause, recorded_at) select $1, u.id, true, '2020-01-01Z', 'build', '2020-01-01Z' from unnest($2::uuid[]) as u (id)`, [segment, inside]);
    // Ten left before they came in; two left afterwards.
    await rows(app.db, `insert into membership_change (segment_id, person_id, entered, at, cause, recorded_at) select $1, u.id, false, case when u.place <= 10 then '2021-01-01Z'::timestamptz else $3::timestamptz end, 'change', '2021-01-01Z' from unnest($2::uuid[]) with ordinality as u (id, place) where u.place <= 12`, [segment, inside, clock.now()]);
    expect((await answerOf(`?segmentAtEntry=${segment}`)).people).toBe(30);
  });

  test('by variant, channel and language', async () => {
    const all = await answerOf();
    expect(all.byLanguage.map(({ language }: { language: string }) => language).toSorted()).toEqual(['', 'en', 'ko']);
    const sent = (answer: { steps: { variants: { sent: number }[] }[] }) => answer.steps.flatMap(({ variants }) => variants).reduce((sum, variant) => sum + variant.sent, 0);
    const parts = await Promise.all(['ko', 'en', ''].map((language) => answerOf(`?language=${language}`)));
    expect(parts.map(sent).reduce((a, b) => a + b)).toBe(sent(all));
    for (const part of parts.slice(0, 2)) expect(part.steps.map((step: { reconciliation: { difference: number } }) => step.reconciliation.difference)).toEqual([0, 0, 0]);
    expect((await answerOf('?channel=in_app')).steps.map(({ stepId }: { stepId: string }) => stepId)).toEqual(['nudge']);
    expect((await answerOf('?variant=B')).steps.flatMap(({ variants }: { variants: { key: string }[] }) => variants.map(({ key }) => key))).toEqual(['B', 'B']);
  });

  // Last: whoever was given an arm by choice is in no other recount of this file.
  describe('broken in every part', () => {
    let whole: unknown;
    const checked = async () => {
      expect((await app.api('POST', '/v1/analytics/reconciliation', { campaignId })).status).toBe(202);
      await app.runner.runUntilIdle();
      return (await checks())[0];
    };
    const named = (check: { differences: { number: string }[] }) => [...new Set(check.differences.map(({ number }) => number.split(' ')[0]))].toSorted();

    beforeAll(async () => {
      await rows(app.db, `update assignment as a set source = 'choice' where (a.experiment_id, a.person_id) in (select s.experiment_id, s.person_id from assignment as s where s.campaign_id = $1 order by s.person_id limit 9)`, [campaignId]);
      await app.runner.runUntilIdle();
      expect(await checked()).toMatchObject({ state: 'equal' });
      whole = await everythingKept(app.db, campaignId);
    });

    test('what people are on record to add, of every kind at once, beside moments and verdicts', async () => {
      const measures = await breakEachPart(app.db, campaignId);
      expect(measures).toEqual(['assigned', 'bounce', 'chosen', 'delivery', 'entered', 'goal', 'people', 'reached', 'reaction', 'refused_entry', 'refused_step', 'run', 'sent', 'tested', 'verdict', 'verdict_goal', 'visit', 'waiting']);
      const check = await checked();
      expect(check).toMatchObject({ state: 'repaired' });
      expect(named(check)).toEqual(expect.arrayContaining(measures));
      expect(await everythingKept(app.db, campaignId)).toEqual(whole);
      expect(await checked()).toMatchObject({ state: 'equal', differences: [] });
    });

    test('sums of every kind, of verdicts by hour and minute, names of cells and what goals read', async () => {
      await breakEachSum(app.db, campaignId);
      const check = await checked();
      expect(check).toMatchObject({ state: 'repaired' });
      expect(check.differences.map(({ number }: { number: string }) => number)).toEqual(expect.arrayContaining(['names of cells that are wrong', 'names of reads that are wrong', expect.stringContaining('sum of result_tested '), expect.stringContaining('sum of result_tested_goal ')]));
      expect(await everythingKept(app.db, campaignId)).toEqual(whole);
      expect(await checked()).toMatchObject({ state: 'equal', differences: [] });
    });
  });
});
