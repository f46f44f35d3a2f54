import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishedEntry } from '../../src/campaigns/domain/published.js';
import { rows } from '../../src/platform/database/db.js';
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

const ordered: PublishedEntry = { type: 'event', event: 'Ordered', where: [], key: 'order_id' };
const byKey = { policy: 'concurrent_by_key' } as const;
const keys = (campaignId: string) => rows<{ key: string; state: string; code: string | null; step: string }>(world.db, `
  select e.entry_key as key, e.state, e.exit_code as code, e.step_id as step from enrollment as e where e.campaign_id = $1 order by e.entry_key, e.entered_at`, [campaignId]);

describe('whoever leaves a segment', () => {
  test('enters, and who comes into it does not', async () => {
    const segmentId = await world.segment();
    const { campaignId } = await world.campaign({ entry: { type: 'segment', segmentId, on: 'left', take: 'future_only' }, steps: [message('bye', null)] });
    const [ann, bob] = await world.people(2);
    await world.enterSegment(segmentId, [ann!, bob!]);
    await world.run();
    expect(await world.runs(campaignId)).toEqual([]);
    await world.leaveSegment(segmentId, [ann!]);
    await world.run();
    expect(await world.runs(campaignId)).toMatchObject([{ personId: ann, state: 'completed', entry: { kind: 'segment', segmentId } }]);
    expect(await world.deliveries(campaignId)).toMatchObject([{ personId: ann, stepId: 'bye', state: 'queued' }]);
  });
});

