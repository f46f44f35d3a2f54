import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PublishedEntry } from '../../src/campaigns/domain/published.js';
import { launchNext } from '../../src/campaigns/engine/launch.js';
import { inPeopleTransaction } from '../../src/people/people-writer.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';
import { CampaignWorld, message, type PlannedCampaign } from '../support/campaign-world.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let world: CampaignWorld;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());
beforeEach(async () => {
  await rows(database.db, `update campaign as c set state = 'archived' where c.state <> 'archived'`);
  await rows(database.db, 'delete from event');
  world = new CampaignWorld(database.db);
  await world.topic();
});
afterEach(async () => { expect(await world.unaccounted()).toEqual([]); });

const DAY = 86_400_000;
const before = (days: number) => new Date(world.clock.now().getTime() - days * DAY);
const wait = (id: string, days: number, next: string | null) => ({ id, type: 'wait' as const, for: { days }, next });
const signedUp = (more: object = {}): PublishedEntry => ({ type: 'event', event: 'Signed up', where: [], take: 'current_and_future', lookBack: { days: 14 }, ...more });
const course = [message('welcome', 'three'), wait('three', 3, 'tips'), message('tips', 'four'), wait('four', 4, 'last'), message('last', null)];

/** A published series with its launch, which has not begun. */
async function launched(plan: PlannedCampaign): Promise<{ campaignId: string; launchId: string }> {
  const { campaignId, versionId } = await world.campaign(plan);
  const launchId = newId();
  await rows(world.db, `insert into launch (id, campaign_id, version_id, segment_id, due_at, state) values ($1, $2, $3, null, $4, 'waiting')`, [launchId, campaignId, versionId, world.clock.now()]);
  return { campaignId, launchId };
}

const standing = async (campaignId: string) => new Map((await world.runs(campaignId)).map(({ personId, state, stepId, dueAt }) => [personId, `${state} ${stepId} ${dueAt?.toISOString() ?? ''}`.trim()]));
const went = async (campaignId: string, personId: string) => [
  ...(await world.deliveries(campaignId)).filter((each) => each.personId === personId).map(({ stepId }) => stepId),
  ...(await world.decisions(campaignId)).filter((each) => each.personId === personId).map(({ stepId, code }) => `${stepId ?? 'entry'} ${code}`),
].toSorted();

