import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from '../support/app.js';
import { autoMessage, email, inApp, series } from '../support/campaign-definitions.js';
import { Browser, publishAuto, type Granted } from '../support/displays.js';
import { ReportWorld, twoArms } from '../support/report-world.js';
import { VirtualClock } from '../support/virtual-clock.js';

const clock = new VirtualClock(new Date('2026-03-02T00:00:00Z'));
let app: TestApp;
let world: ReportWorld;

beforeAll(async () => {
  app = await startTestApp({ clock });
  world = new ReportWorld(app);
});
afterAll(() => app.close());

describe('the funnel', () => {
  beforeAll(async () => {
    clock.set(new Date('2026-03-02T00:00:00Z'));
    await world.publish(series({ steps: [twoArms('a', null)] }));
    const [p1, p2, p3, p4, p5, p6, p7] = (await world.people(7)) as [string, string, string, string, string, string, string];
    const at = '2026-03-02T10:00:00Z';
    const m1 = await world.message({ person: p1, state: 'delivered', language: 'ko', at });
    await world.react(m1, p1, 'open', '2026-03-02T11:00:00Z', 'machine');
    await world.react(m1, p1, 'open', '2026-03-02T12:00:00Z', 'human');
    await world.react(m1, p1, 'click', '2026-03-02T12:00:01Z', 'human');
    await world.event(p1, 'Project Created', '2026-03-03T00:00:00Z');
    const m2 = await world.message({ person: p2, state: 'sent', language: 'en', at });
    await world.react(m2, p2, 'open', '2026-03-02T11:00:00Z', 'machine');
    await world.react(m2, p2, 'click', '2026-03-02T11:00:00Z', 'machine');
    await world.message({ person: p3, state: 'bounced', language: 'en', at });
    await world.message({ person: p4, state: 'failed', reason: 'RENDER_MISSING_VAR', at });
    // Twice in the campaign: one person all the same.
    await world.message({ person: p5, variant: 'B', state: 'sent', language: 'en', at });
    await world.message({ person: p5, variant: 'B', state: 'sent', language: 'ko', at: '2026-03-05T10:00:00Z' });
    await world.event(p5, 'Project Created', '2026-03-09T10:00:00Z');
    await world.message({ person: p6, variant: 'B', state: 'queued', at, settledAt: null, attempts: 0 });
    // Met in time, and after the window of 7 days: not.
    await world.message({ person: p7, variant: 'control', isControl: true, state: 'ghost', at });
    await world.event(p7, 'Project Created', '2026-03-09T09:59:59Z');
    clock.set(new Date('2026-03-20T00:00:00Z'));
  });

  test('counts people, each once, by variant', async () => {
    const { body } = await world.report('funnel');
    const short = body.items.map((item: Record<string, unknown>) => [item.variant, item.isControl, item.eligible, item.sent, item.delivered, item.opened, item.clicked, item.converted]);
    expect(short).toEqual([
      ['A', false, 4, 3, 2, { atLeast: 1, atMost: 2 }, 1, 1],
      ['B', false, 2, 1, 1, { atLeast: 0, atMost: 0 }, 0, 0],
      ['control', true, 1, 0, 0, { atLeast: 0, atMost: 0 }, 0, 1],
    ]);
    expect(body.items[0]).toMatchObject({ version: 1, stepId: 'a', channel: 'email', goal: 'active', rates: { sent: 3 / 4, delivered: 2 / 3, openedAtLeast: 1 / 2, openedAtMost: 1, clicked: 1 / 2, converted: 1 / 4 } });
    expect(body.items[2].rates).toMatchObject({ delivered: null, clicked: null, converted: 1 });
  });

  test('by language and for one of them; the language is that of the newest message', async () => {
    const rowsOf = ({ body }: { body: { items: Record<string, unknown>[] } }) => body.items.map((item) => [item.variant, item.language, item.eligible, item.converted]);
    expect(rowsOf(await world.report('funnel', '?by=language'))).toEqual([['A', '', 1, 0], ['A', 'en', 2, 0], ['A', 'ko', 1, 1], ['B', '', 1, 0], ['B', 'ko', 1, 0], ['control', '', 1, 1]]);
    expect(rowsOf(await world.report('funnel', '?language=ko'))).toEqual([['A', null, 1, 1], ['B', null, 1, 0]]);
    expect(rowsOf(await world.report('funnel', '?version=2'))).toEqual([]);
  });

  test('says what it can not answer', async () => {
    expect(await world.report('funnel', '?goal=nothing')).toMatchObject({ status: 400, body: { code: 'report.unknown-goal', problems: [{ path: 'goal' }] } });
    expect((await world.report('funnel', '?version=0')).status).toBe(400);
    expect((await world.report('funnel', '?foo=1')).status).toBe(400);
    expect((await app.api('GET', `/v1/campaigns/${randomUUID()}/reports/funnel`)).status).toBe(404);
  });

  test('of an experiment that others ran counts everybody assigned', async () => {
    clock.set(new Date('2026-03-02T00:00:00Z'));
    const own = world.campaign;
    const external = await world.publish({ type: 'broadcast', external: true, goals: [{ key: 'v', name: '방문', event: { name: 'Visited' } }], arms: [{ key: 'mens' }, { key: 'none', control: true }] });
    const people = await world.people(3);
    for (const [index, person] of people.entries()) await app.db.query(`insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, source, assigned_at) values ($1, $2, $3, $4, $5, 'external', '2026-03-02T00:00:00Z')`, [Object.values(external.experiments)[0]!.experimentId, person, external.id, index < 2 ? 'mens' : 'none', index === 2]);
    await world.event(people[1]!, 'Visited', '2026-03-03T00:00:00Z');
    clock.set(new Date('2026-03-20T00:00:00Z'));
    const { body } = await world.report('funnel');
    expect(body.items.map((item: Record<string, unknown>) => [item.variant, item.eligible, item.sent, item.converted])).toEqual([['mens', 2, 0, 1], ['none', 1, 0, 0]]);
    world.campaign = own;
  });

  test('agrees with the results', async () => {
    const { body: results } = await app.api('GET', `/v1/campaigns/${world.campaign.id}/results`);
    const a = results.steps[0].variants[0];
    expect(a).toMatchObject({ assigned: 4, sent: 3, delivered: 2, clicked: { human: 1 } });
    expect(a.goals[0].converted).toBe(1);
  });
});