describe('a key', () => {
  const waitingFor = (name: string, sameKey: boolean) => [
    { id: 'shipping', type: 'wait_until' as const, event: { name, where: [], ...(sameKey ? { sameKey } : {}) }, timeout: { days: 3 }, next: 'on-its-way', onTimeout: 'sorry' },
    message('on-its-way', null), message('sorry', null),
  ];
  const steps = waitingFor('Shipped', true);

  test('keeps the runs of one person apart: each order waits for its own shipment', async () => {
    const { campaignId } = await world.campaign({ entry: ordered, reentry: byKey, steps });
    const ann = await world.person();
    await world.events([{ personId: ann, name: 'Ordered', properties: { order_id: 'A' } }, { personId: ann, name: 'Ordered', properties: { order_id: 7 } }]);
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: '7', state: 'active', step: 'shipping' }, { key: 'A', state: 'active', step: 'shipping' }]);
    world.clock.advance(60_000);
    await world.event(ann, 'Shipped', { order_id: 7 });
    await world.event(ann, 'Shipped', { order_id: 'Z' });
    await world.event(ann, 'Shipped', {});
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: '7', state: 'completed', step: 'on-its-way' }, { key: 'A', state: 'active', step: 'shipping' }]);
    await world.at('2026-03-05T09:00:00Z');
    expect(await keys(campaignId)).toMatchObject([{ key: '7', step: 'on-its-way' }, { key: 'A', state: 'completed', step: 'sorry' }]);
  });

  test('has one active run at a time, and another when it has ended', async () => {
    const { campaignId } = await world.campaign({ entry: ordered, reentry: byKey, steps });
    const ann = await world.person();
    await world.event(ann, 'Ordered', { order_id: 'A' });
    await world.event(ann, 'Ordered', { order_id: 'A' });
    await world.run();
    expect(await keys(campaignId)).toHaveLength(1);
    expect(await world.decisions(campaignId)).toMatchObject([{ stage: 'entry', code: 'REENTRY_BLOCKED', facts: { policy: 'concurrent_by_key', runs: 1, active: true } }]);
    await world.at('2026-03-05T09:00:00Z');
    await world.event(ann, 'Ordered', { order_id: 'A' });
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: 'A', state: 'completed' }, { key: 'A', state: 'active' }]);
  });

  test('an event without it lets nobody in, and says what is missing', async () => {
    const { campaignId } = await world.campaign({ entry: ordered, reentry: byKey, steps });
    const ann = await world.person();
    await world.events([{ personId: ann, name: 'Ordered', properties: { order_id: ['A'] } }, { personId: ann, name: 'Ordered' }, { personId: ann, name: 'Ordered', properties: { order_id: '' } }]);
    await world.run();
    expect(await world.runs(campaignId)).toEqual([]);
    expect(await world.decisions(campaignId)).toMatchObject(Array(3).fill({ stage: 'entry', code: 'TRIGGER_NOT_MET', facts: { gate: 'trigger', missing: 'order_id' } }));
  });

  test('an exit rule and a goal by event end only the run they are about, with what it had queued', async () => {
    const { campaignId } = await world.campaign({
      entry: ordered, reentry: byKey, steps: [message('thanks', 'later'), { id: 'later', type: 'wait', for: { days: 9 }, next: 'survey' }, message('survey', null)],
      exitRules: [{ key: 'returned', event: { name: 'Returned', where: [{ property: 'whole', op: 'is', value: true }], sameKey: true } }],
      goals: [{ key: 'paid', name: 'Paid', exits: true, event: { name: 'Paid', where: [], sameKey: true } }],
    });
    const ann = await world.person();
    await world.events(['A', 'B', 'C'].map((order) => ({ personId: ann, name: 'Ordered', properties: { order_id: order } })));
    await world.run();
    world.clock.advance(60_000);
    await world.event(ann, 'Returned', { order_id: 'A', whole: true });
    await world.event(ann, 'Returned', { order_id: 'B', whole: false });
    await world.event(ann, 'Paid', { order_id: 'C' });
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: 'A', state: 'exited', code: 'EXIT_RULE' }, { key: 'B', state: 'active' }, { key: 'C', state: 'exited', code: 'GOAL_REACHED' }]);
    expect((await world.deliveries(campaignId)).map(({ state, reason }) => `${state} ${reason ?? ''}`).toSorted()).toEqual(['cancelled EXIT_RULE', 'cancelled GOAL_REACHED', 'queued ']);
  });

  test('without sameKey an event counts for every run; the one that let in never for itself', async () => {
    const { campaignId } = await world.campaign({ entry: ordered, reentry: byKey, steps: waitingFor('Ordered', false) });
    const ann = await world.person();
    await world.event(ann, 'Ordered', { order_id: 'A' });
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: 'A', state: 'active' }]);
    world.clock.advance(60_000);
    await world.event(ann, 'Ordered', { order_id: 'B' });
    await world.run();
    expect(await keys(campaignId)).toMatchObject([{ key: 'A', state: 'completed', step: 'on-its-way' }, { key: 'B', state: 'active' }]);
  });
});

describe('an anniversary', () => {
  test.each([
    { born: '1992-02-29', zone: 'Asia/Seoul', days: 0, due: '2027-02-28T00:00:00Z' },
    { born: '1992-02-29', zone: 'Asia/Seoul', days: 0, due: '2028-02-29T00:00:00Z', from: '2027-12-01T00:00:00Z' },
    { born: '1990-01-03', zone: 'Pacific/Kiritimati', days: -7, due: '2026-12-26T19:00:00Z' },
    { born: '1990-12-31', zone: 'Pacific/Pago_Pago', days: 1, due: '2027-01-01T20:00:00Z' },
  ])('lets in each year: $born $zone $days', async ({ born, zone, days, due, from }) => {
    const key = `born_${due}`;
    world.clock.set(new Date(from ?? '2026-12-01T00:00:00Z'));
    const { campaignId } = await world.campaign({ entry: { type: 'date', attribute: key, days, time: '09:00', every: 'year' }, reentry: { policy: 'after_exit' }, steps: [message('happy', null)] });
    const ann = await world.person({ zone, attributes: { [key]: born } });
    await world.at(new Date(Date.parse(due) - 60_000));
    expect(await world.runs(campaignId)).toEqual([]);
    await world.at(due);
    expect(await world.runs(campaignId)).toMatchObject([{ personId: ann, entry: { kind: 'date', at: new Date(due).toISOString() } }]);
    await world.at(new Date(Date.parse(due) + 300 * 86_400_000));
    expect(await world.runs(campaignId)).toHaveLength(1);
  });

  test('comes no earlier than a year after the date, and the alarm is set for it', async () => {
    world.clock.set(new Date('2026-05-04T20:00:00Z'));
    const { campaignId } = await world.campaign({ entry: { type: 'date', attribute: 'signed_up', days: 0, time: '09:00', every: 'year' }, steps: [message('one-year', null)] });
    await world.person({ zone: 'Asia/Seoul', attributes: { signed_up: '2026-05-05' } });
    const bob = await world.person({ zone: 'Asia/Seoul', attributes: { signed_up: '2025-05-05' } });
    expect(await world.run()).toEqual(new Date('2026-05-05T00:00:00Z'));
    await world.at('2026-05-05T00:00:00Z');
    expect(await world.runs(campaignId)).toMatchObject([{ personId: bob }]);
  });
});