describe('an event that was', () => {
  test('lets in at the launch whoever did it within the look-back; steps are timed from it, and those whose time is over are passed by', async () => {
    const [now, fresh, older, through, tooOld] = await world.people(5) as [string, string, string, string, string];
    for (const [personId, days] of [[fresh, 1], [fresh, 2], [older, 5], [through, 9], [tooOld, 14]] as const) await world.event(personId, 'Signed up', { plan: 'pro' }, before(days));
    await world.run();
    const { campaignId } = await launched({ entry: signedUp(), steps: course });
    await world.event(now, 'Signed up');
    await world.run();
    expect([...(await standing(campaignId))].toSorted()).toEqual([
      // Of two events the last one counts; an event of this very moment is not late for anything.
      [now, 'active three 2026-03-05T09:00:00.000Z'], [fresh, 'active three 2026-03-04T09:00:00.000Z'], [older, 'active four 2026-03-04T09:00:00.000Z'], [through, 'completed last'],
    ].toSorted());
    expect(await went(campaignId, now)).toEqual(['welcome']);
    expect(await went(campaignId, fresh)).toEqual(['welcome EXPIRED']);
    expect(await went(campaignId, older)).toEqual(['tips EXPIRED', 'welcome EXPIRED']);
    expect(await went(campaignId, through)).toEqual(['last EXPIRED', 'tips EXPIRED', 'welcome EXPIRED']);
    expect((await world.decisions(campaignId)).find(({ personId, stepId }) => personId === older && stepId === 'tips')!.facts).toMatchObject({ lookedBack: true, wasDueAt: '2026-02-28T09:00:00.000Z', launchedAt: '2026-03-02T09:00:00.000Z' });
    expect((await world.runs(campaignId)).find(({ personId }) => personId === fresh)!.entry).toMatchObject({ kind: 'event', at: '2026-03-01T09:00:00.000Z', properties: { plan: 'pro' } });
    await world.at('2026-03-04T09:00:00Z');
    expect(await went(campaignId, fresh)).toEqual(['tips', 'welcome EXPIRED']);
    expect(await went(campaignId, older)).toEqual(['last', 'tips EXPIRED', 'welcome EXPIRED']);
    // Whoever was too early comes by doing it again, and nobody comes twice.
    await world.event(tooOld, 'Signed up');
    await world.event(fresh, 'Signed up');
    await world.run();
    expect(await went(campaignId, tooOld)).toEqual(['welcome']);
    expect((await world.decisions(campaignId)).filter(({ stage }) => stage === 'entry')).toMatchObject([{ personId: fresh, code: 'REENTRY_BLOCKED' }]);
  });

  test('whose news comes after the publishing lets in once, also where a run may follow another', async () => {
    const [ann, bob] = await world.people(2) as [string, string];
    await world.event(ann, 'Signed up', {}, before(2));
    await world.event(ann, 'Signed up', {}, before(1));
    // The news of both waits while the campaign is published, and is worked off before the launch and after it.
    const { campaignId, launchId } = await launched({ entry: signedUp(), reentry: { policy: 'after_exit' }, steps: [message('hello', null)] });
    await rows(world.db, `update launch as l set due_at = l.due_at + interval '1 minute' where l.id = $1`, [launchId]);
    await world.run();
    expect(await world.runs(campaignId)).toEqual([]);
    world.clock.advance(60_000);
    await world.run();
    await world.event(bob, 'Signed up', {}, before(0.5));
    await world.run();
    expect(await went(campaignId, ann)).toEqual(['hello EXPIRED']);
    // Told only now: it is news like any other.
    expect(await went(campaignId, bob)).toEqual(['hello']);
  });

  test('of each key begins a run of its own, and one without the key none', async () => {
    const ann = await world.person();
    for (const [order, days] of [['A', 5], ['A', 4], ['B', 2]] as const) await world.event(ann, 'Signed up', { order }, before(days));
    await world.event(ann, 'Signed up', {}, before(1));
    await world.run();
    const { campaignId } = await launched({ entry: signedUp({ key: 'order' }), reentry: { policy: 'concurrent_by_key' }, steps: course });
    await world.event(ann, 'Signed up', { order: 'C' });
    await world.run();
    expect(await rows(world.db, 'select e.entry_key as key, e.step_id as step, e.due_at as due from enrollment as e where e.campaign_id = $1 order by 1', [campaignId])).toEqual([
      { key: 'A', step: 'four', due: new Date('2026-03-05T09:00:00Z') }, { key: 'B', step: 'three', due: new Date('2026-03-03T09:00:00Z') }, { key: 'C', step: 'three', due: new Date('2026-03-05T09:00:00Z') },
    ]);
  });

  test('takes nobody after the launch where only those there are meant; gates hold for them, and a goal reached since keeps out', async () => {
    const [ann, bob, cas, dan] = await world.people(4) as [string, string, string, string];
    for (const personId of [ann, bob, cas]) await world.event(personId, 'Signed up', {}, before(2));
    await world.event(bob, 'Paid', {}, before(1));
    await world.event(ann, 'Paid', {}, before(3));
    await world.setAttributes(cas, { staff: true });
    await world.run();
    const { campaignId } = await launched({
      entry: signedUp({ take: 'current_only' }), steps: course, audience: { type: 'attribute', key: 'staff', op: 'not_exists' },
      goals: [{ key: 'paid', name: 'Paid', exits: true, event: { name: 'Paid', where: [] } }],
    });
    await world.run();
    await world.event(dan, 'Signed up');
    await world.run();
    expect([...(await standing(campaignId)).keys()]).toEqual([ann]);
    expect((await world.decisions(campaignId)).filter(({ stage }) => stage === 'entry').map(({ personId, code }) => [personId, code]).toSorted()).toEqual([[bob, 'GOAL_REACHED'], [cas, 'NOT_IN_AUDIENCE']].toSorted());
  });

  test('a wait for something that came since is over at its time, one whose end has passed has timed out, and actions too late are not done', async () => {
    const [came, late, waits, over] = await world.people(4) as [string, string, string, string];
    const steps = [
      { id: 'tag', type: 'action' as const, action: { kind: 'add_tag' as const, tag: 'new' }, next: 'used' },
      { id: 'used', type: 'wait_until' as const, event: { name: 'Used', where: [] }, timeout: { days: 5 }, next: 'day', onTimeout: 'two' },
      wait('day', 3, 'bravo'), message('bravo', null), wait('two', 2, 'help'), message('help', null),
    ];
    for (const [personId, days] of [[came, 4], [late, 6], [waits, 4], [over, 9]] as const) await world.event(personId, 'Signed up', {}, before(days));
    await world.event(came, 'Used', {}, before(2));
    await world.event(late, 'Used', {}, before(0.5));
    await world.run();
    const { campaignId } = await launched({ entry: signedUp(), steps });
    await world.run();
    expect([...(await standing(campaignId))].toSorted()).toEqual([
      [came, 'active day 2026-03-03T09:00:00.000Z'], [late, 'active two 2026-03-03T09:00:00.000Z'], [waits, 'active used 2026-03-03T09:00:00.000Z'], [over, 'completed help'],
    ].toSorted());
    expect(await rows(world.db, 'select 1 from person_tag as t where t.tag = $1', ['new'])).toEqual([]);
    await world.event(waits, 'Used', {});
    await world.run();
    expect((await standing(campaignId)).get(waits)).toBe('active day 2026-03-05T09:00:00.000Z');
  });

  test('a launch that dies between its pages goes on where it was, with two processes at once, and takes nobody twice', async () => {
    const people = await world.people(7);
    for (const personId of people) await world.event(personId, 'Signed up', {}, before(1));
    await world.run();
    const { campaignId, launchId } = await launched({ entry: signedUp(), steps: course });
    const moment = { now: world.clock.now(), zone: 'UTC' };
    const page = (dies: boolean) => inPeopleTransaction(world.db, async (tx) => {
      const taken = await launchNext(tx, launchId, 2, moment);
      if (dies) throw new Error('killed');
      return taken;
    });
    await expect(page(true)).rejects.toThrow('killed');
    expect(await rows(world.db, 'select 1 from launch_person as f where f.launch_id = $1', [launchId])).toEqual([]);
    await page(false);
    await expect(page(true)).rejects.toThrow('killed');
    expect(await world.runs(campaignId)).toHaveLength(2);
    await Promise.all([page(false), page(false)]);
    await world.run();
    expect((await world.runs(campaignId)).map(({ personId }) => personId).toSorted()).toEqual(people.toSorted());
    expect(await rows(world.db, 'select l.state, l.people_total as total, l.people_done as done from launch as l where l.id = $1', [launchId])).toEqual([{ state: 'done', total: 7, done: 7 }]);
  });
});