describe('the time series', () => {
  const QUERY = '?from=2026-03-28T00:00:00%2B01:00&to=2026-03-31T00:00:00%2B02:00&zone=Europe/Berlin';
  beforeAll(async () => {
    clock.set(new Date('2026-03-02T00:00:00Z'));
    await world.publish(series({ steps: [twoArms('a', null)] }));
    const [p1, p2, p3] = (await world.people(3)) as [string, string, string];
    // 23:30 on the 28th in Berlin; 00:30 on the 29th; the last half hour of the day of 23 hours; the first of the 30th.
    const m1 = await world.message({ person: p1, state: 'delivered', at: '2026-03-28T22:30:00Z' });
    await world.react(m1, p1, 'open', '2026-03-28T23:30:00Z', 'machine');
    await world.react(m1, p1, 'open', '2026-03-29T21:30:00Z', 'human');
    await world.react(m1, p1, 'click', '2026-03-29T22:00:00Z', 'human');
    await world.react(m1, p1, 'unsubscribe', '2026-03-29T22:00:00Z');
    await world.message({ person: p2, state: 'bounced', at: '2026-03-28T23:30:00Z', settledAt: '2026-03-29T22:15:00Z' });
    await world.message({ person: p3, variant: 'control', isControl: true, state: 'ghost', at: '2026-03-28T22:59:59Z' });
    await world.event(p3, 'Project Created', '2026-03-29T00:59:00Z');
    await world.event(p3, 'Project Created', '2026-03-30T01:00:00Z');
    await world.refuse({ person: p3, code: 'NO_CONSENT', at: '2026-03-28T22:30:00Z' });
    clock.set(new Date('2026-04-20T00:00:00Z'));
  });

  test('puts everything into the day on which it happened, whatever the clocks did', async () => {
    const { body } = await world.report('time-series', QUERY);
    expect(body.items.map(({ start, local }: Record<string, string>) => [start, local])).toEqual([['2026-03-27T23:00:00.000Z', '2026-03-28'], ['2026-03-28T23:00:00.000Z', '2026-03-29'], ['2026-03-29T22:00:00.000Z', '2026-03-30']]);
    expect(body.items[1].end).toBe('2026-03-29T22:00:00.000Z');
    const column = (name: string) => body.items.map((item: Record<string, number>) => item[name]);
    expect({ entered: column('entered'), sent: column('sent'), delivered: column('delivered'), control: column('control'), human: column('openedHuman'), machine: column('openedMachine') })
      .toEqual({ entered: [2, 1, 0], sent: [1, 1, 0], delivered: [1, 0, 0], control: [1, 0, 0], human: [0, 1, 0], machine: [0, 0, 0] });
    expect({ clicked: column('clicked'), converted: column('converted'), bounced: column('bounced'), unsubscribed: column('unsubscribed'), refused: column('refused') })
      .toEqual({ clicked: [0, 0, 1], converted: [0, 1, 0], bounced: [0, 0, 1], unsubscribed: [0, 0, 1], refused: [1, 0, 0] });
  });

  test('by hour, where one is missing and where an hour begins at half past', async () => {
    const { body } = await world.report('time-series', `${QUERY}&by=hour`);
    expect(body.items).toHaveLength(71);
    expect(body.items.map(({ local }: { local: string }) => local).filter((local: string) => local.startsWith('2026-03-29T0'))).toEqual(['00', '01', '03', '04', '05', '06', '07', '08', '09'].map((hour) => `2026-03-29T${hour}:00`));
    const india = await world.report('time-series', '?by=hour&zone=Asia/Kolkata&from=2026-03-28T22:00:00Z&to=2026-03-29T00:00:00Z');
    expect(india.body.items.map(({ start, local, sent }: Record<string, unknown>) => [start, local, sent])).toEqual([['2026-03-28T21:30:00.000Z', '2026-03-29T03:00', 0], ['2026-03-28T22:30:00.000Z', '2026-03-29T04:00', 1], ['2026-03-28T23:30:00.000Z', '2026-03-29T05:00', 1]]);
  });

  test('over all campaigns has the same sums and no conversions', async () => {
    const { body } = await app.api('GET', `/v1/reports/time-series${QUERY}`);
    expect(body.items.map((item: Record<string, number>) => [item.sent, item.openedHuman, item.clicked, item.converted])).toEqual([[1, 0, 0, null], [1, 1, 0, null], [0, 0, 1, null]]);
  });

  test('refuses too long and too fine, and an empty campaign has zeros', async () => {
    expect(await world.report('time-series', '?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z')).toMatchObject({ status: 400, body: { code: 'report.bad-period' } });
    expect(await world.report('time-series', '?from=2025-12-01T00:00:00Z&to=2026-04-01T00:00:00Z&by=hour')).toMatchObject({ status: 400, body: { code: 'report.too-fine' } });
    expect(await world.report('time-series', '?zone=Mars/Olympus')).toMatchObject({ status: 400 });
    const empty = await app.api('POST', '/v1/campaigns', { name: 'leer', definition: series() });
    const { body } = await app.api('GET', `/v1/campaigns/${empty.body.id}/reports/time-series`);
    expect(body.items).toHaveLength(30);
    expect(body.items.every((item: Record<string, number>) => item.sent === 0 && item.entered === 0)).toBe(true);
  });

  test('refusals by reason and day, with their words', async () => {
    const { body } = await world.report('refusals', QUERY);
    expect(body.reasons).toEqual([{ code: 'NO_CONSENT', stage: 'entry', count: 1, words: { en: 'No consent to this topic', ko: '수신 동의 없음' } }]);
    expect(body.items).toMatchObject([{ local: '2026-03-28', code: 'NO_CONSENT', count: 1 }]);
  });
});