describe('waiting for a date of the person', () => {
  const until = { id: 'until', type: 'wait' as const, date: { attribute: 'trial_ends', days: -2, time: '10:00' }, next: 'soon', onMissed: 'late' };
  const plan = { entry: { type: 'event', event: 'Trial', where: [] } as PublishedEntry, steps: [until, message('soon', null), message('late', null)] };
  const setDate = (personId: string, date: string | null) => rows(world.db, `
    with gone as (delete from person_date as d where d.person_id = $1 and d.key = 'trial_ends'),
    told as (update person as p set attributes = p.attributes - 'trial_ends' || case when $2::text is null then '{}'::jsonb else jsonb_build_object('trial_ends', $2::text) end where p.id = $1)
    select 1`, [personId, date]).then(() => (date === null ? [] : rows(world.db, `insert into person_date (person_id, key, at) values ($1, 'trial_ends', $2::timestamptz)`, [personId, date])));

  test('goes on at that moment in their zone; without a date, or behind it, the other way', async () => {
    const { campaignId } = await world.campaign(plan);
    const [seoul] = await world.people(1, { zone: 'Asia/Seoul', attributes: { trial_ends: '2026-03-10' } });
    const [none] = await world.people(1);
    const [past] = await world.people(1, { attributes: { trial_ends: '2026-03-03' } });
    await world.events([seoul, none, past].map((personId) => ({ personId: personId!, name: 'Trial' })));
    await world.run();
    expect(await world.runs(campaignId)).toEqual(expect.arrayContaining([
      expect.objectContaining({ personId: seoul, state: 'active', stepId: 'until', dueAt: new Date('2026-03-08T01:00:00Z') }),
      expect.objectContaining({ personId: none, state: 'completed', stepId: 'late' }), expect.objectContaining({ personId: past, state: 'completed', stepId: 'late' })]));
    await world.at('2026-03-08T01:00:00Z');
    expect((await world.visits(campaignId)).filter(({ personId }) => personId === seoul).map(({ stepId, outcome }) => `${stepId} ${outcome}`)).toEqual(['until waited', 'soon queued']);
  });

  test.each([
    { name: 'moved later', to: '2026-03-20', due: '2026-03-18T10:00:00Z', way: 'soon' },
    { name: 'moved earlier', to: '2026-03-06', due: '2026-03-04T10:00:00Z', way: 'soon' },
    { name: 'moved into the past', to: '2026-03-01', due: null, way: 'late' },
    { name: 'taken away', to: null, due: null, way: 'late' },
  ])('follows a date that is $name', async ({ to, due, way }) => {
    const { campaignId } = await world.campaign(plan);
    const ann = await world.person({ zone: 'UTC', attributes: { trial_ends: '2026-03-10' } });
    await world.event(ann, 'Trial');
    await world.run();
    await setDate(ann, to);
    await world.event(ann, 'whatever changed them');
    await world.run();
    if (due !== null) {
      expect(await world.runs(campaignId)).toMatchObject([{ state: 'active', dueAt: new Date(due) }]);
      await world.at(due);
    }
    expect(await world.runs(campaignId)).toMatchObject([{ state: 'completed', stepId: way }]);
  });
});

