import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SeriesDefinition } from '../../src/contract/campaign.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import type { PublishedEntry } from '../../src/campaigns/domain/published.js';
import { addressHash } from '../../src/delivery/preferences/domain/address.js';
import { migrateBatch } from '../../src/campaigns/engine/migrate.js';
import { insertMigration, runningMigration } from '../../src/campaigns/store/migrations.store.js';
import { inTransaction, rows } from '../../src/platform/database/db.js';
import { newId } from '../../src/kernel/ids.js';
import { CampaignWorld, message } from '../support/campaign-world.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let world: CampaignWorld;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => {
  // Campaigns of earlier tests must not run on when this one moves the clock.
  await rows(database.db, `update campaign as c set state = 'archived' where c.state <> 'archived'`);
  world = new CampaignWorld(database.db);
  await world.topic();
});
afterEach(async () => { expect(await world.unaccounted()).toEqual([]); });

const did = (event: string): SegmentNode => ({ type: 'event', event, count: { op: 'at_least', value: 1 } });
const has = (key: string): SegmentNode => ({ type: 'attribute', key, op: 'exists' });
const onSignUp: PublishedEntry = { type: 'event', event: 'Signed Up', where: [] };
const codes = (list: { code: string }[]) => list.map((one) => one.code);

describe('entry', () => {
  test('an event with matching properties starts a run that keeps them; others do not', async () => {
    const { campaignId } = await world.campaign({ entry: { type: 'event', event: 'Signed Up', where: [{ property: 'plan', op: 'is', value: '팀' }] }, steps: [message('hello', null)] });
    const [ann, bob] = await world.people(2);
    await world.event(ann!, 'Signed Up', { plan: '팀', seats: 3 });
    await world.event(bob!, 'Signed Up', { plan: 'solo' });
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ personId: ann, state: 'completed', entry: { kind: 'event', properties: { plan: '팀', seats: 3 } } }]);
    expect(await world.deliveries(campaignId)).toMatchObject([{ personId: ann, stepId: 'hello', state: 'queued', variant: 'a' }]);
  });

  test('entering the segment starts a run, leaving it does not', async () => {
    const segmentId = await world.segment();
    const { campaignId } = await world.campaign({ entry: { type: 'segment', segmentId, take: 'future_only' }, steps: [message('hello', null)] });
    const [ann, bob] = await world.people(2);
    await world.enterSegment(segmentId, [ann!]);
    await rows(world.db, `insert into settled_change (kind, at, person_ids, flip_segments, flip_persons, flip_entered, flip_at) values ('flips', $1, array[$2::uuid], array[$3::uuid], array[$2::uuid], array[false], array[$1::timestamptz])`, [world.clock.now(), bob, segmentId]);
    await world.run();
    expect((await world.runs(campaignId)).map((run) => run.personId)).toEqual([ann]);
  });

  test('a launch takes the members there are, in pages, and flips that came before it are its own', async () => {
    const segmentId = await world.segment();
    const { campaignId, versionId } = await world.campaign({ entry: { type: 'segment', segmentId, take: 'current_and_future' }, steps: [message('hello', null)] });
    const early = await world.people(5);
    await world.enterSegment(segmentId, early);
    await rows(world.db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state) values ($1, $2, $3, $4, $5, 'waiting')`, [newId(), campaignId, versionId, segmentId, world.clock.now()]);
    await world.run();
    world.clock.advance(1000);
    await world.enterSegment(segmentId, [await world.person()]);
    await world.run();
    expect(await world.runs(campaignId)).toHaveLength(6);
    expect(await world.decisions(campaignId)).toEqual([]);
    expect(await rows(world.db, 'select l.state, l.people_total, l.people_done from launch as l where l.campaign_id = $1', [campaignId])).toEqual([{ state: 'done', people_total: 5, people_done: 5 }]);
  });

  test.each([
    { zone: 'America/New_York', date: '2026-03-07', days: 1, due: '2026-03-08T13:00:00Z' }, // DST begins that day
    { zone: 'Asia/Seoul', date: '2026-03-07', days: 1, due: '2026-03-08T00:00:00Z' },
    { zone: 'Europe/Berlin', date: '2026-04-05', days: -7, due: '2026-03-29T07:00:00Z' }, // DST begins that day
    { zone: 'Pacific/Kiritimati', date: '2026-03-20', days: 0, due: '2026-03-19T19:00:00Z' },
    { zone: 'Pacific/Pago_Pago', date: '2026-03-20', days: 0, due: '2026-03-20T20:00:00Z' },
  ])('a date lets in at 09:00 local, exactly: $zone $date $days', async ({ zone, date, days, due }) => {
    const key = `renewal_${zone}`;
    const { campaignId } = await world.campaign({ entry: { type: 'date', attribute: key, days, time: '09:00' }, steps: [message('hello', null)] });
    await world.person({ zone, attributes: { [key]: date } });
    for (let next = await world.run(); next && next <= new Date(due); next = await world.run()) {
      expect(await world.runs(campaignId)).toEqual([]);
      world.clock.set(next);
    }
    await world.at(due);
    expect(await world.deliveries(campaignId)).toMatchObject([{ queuedAt: new Date(due) }]);
  });

  test('audience, paused and draining refuse with their codes; a stopped campaign does not look', async () => {
    const plan = { entry: onSignUp, audience: has('paying'), steps: [message('hello', null)] };
    const active = await world.campaign(plan);
    const paused = await world.campaign(plan, 'paused');
    const draining = await world.campaign(plan, 'draining');
    const stopped = await world.campaign(plan, 'stopped');
    const [payer, free] = [await world.person({ attributes: { paying: true } }), await world.person()];
    await world.event(payer, 'Signed Up');
    await world.event(free, 'Signed Up');
    await world.run();
    expect(await world.decisions(active.campaignId)).toMatchObject([{ personId: free, stage: 'entry', code: 'NOT_IN_AUDIENCE', facts: { gate: 'audience' } }]);
    expect(codes(await world.decisions(paused.campaignId))).toEqual(['CAMPAIGN_INACTIVE', 'CAMPAIGN_INACTIVE']);
    expect(codes(await world.decisions(draining.campaignId))).toEqual(['VERSION_DRAINING', 'VERSION_DRAINING']);
    expect(await world.decisions(stopped.campaignId)).toEqual([]);
  });

  test.each([
    { reentry: { policy: 'never' } as const, whileActive: 'REENTRY_BLOCKED', afterEnd: 'REENTRY_BLOCKED', afterInterval: 'REENTRY_BLOCKED' },
    { reentry: { policy: 'after_exit' } as const, whileActive: 'REENTRY_BLOCKED', afterEnd: null, afterInterval: null },
    { reentry: { policy: 'after_interval', interval: { days: 7 } } as const, whileActive: 'REENTRY_BLOCKED', afterEnd: 'REENTRY_BLOCKED', afterInterval: null },
  ])('re-entry: $reentry.policy', async ({ reentry, whileActive, afterEnd, afterInterval }) => {
    const { campaignId } = await world.campaign({ entry: onSignUp, reentry, steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: null }] });
    const ann = await world.person({ zone: 'Europe/Berlin' });
    const outcome = async () => { const before = (await world.decisions(campaignId)).length; await world.event(ann, 'Signed Up'); await world.run(); return (await world.decisions(campaignId)).slice(before).at(0)?.code ?? null; };
    expect(await outcome()).toBe(null);
    expect(await outcome()).toBe(whileActive);
    await world.at('2026-03-03T10:00:00Z');
    expect(await outcome()).toBe(afterEnd);
    if (reentry.policy === 'after_interval') expect((await world.decisions(campaignId)).at(-1)!.nextCheckAt).toEqual(new Date('2026-03-09T09:00:00Z'));
    await world.at('2026-03-11T10:00:00Z');
    expect(await outcome()).toBe(afterInterval);
  });

  test('a goal or exit rule that is true already refuses; an event of the past does not', async () => {
    const goals = [{ key: 'active', name: 'Active', exits: true, condition: has('active') }, { key: 'bought', name: 'Bought', exits: true, event: { name: 'Bought' } }];
    const { campaignId } = await world.campaign({ entry: onSignUp, goals, exitRules: [{ key: 'churned', condition: has('churned') }], steps: [message('hello', null)] });
    const [a, b, c] = [await world.person({ attributes: { active: true } }), await world.person({ attributes: { churned: true } }), await world.person()];
    await world.event(c, 'Bought', {}, new Date('2026-03-01T00:00:00Z'));
    for (const person of [a, b, c]) await world.event(person, 'Signed Up');
    await world.run();
    expect(await world.decisions(campaignId)).toMatchObject([{ personId: a, code: 'GOAL_REACHED', facts: { goals: ['active'] } }, { personId: b, code: 'EXIT_RULE', facts: { rules: ['churned'] } }]);
    expect((await world.runs(campaignId)).map((run) => run.personId)).toEqual([c]);
  });
});

test('a campaign that cannot work off its news is tried three times, then the others go on without it', async () => {
  const broken = await world.campaign({ entry: { ...onSignUp, where: [{ property: 'plan', op: 'no such operator', value: 1 }] } as never, steps: [message('hello', null)] });
  const sound = await world.campaign({ entry: onSignUp, goals: [{ key: 'g', name: 'G', exits: true, event: { name: 'Bought' } }], steps: [{ id: 'w', type: 'wait', for: { days: 1 }, next: null }] });
  const [ann, bob] = await world.people(2);
  await world.event(ann!, 'Signed Up');
  const [entry] = world.workers();
  for (let attempt = 0; attempt < 3; attempt += 1) await expect(entry!.runOnce()).rejects.toThrow(broken.campaignId);
  expect(await world.runs(sound.campaignId)).toEqual([]);
  expect(await entry!.runOnce()).toEqual({ done: 1 });
  await world.event(bob!, 'Signed Up');
  await world.event(ann!, 'Bought');
  expect(await entry!.runOnce()).toEqual({ done: 2 });
  expect((await world.runs(sound.campaignId)).map((run) => [run.personId, run.state])).toEqual([[ann, 'exited'], [bob, 'active']]);
  expect(await world.runs(broken.campaignId)).toEqual([]);
});

describe('steps', () => {
  test('wait: a duration and then a weekday and time in the person’s zone, over a DST change', async () => {
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: [{ id: 'w', type: 'wait', for: { days: 5 }, until: { time: '10:00', weekdays: ['mon'] }, next: 'm' }, message('m', null)] });
    const ny = await world.person({ zone: 'America/New_York' });
    const kr = await world.person({ zone: 'Asia/Seoul' });
    await world.event(ny, 'Signed Up');
    await world.event(kr, 'Signed Up');
    expect(await world.run()).toEqual(new Date('2026-03-09T01:00:00Z'));
    await world.at('2026-03-09T00:59:59.999Z');
    expect(await world.deliveries(campaignId)).toEqual([]);
    expect(await world.at('2026-03-09T01:00:00Z')).toEqual(new Date('2026-03-09T14:00:00Z'));
    await world.at('2026-03-09T14:00:00Z');
    expect((await world.deliveries(campaignId)).map((d) => [d.personId, d.queuedAt.toISOString()])).toEqual([[kr, '2026-03-09T01:00:00.000Z'], [ny, '2026-03-09T14:00:00.000Z']]);
  });

  test('wait_until: met at once, met later, and timed out', async () => {
    const hidden = await world.segment();
    const { campaignId } = await world.campaign({
      entry: onSignUp, conditions: { 'wait:u': hidden },
      steps: [{ id: 'u', type: 'wait_until', condition: did('Project Created'), timeout: { days: 7 }, next: 'yes', onTimeout: 'no' }, message('yes', null), message('no', null)],
    });
    const [now, later, never] = await world.people(3);
    await world.event(now!, 'Project Created');
    await world.events([now!, later!, never!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    world.clock.advance(86_400_000);
    await world.event(later!, 'Project Created');
    await world.enterSegment(hidden, [later!]);
    await world.run();
    await world.at('2026-03-09T09:00:00Z');
    expect((await world.deliveries(campaignId)).map((d) => [d.personId, d.stepId, d.queuedAt.toISOString()])).toEqual([
      [now, 'yes', '2026-03-02T09:00:00.000Z'], [later, 'yes', '2026-03-03T09:00:00.000Z'], [never, 'no', '2026-03-09T09:00:00.000Z']]);
    expect((await world.visits(campaignId)).filter((v) => v.stepId === 'u').map((v) => [v.personId, v.outcome]).toSorted()).toEqual([[now, 'met'], [later, 'met'], [never, 'timeout']].toSorted());
  });

  test('branch takes the first that holds, split the stored arm, exit ends', async () => {
    const { campaignId } = await world.campaign({
      entry: onSignUp,
      steps: [
        { id: 'b', type: 'branch', branches: [{ name: 'vip', condition: has('vip'), next: 'm' }, { condition: has('old'), next: 's' }], otherwise: 'x' },
        { id: 's', type: 'split', arms: [{ key: 'left', weight: 1, next: 'm' }, { key: 'right', weight: 1, next: null }] },
        { id: 'x', type: 'exit' }, message('m', null),
      ],
    });
    const vip = await world.person({ attributes: { vip: true, old: true } });
    const old = await world.people(40, { attributes: { old: true } });
    const none = await world.person();
    await world.events([vip, ...old, none].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    const visits = await world.visits(campaignId);
    expect(visits.filter((v) => v.stepId === 'b' && v.outcome === 'branch 1: vip').map((v) => v.personId)).toEqual([vip]);
    expect(visits.filter((v) => v.stepId === 'b' && v.outcome === 'branch 2')).toHaveLength(40);
    expect(visits.filter((v) => v.stepId === 'x').map((v) => [v.personId, v.outcome])).toEqual([[none, 'exit']]);
    const left = visits.filter((v) => v.stepId === 's' && v.outcome === 'left');
    expect(left.length).toBeGreaterThan(5);
    expect(await world.deliveries(campaignId)).toHaveLength(left.length + 1);
    expect((await world.runs(campaignId)).every((run) => run.state === 'completed')).toBe(true);
  });

  test('message: variants and control by stored assignment; each refusal one decision, and the run goes on', async () => {
    await world.topic('vip', 'marketing', true);
    const email = { channel: 'email', variants: [{ key: 'a', weight: 1, content: { subject: 's', body: 'b' } }, { key: 'b', weight: 1, content: { subject: 's', body: 'b' } }], control: { weight: 1 } };
    const { campaignId, published } = await world.campaign({ entry: onSignUp, steps: [message('one', 'two', email), message('two', null, { topic: 'vip' })] });
    const people = await world.people(60);
    const silent = await world.person({ email: '' });
    await rows(world.db, `update person set email = null where id = $1`, [silent]);
    const off = people[0]!;
    await rows(world.db, `insert into consent (person_id, channel, topic, state, at, source) values ($1, 'email', 'news', 'unsubscribed', $2, 'test')`, [off, world.clock.now()]);
    await world.events([...people, silent].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    const deliveries = await world.deliveries(campaignId);
    expect(deliveries).toHaveLength(59);
    expect(new Set(deliveries.map((d) => d.variant))).toEqual(new Set(['a', 'b', 'control']));
    for (const d of deliveries) {
      expect(d.isControl).toBe(d.variant === 'control');
      expect(d.contentId).toBe(published.contents.one![d.variant === 'control' ? 'a' : d.variant]);
    }
    const decisions = await world.decisions(campaignId);
    expect(decisions.filter((d) => d.stepId === 'one').map((d) => [d.personId, d.code]).toSorted()).toEqual([[off, 'TOPIC_UNSUBSCRIBED'], [silent, 'CHANNEL_UNREACHABLE']].toSorted());
    expect(new Set(codes(decisions.filter((d) => d.stepId === 'two')))).toEqual(new Set(['NO_CONSENT']));
    expect(decisions).toHaveLength(2 + 61);
    expect((await world.runs(campaignId)).every((run) => run.state === 'completed')).toBe(true);
  });

  test.each(['marketing', 'transactional'] as const)('message: addresses that bounced or complained, %s topic', async (kind) => {
    await world.topic(`mail-${kind}`, kind);
    const { campaignId } = await world.campaign({ entry: onSignUp, steps: [message('one', 'two', { channel: 'email', topic: `mail-${kind}`, variants: [{ key: 'a', content: { subject: 's', body: 'b' } }] }), message('two', null)] });
    const [bounced, complained, fine] = await world.people(3);
    for (const [person, reason] of [[bounced!, 'bounce'], [complained!, 'complaint']] as const) {
      await rows(world.db, `insert into suppression (channel, address_hash, reason, at) values ('email', $1, $2, $3)`, [addressHash(`${person}@example.test`), reason, world.clock.now()]);
    }
    await world.events([bounced!, complained!, fine!].map((personId) => ({ personId, name: 'Signed Up' })));
    await world.run();
    const refused = (await world.decisions(campaignId)).map((d) => [d.personId, d.stage, d.stepId, d.code, d.facts.gate]);
    // A complaint is about advertising: what somebody asked for still goes, unless it cannot arrive.
    const complaint = kind === 'marketing' ? [[complained, 'step', 'one', 'SUPPRESSED_COMPLAINT', 'suppression']] : [];
    expect(refused.toSorted()).toEqual([[bounced, 'step', 'one', 'SUPPRESSED_BOUNCE', 'suppression'], ...complaint].toSorted());
    expect((await world.deliveries(campaignId)).filter((d) => d.stepId === 'one').map((d) => d.personId).toSorted()).toEqual([...(kind === 'marketing' ? [] : [complained]), fine].toSorted());
    expect((await world.deliveries(campaignId)).filter((d) => d.stepId === 'two')).toHaveLength(3);
  });
});

/** Random edits; nightly takes more. */
const EDITS = Number(process.env.DANBI_EDITS ?? 3);
test('whatever is edited: nothing comes twice to a run, and nothing is skipped that both versions have ahead', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  // Some of the steps in some order; each is a message behind a wait of its own.
  const stepsOf = (list: readonly string[]) => list.flatMap((name, index) => {
    const next = list[index + 1];
    return [{ id: `w-${name}`, type: 'wait' as const, for: { hours: 10 }, next: name }, message(name, next === undefined ? null : `w-${next}`)];
  });
  const worlds = fc.sample(fc.record({
    orders: fc.array(fc.shuffledSubarray(names, { minLength: 2 }), { minLength: 3, maxLength: 5 }), hours: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 5, maxLength: 5 }),
  }), { ...(process.env.DANBI_SEED === 'random' ? {} : { seed: 20_261_123 }), numRuns: EDITS });
  for (const { orders, hours } of worlds) {
    const plan = (list: readonly string[]) => ({ entry: onSignUp, steps: stepsOf(list) });
    const { campaignId } = await world.campaign(plan(orders[0]!));
    const must = new Map<string, Set<string>>();
    for (const [index, list] of orders.entries()) {
      if (index > 0) {
        const definition = SeriesDefinition.parse({ type: 'series', entry: { type: 'event', event: 'unused' }, start: `w-${list[0]!}`, steps: stepsOf(list) });
        const { versionId } = await world.version(campaignId, index + 1, plan(list), definition);
        const standing = await rows<{ id: string; step: string }>(world.db, `select e.id, e.step_id as step from enrollment as e where e.campaign_id = $1 and e.state = 'active'`, [campaignId]);
        // An account of its own of the rule: who waits for a message that is still there gets what follows it; else what is left of their way.
        for (const { id, step } of standing) {
          const before = orders[index - 1]!;
          const old = before.slice(before.indexOf(step.at(-1)!));
          const from = old.find((name) => list.includes(name));
          const ahead = from === undefined ? [] : list.slice(list.indexOf(from));
          must.set(id, new Set(old.filter((name) => ahead.includes(name))));
        }
        await inTransaction(world.db, (tx) => insertMigration(tx, { campaignId, versionId, plan: { move: 'migrate', steps: [] }, people: standing.length, kept: 0, by: 'test', running: true }, world.clock.now()));
        const { id } = (await runningMigration(world.db, campaignId))!;
        while ((await inTransaction(world.db, (tx) => migrateBatch(tx, id, 2, { now: world.clock.now(), zone: 'UTC' }))).open);
        expect(await rows(world.db, `select from enrollment as e where e.campaign_id = $1 and e.state = 'active' and e.version_id <> $2`, [campaignId, versionId])).toEqual([]);
      }
      await world.events((await world.people(3)).map((personId) => ({ personId, name: 'Signed Up' })));
      await world.at(new Date(world.clock.now().getTime() + hours[index]! * 3_600_000));
    }
    for (const _ of names) await world.at(new Date(world.clock.now().getTime() + 10 * 3_600_000));
    const over = await rows<{ id: string; state: string; got: string[] }>(world.db, `
      select e.id, e.state, coalesce(array_agg(d.step_id) filter (where d.id is not null), '{}') as got from enrollment as e left join delivery as d on d.enrollment_id = e.id where e.campaign_id = $1 group by e.id, e.state`, [campaignId]);
    expect(over.map(({ state }) => state)).toEqual(over.map(() => 'completed'));
    for (const { id, got } of over) {
      expect(new Set(got).size).toBe(got.length);
      expect(got).toEqual(expect.arrayContaining([...(must.get(id) ?? [])]));
    }
  }
}, 60_000 + EDITS * 20_000);