describe('the flow through the steps', () => {
  test('says who is where until when, who went which way, and where they dropped off', async () => {
    clock.set(new Date('2026-03-02T00:00:00Z'));
    await world.publish(series({
      start: 'w', steps: [
        { id: 'w', type: 'wait', for: { days: 1 }, next: 'b' },
        { id: 'b', type: 'branch', branches: [{ name: '신규', condition: { type: 'attribute', key: 'x', op: 'exists' }, next: 'a' }], otherwise: null },
        email('a', 'u'), { id: 'u', type: 'wait_until', condition: { type: 'attribute', key: 'y', op: 'exists' }, timeout: { days: 30 }, next: null, onTimeout: null }],
    }));
    const people = await world.people(8);
    const T = (hours: number) => new Date(Date.UTC(2026, 2, 2, hours)).toISOString();
    // Two left the wait after 24 h, one after 25; one reached the goal there after 2 h.
    for (const [index, hours] of [24, 24, 25].entries()) {
      const run = await world.run({ person: people[index]!, step: index === 0 ? 'b' : 'u', at: T(hours), state: index === 0 ? 'completed' : 'active', left: index === 0 ? T(hours) : null, outcome: index === 0 ? 'otherwise' : null, due: index === 0 ? null : T(720 + hours) });
      await world.visit({ person: people[index]!, step: 'w', at: T(0), left: T(hours), outcome: 'waited', enrollment: run });
      if (index === 0) continue;
      await world.visit({ person: people[index]!, step: 'b', at: T(hours), left: T(hours), outcome: 'branch 1: 신규', enrollment: run });
      await world.visit({ person: people[index]!, step: 'a', at: T(hours), left: T(hours), outcome: index === 1 ? 'queued' : 'NO_CONSENT', enrollment: run });
    }
    await world.run({ person: people[3]!, step: 'w', at: T(0), state: 'exited', left: T(2), outcome: 'GOAL_REACHED', exit: 'GOAL_REACHED' });
    // Four wait: one overdue by an instant, one due in exactly an hour, one in a day and a bit, one without an end.
    for (const [index, due] of [T(30), T(31), T(55), null].entries()) await world.run({ person: people[4 + index]!, step: 'w', at: T(6), state: 'active', due });
    clock.set(new Date(T(30)));
    const { body } = await world.report('step-flow');
    expect(body.steps.map((step: Record<string, unknown>) => [step.stepId, step.type, step.arrived, step.here, step.left, step.dropRate])).toEqual([['w', 'wait', 8, 4, 3, 1 / 8], ['b', 'branch', 3, 0, 3, 0], ['a', 'message', 2, 0, 2, 0], ['u', 'wait_until', 2, 2, 0, 0]]);
    expect(body.steps[0]).toMatchObject({
      dropped: [{ code: 'GOAL_REACHED', count: 1, words: { ko: '목표 달성' } }], medianSeconds: 24 * 3600, nextDueAt: T(30),
      due: [{ within: 0, people: 1 }, { within: 1, people: 1 }, { within: 72, people: 1 }, { within: null, people: 1 }],
    });
    expect(body.steps[3].due).toEqual([{ within: 720, people: 2 }]);
    expect(body.edges.map((edge: Record<string, unknown>) => [edge.from, edge.to, edge.outcome, edge.count, edge.rate])).toEqual([
      ['w', 'b', 'waited', 3, 1], ['b', 'a', 'branch 1: 신규', 2, 2 / 3], ['b', null, 'otherwise', 1, 1 / 3], ['a', 'u', 'NO_CONSENT', 1, 1 / 2], ['a', 'u', 'queued', 1, 1 / 2]]);
  });
});