describe('an action', () => {
  const doing = (action: object, next: string | null) => ({ id: `act-${next}`, type: 'action' as const, action: action as { kind: 'add_tag'; tag: string }, next });

  test('writes about all people of a batch at once, with the history and the news of it, and what changes nothing makes none', async () => {
    const listId = (await rows<{ id: string }>(world.db, `insert into list (id, name, description, created_by, created_at, updated_at) values (gen_random_uuid(), 'Trials', '', 'test', now(), now()) returning id`))[0]!.id;
    const steps = [
      { ...doing({ kind: 'set_attribute', attribute: 'stage', value: 'trial' }, 'tag'), id: 'set' }, { ...doing({ kind: 'add_tag', tag: '체험' }, 'list'), id: 'tag' },
      { ...doing({ kind: 'add_to_list', listId }, 'untag'), id: 'list' }, { ...doing({ kind: 'remove_tag', tag: 'new' }, 'hello'), id: 'untag' }, message('hello', null),
    ];
    const { campaignId } = await world.campaign({ entry: { type: 'event', event: 'Trial', where: [] }, reentry: { policy: 'after_exit' }, steps });
    const people = await world.people(3);
    await rows(world.db, `insert into person_tag (person_id, tag, added_at) values ($1, 'new', now())`, [people[0]]);
    await rows(world.db, 'delete from person_change');
    await world.events(people.map((personId) => ({ personId, name: 'Trial' })));
    await world.run();
    expect(await rows(world.db, `
      select p.attributes ->> 'stage' as stage, array(select t.tag from person_tag as t where t.person_id = p.id order by t.tag) as tags, exists (select from list_member as m where m.person_id = p.id and m.list_id = $2) as listed
        from person as p where p.id = any($1::uuid[])`, [people, listId])).toEqual(people.map(() => ({ stage: 'trial', tags: ['체험'], listed: true })));
    const news = () => rows<{ keys: string[]; people: number }>(world.db, 'select c.attribute_keys as keys, cardinality(c.person_ids) as people from person_change as c order by c.id');
    expect((await news()).map(({ people: count }) => count)).toEqual([3, 3, 3, 1]);
    expect(await rows(world.db, `select distinct h.source from attribute_history as h where h.person_id = any($1::uuid[]) and h.key = 'stage'`, [people])).toEqual([{ source: `campaign:${campaignId}` }]);
    expect((await world.visits(campaignId)).filter(({ personId, stepId }) => personId === people[0] && stepId === 'set').map(({ outcome }) => outcome)).toEqual(['done']);
    await rows(world.db, 'delete from person_change');
    await world.events(people.map((personId) => ({ personId, name: 'Trial' })));
    await world.run();
    expect(await world.deliveries(campaignId)).toHaveLength(6);
    expect(await news()).toEqual([]);
  });

  test('of campaigns that call each other is stopped after 20 entries in 24 hours, and may go on a day later', async () => {
    const segmentId = await world.segment();
    const { campaignId } = await world.campaign({ entry: { type: 'segment', segmentId, take: 'future_only' }, reentry: { policy: 'after_exit' }, steps: [{ ...doing({ kind: 'add_tag', tag: 'again' }, null), id: 'act' }, ] });
    const ann = await world.person();
    for (let round = 0; round < 25; round += 1) {
      world.clock.advance(60_000);
      await world.enterSegment(segmentId, [ann]);
      await world.run();
      await rows(world.db, 'delete from segment_member as m where m.segment_id = $1', [segmentId]);
    }
    expect(await world.runs(campaignId)).toHaveLength(20);
    expect(await world.decisions(campaignId)).toMatchObject(Array(5).fill({ code: 'REENTRY_BLOCKED', nextCheckAt: new Date('2026-03-03T09:01:00Z'), facts: { loopLimit: 20 } }));
    await world.at('2026-03-03T09:01:00Z');
    await world.enterSegment(segmentId, [ann]);
    await world.run();
    expect(await world.runs(campaignId)).toHaveLength(21);
  });
});