describe('a date that was', () => {
  const trial = (more: object = {}): PublishedEntry => ({ type: 'date', attribute: 'trial', days: -2, time: '08:00', take: 'current_and_future', lookBack: { days: 7 }, ...more });

  test('lets in whoever came to it within the look-back, in their zone, and those to come by the clock', async () => {
    const [seoul] = await world.people(1, { zone: 'Asia/Seoul', attributes: { trial: '2026-03-02' } });
    const [utc] = await world.people(1, { zone: 'UTC', attributes: { trial: '2026-03-04' } });
    await world.people(1, { zone: 'UTC', attributes: { trial: '2026-02-25' } });
    const [soon] = await world.people(1, { zone: 'America/Los_Angeles', attributes: { trial: '2026-03-04' } });
    const { campaignId } = await launched({ entry: trial(), steps: [message('soon', 'w'), wait('w', 2, 'today'), message('today', null)] });
    await world.run();
    // Seoul: 28 February 08:00 there; UTC: an hour ago.
    expect([...(await standing(campaignId))].toSorted()).toEqual([[seoul, 'completed today'], [utc, 'active w 2026-03-04T08:00:00.000Z']].toSorted());
    expect(await went(campaignId, utc!)).toEqual(['soon EXPIRED']);
    await world.at('2026-03-02T16:00:00Z');
    expect(await went(campaignId, soon!)).toEqual(['soon']);
    expect(await world.runs(campaignId)).toHaveLength(3);
  });

  test('counts at its last anniversary', async () => {
    const [ann] = await world.people(1, { zone: 'UTC', attributes: { born: '1990-02-27' } });
    await world.people(1, { zone: 'UTC', attributes: { born: '1990-03-03' } });
    const { campaignId } = await launched({ entry: { type: 'date', attribute: 'born', days: 0, time: '09:00', every: 'year', take: 'current_only', lookBack: { days: 7 } }, steps: [wait('w', 5, 'late'), message('late', null)] });
    await world.run();
    expect([...(await standing(campaignId))]).toEqual([[ann, 'active w 2026-03-04T09:00:00.000Z']]);
  });
});