describe('over the workspace', () => {
  const PERIOD = '?from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z';
  let first: string;
  let second: string;
  let people: string[];
  beforeAll(async () => {
    clock.set(new Date('2026-05-01T00:00:00Z'));
    const one = await world.publish(series({ steps: [email('a', null)] }), '첫째');
    people = await world.people(5);
    const at = '2026-05-01T10:00:00Z';
    const say = (index: number, state: string, address: string, more: object = {}) => world.message({ person: people[index]!, state, at, address, relay: 'environment', ...more });
    await say(0, 'delivered', 'a@Gmail.com');
    const complained = await say(1, 'sent', 'b@gmail.com', { attempts: 3 });
    await world.react(complained, people[1]!, 'complaint', at, 'unknown');
    await say(2, 'bounced', 'c@gmail.com', { refusal: 'invalid_recipient' });
    const returned = await say(3, 'bounced', 'd@naver.com');
    await world.react(returned, people[3]!, 'bounce', at, 'unknown', { kind: 'soft', class: 'full' });
    await say(4, 'failed', 'e@naver.com', { refusal: 'block_reputation', reason: 'PROVIDER_REJECTED' });
    const two = await world.publish(series({ steps: [email('a', null)] }), '둘째');
    await say(0, 'uncertain', 'a@gmail.com', { relay: 'sandbox' });
    await say(1, 'queued', 'b@gmail.com', { settledAt: null, attempts: 2 });
    await say(1, 'sent', 'b@gmail.com');
    await say(1, 'sent', 'b@gmail.com');
    await say(4, 'cancelled', 'x@x.com', { attempts: 0, reason: 'GOAL_REACHED' });
    [first, second] = [one.id, two.id];
    clock.set(new Date('2026-05-03T00:00:00Z'));
  });

  test('deliverability by domain, by relay and in all; every message tried is one of them', async () => {
    const { body } = await app.api('GET', `/v1/reports/deliverability${PERIOD}`);
    const numbers = (item: Record<string, number | string>) => [item.domain, item.tried, item.sent, item.delivered, item.hardBounced, item.softBounced, item.blocked, item.failed, item.complained, item.uncertain, item.deferred, item.retried];
    expect(body.items.map(numbers)).toEqual([['gmail.com', 7, 4, 4, 1, 0, 0, 0, 1, 1, 1, 2], ['naver.com', 2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0]]);
    expect(body.items[0].rates).toMatchObject({ delivered: 4 / 7, hardBounced: 1 / 7, complained: 1 / 4 });
    for (const part of [...body.items, body.total]) expect(part.tried).toBe(part.delivered + part.hardBounced + part.softBounced + part.blocked + part.failed + part.uncertain + part.deferred);
    const relays = await app.api('GET', `/v1/reports/deliverability${PERIOD}&by=relay`);
    expect(relays.body.items.map((item: Record<string, unknown>) => [item.relay, item.tried])).toEqual([['environment', 8], ['sandbox', 1]]);
    const top = await app.api('GET', `/v1/reports/deliverability${PERIOD}&top=1&campaigns=${first}`);
    expect(top.body.items.map((item: Record<string, unknown>) => [item.domain, item.tried])).toEqual([['gmail.com', 3], ['other', 2]]);
    expect((await app.api('GET', '/v1/reports/deliverability?campaigns=x')).status).toBe(400);
  });

  test('overlap: who got messages of both, how many each, and who got more than so many', async () => {
    const { body } = await app.api('GET', `/v1/reports/overlap${PERIOD}&more=2`);
    // p0 one of the first; p1 one of the first and two of the second.
    expect(body).toMatchObject({ people: 2, messages: 4, distribution: [{ messages: 1, people: 1 }, { messages: 3, people: 1 }], more: { than: 2, people: 1 } });
    expect(body.campaigns).toEqual([{ campaignId: first, name: '첫째', people: 2, messages: 2, alone: 1 }, { campaignId: second, name: '둘째', people: 1, messages: 2, alone: 0 }]);
    expect(body.pairs).toMatchObject([{ people: 1, share: 1 }]);
    const page = await app.api('GET', `/v1/reports/overlap/people${PERIOD}&more=0&limit=1`);
    expect(page.body.items).toEqual([{ personId: people[1], messages: 3, campaigns: 2 }]);
    const rest = await app.api('GET', `/v1/reports/overlap/people${PERIOD}&more=0&limit=1&after=${page.body.next}`);
    expect(rest.body).toEqual({ items: [{ personId: people[0], messages: 1, campaigns: 1 }], next: null });
    expect(await app.api('GET', `/v1/reports/overlap/people${PERIOD}&after=e30`)).toMatchObject({ status: 400, body: { code: 'request.bad-cursor' } });
    const nothing = await app.api('GET', '/v1/reports/overlap?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
    expect(nothing.body).toMatchObject({ people: 0, campaigns: [], pairs: [], distribution: [] });
  });
});

describe('what messages caused', () => {
  const PERIOD = '?from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z';
  /** People of one arm, some of whom met the goal an hour later. */
  async function arm(variant: string, people: number, converted: number) {
    const ids = await world.people(people);
    const at = '2026-09-02T00:00:00Z';
    await app.db.query(`insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, source, assigned_at) select $1, p.id, $2, $3::text, $3::text = 'control', 'hash', $4 from unnest($5::uuid[]) as p (id)`, [world.campaign.experiments.a!.experimentId, world.campaign.id, variant, at, ids]);
    await app.db.query(`insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, is_control, topic, state, due_at, queued_at, sent_at)
      select gen_random_uuid(), p.id, $2, $6, 'a', gen_random_uuid(), 'email', $1, $3::text, $3::text = 'control', 'news', case when $3 = 'control' then 'ghost' else 'sent' end, $4, $4, $4 from unnest($5::uuid[]) as p (id)`, [world.campaign.experiments.a!.experimentId, world.campaign.id, variant, at, ids, world.campaign.versionId]);
    await app.db.query(`insert into event (id, person_id, type, name, occurred_at, received_at, message_id) select e.id, e.person_id, 'track', 'Pooled', $2, $2, e.id::text from (select gen_random_uuid() as id, p.id as person_id from unnest($1::uuid[]) as p (id)) as e`, [ids.slice(0, converted), '2026-09-02T01:00:00Z']);
  }
  const pooled = series({ goals: [{ key: 'g', name: '합산', event: { name: 'Pooled' } }], steps: [twoArms('a', null)] });

  test('is pooled over tests with different shares kept back, in plain numbers', async () => {
    clock.set(new Date('2026-09-01T00:00:00Z'));
    await world.publish(pooled);
    await arm('control', 200, 20);
    await arm('A', 400, 70);
    await arm('B', 400, 50);
    await world.publish(pooled);
    await arm('control', 100, 30);
    await arm('A', 100, 40);
    clock.set(new Date('2026-09-20T00:00:00Z'));
    const { body } = await app.api('GET', `/v1/reports/holdouts${PERIOD}`);
    expect(body.items).toHaveLength(1);
    const [item] = body.items;
    expect(item).toMatchObject({ kind: 'control', goal: { name: '합산', event: 'Pooled', windowSeconds: 604_800 }, kept: { people: 300, converted: 50 }, messaged: { people: 900, converted: 160 }, missing: null });
    // Mantel-Haenszel: (24 + 20) / (16 + 15) = 1.41935; 160 · (1 - 1/1.41935) = 47.27. Summed up, the rates 17.8 % and 16.7 % would say 10.
    expect(item.caused.point).toBeCloseTo(160 * (1 - 31 / 44), 6);
    // Variance (20 + 11.5) / (44 · 31) = .0230938; always-valid at N = 1200 of 5000 people.
    const [psi, se, L] = [Math.log(44 / 31), Math.sqrt(31.5 / (44 * 31)), 2 * Math.log(20)];
    const r = ((L + Math.log(1 + L)) * 1_200) / 5_000;
    const c = Math.sqrt((1 + 1 / r) * (Math.log(1 + r) + L));
    expect(item.lift.lo).toBeCloseTo(Math.exp(psi - c * se) - 1, 8);
    expect(item.lift.hi).toBeCloseTo(Math.exp(psi + c * se) - 1, 8);
    expect(item.sentence.ko).toContain('알 수 없습니다');
    expect(body.holdout).toEqual({ active: 0, people: 0 });
    const early = await app.api('GET', '/v1/reports/holdouts?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
    expect(early.body.items).toEqual([]);
  });

  test('says nothing before there are enough people', async () => {
    await world.publish(series({ goals: [{ key: 'g', name: '적음', event: { name: 'Few' } }], steps: [twoArms('a', null)] }));
    await arm('control', 99, 0);
    await arm('A', 200, 0);
    const { body } = await app.api('GET', `/v1/reports/holdouts${PERIOD}`);
    expect(body.items.find((item: { goal: { name: string } }) => item.goal.name === '적음')).toMatchObject({ lift: null, caused: null, missing: 'people' });
  });
});

describe('surveys', () => {
  test('NPS, CSAT and choices by variant and by segment at the answer; verbatims are found in Korean', async () => {
    clock.set(new Date('2026-06-01T00:00:00Z'));
    const content = { format: 'survey', survey: { question: '추천하시겠어요?', kind: 'nps', comment: '이유' } };
    await world.publish({ type: 'broadcast', goals: [], message: inApp('message', { variants: [{ key: 'A', content }, { key: 'B', content }] }), audience: { type: 'attribute', key: 'nobody', op: 'exists' } });
    const people = await world.people(6);
    const at = '2026-06-02T00:00:00Z';
    const deliveries: string[] = [];
    for (const [index, person] of people.entries()) deliveries.push(await world.message({ person, step: 'message', channel: 'in_app', variant: index < 4 ? 'A' : 'B', state: 'delivered', at }));
    // "빠른" as a Mac may send it: decomposed.
    const said: [number, string | null][] = [[10, '정말 빠른 응답'.normalize('NFD')], [9, null], [8, '100% 만족'], [0, '느려요'], [6, null]];
    for (const [index, [score, text]] of said.entries()) await world.answer(deliveries[index]!, people[index]!, { at, variant: index < 4 ? 'A' : 'B', score, text });
    const segment = (await app.api('POST', '/v1/segments', { name: '단골', definition: { type: 'attribute', key: 'vip', op: 'exists' } })).body.id as string;
    const flip = (person: string, entered: boolean, when: string) => app.db.query(`insert into membership_change (segment_id, person_id, entered, at, cause, recorded_at) values ($1, $2, $3, $4, 'change', $4)`, [segment, person, entered, when]);
    await flip(people[0]!, true, '2026-06-01T12:00:00Z');
    await flip(people[1]!, true, '2026-06-01T12:00:00Z');
    await flip(people[1]!, false, '2026-06-01T13:00:00Z');
    await flip(people[2]!, true, '2026-06-02T00:00:01Z');
    clock.set(new Date('2026-06-10T00:00:00Z'));

    const { body } = await world.report('surveys', `?segment=${segment}`);
    const of = (variant: string | null, inSegment: boolean | null) => body.items.find((item: Record<string, unknown>) => item.variant === variant && item.inSegment === inSegment);
    // Two promoters, one passive, two detractors: 0. Answered 5 of 6.
    expect(of(null, null)).toMatchObject({ question: '추천하시겠어요?', kind: 'nps', answers: 5, comments: 3, answered: { count: 5, of: 6 }, nps: { promoters: 2, passives: 1, detractors: 2, score: 0 } });
    expect(of(null, null).nps.low).toBeCloseTo(-of(null, null).nps.high, 10);
    expect(of('A', null)).toMatchObject({ answers: 4, answered: { count: 4, of: 4 }, nps: { promoters: 2, passives: 1, detractors: 1, score: 25 } });
    expect(of('B', null)).toMatchObject({ answers: 1, nps: { detractors: 1, score: -100 } });
    // Only who was inside at the answer: not who had left before, not who came a second later.
    expect(of(null, true)).toMatchObject({ answers: 1, answered: null, nps: { promoters: 1, score: 100 } });
    expect(of(null, false)).toMatchObject({ answers: 4, nps: { promoters: 1, passives: 1, detractors: 2, score: -25 } });

    const found = async (query: string) => (await world.report('surveys/verbatims', query)).body.items.map(({ text }: { text: string }) => text.normalize('NFC'));
    expect((await found('')).toSorted()).toEqual(['100% 만족', '느려요', '정말 빠른 응답']);
    expect(await found(`?q=${encodeURIComponent('빠른 응')}`)).toEqual(['정말 빠른 응답']);
    expect(await found(`?q=${encodeURIComponent('빠른'.normalize('NFD'))}`)).toEqual(['정말 빠른 응답']);
    expect(await found(`?q=${encodeURIComponent('0%')}`)).toEqual(['100% 만족']);
    expect(await found(`?q=${encodeURIComponent('_')}`)).toEqual([]);
    expect(await found('?maxScore=6')).toEqual(['느려요']);
    const page = await world.report('surveys/verbatims', '?limit=2');
    const rest = await world.report('surveys/verbatims', `?limit=2&after=${page.body.next}`);
    expect([page.body.items.length, rest.body.items.length, rest.body.next]).toEqual([2, 1, null]);
  });
});

describe('auto messages', () => {
  test('claims, displays, attention before them, what people did, and refusals; forgotten claims stay counted', async () => {
    clock.set(new Date('2026-07-01T00:00:00Z'));
    await app.api('PATCH', '/v1/sending-rules', { rules: { display_limit: { on: false } } });
    const id = await publishAuto(app, autoMessage({ message: inApp('message', { variants: [{ key: 'A', content: { body: '도와드릴까요?', reply: true, buttons: [{ label: '네', url: 'https://shop.example/help' }] } }] }) }));
    const browser = (number: number) => new Browser(app.url, app.writeKey, `report-${number}`);
    for (const [number, dwell] of [90_000, 95_000, 120_000].entries()) {
      const one = browser(number);
      const shown = (await one.display(id, { why: { dwell } })) as Granted & { key: string };
      if (number === 0) await one.ack(shown.key, 'dismiss');
      if (number === 1) await one.ack(shown.key, 'reply', { v: { text: '네' } });
      if (number === 2) await one.ack(shown.key, 'click', { b: 0 });
    }
    // Said nothing of attention: displayed, but not told. One gave back, one never confirmed, one had not waited.
    expect(await browser(3).display(id)).toMatchObject({ ok: 1 });
    const back = await browser(4).claim(id, { why: { dwell: 91_000 } });
    await browser(4).ack(back.key, 'back');
    await browser(5).claim(id, { why: { dwell: 91_000 } });
    expect(await browser(6).claim(id, { why: { dwell: 1_000 } })).toMatchObject({ ok: 0, why: 'DWELL_UNMET' });
    clock.advance(60_000);
    await app.runner.runUntilIdle();
    const QUERY = '?from=2026-07-01T00:00:00Z&to=2026-07-02T00:00:00Z';
    const read = async () => (await app.api('GET', `/v1/campaigns/${id}/reports/auto-message${QUERY}`)).body;
    const before = await read();
    expect(before.variants).toEqual([{
      version: 1, variant: 'A', isControl: false, claims: { granted: 6, confirmed: 4, givenBack: 1, lapsed: 1, recalled: 0, open: 0 },
      impressions: 4, people: 4, opened: expect.any(Number), clicked: 1, dismissed: 1, replied: 1, rates: { clicked: 1 / 4, dismissed: 1 / 4, replied: 1 / 4 },
      dwell: { told: 3, min: 90_000, p10: 91_000, median: 95_000, p90: 115_000, max: 120_000 },
    }]);
    expect(before.refusals).toMatchObject([{ code: 'DWELL_UNMET', count: 1, words: { ko: '체류 시간 부족' } }]);
    clock.set(new Date('2026-08-15T00:00:00Z'));
    await app.runner.runUntilIdle();
    expect(await app.db.query('select count(*)::int as left from display_claim as c where c.campaign_id = $1', [id])).toEqual([{ left: 0 }]);
    expect((await read()).variants).toEqual(before.variants);
  });
});
